"""Mails that a provider posts over HTTP, signed by Standard Webhooks."""

import asyncio
from io import BytesIO
from typing import Any

from fastapi import APIRouter, Request, Response
from starlette.requests import ClientDisconnect

from intake.mail import mailbox_of
from intake.mailroom.content import SILENCE_SECONDS, SMALL_MAIL_BYTES, Reservation
from intake.mailroom.posted import PostedMail, opened, unsigned
from intake.mailroom.room import mailroom_of
from intake.mailroom.signature import SIGNED
from intake.mailroom.smtp import STORE_TIMEOUT_SECONDS
from intake.settings import Settings
from kit.http.bodies import unreadable
from kit.http.desk import ERRORS, TheDesk
from kit.http.problems import FieldError, Trouble, misunderstood
from kit.process.process import Process
from kit.store import Unavailable

PATH = "/v1/incoming-mails"
ENVELOPE_BYTES = 256 * 1024
"""What a body may have beside the mail."""

router = APIRouter(
    tags=["mails"], responses={**ERRORS, 401: {**ERRORS[401], "description": "Not signed, or not lately"}}
)


def _parameters() -> list[dict[str, Any]]:
    return [{"name": name, "in": "header", "required": True, "schema": {"type": "string"}} for name in SIGNED]


@router.post(
    PATH,
    status_code=204,
    response_class=Response,
    openapi_extra={
        "parameters": _parameters(),
        "requestBody": {"required": True, "content": {"application/json": {"schema": PostedMail.model_json_schema()}}},
    },
)
async def take(request: Request, desk: TheDesk) -> Response:
    """Take a mail in, as if it had come by SMTP. 204: it is stored. The same mail again is no other.

    The body is signed by Standard Webhooks with one of the agreed secrets, so `webhook-timestamp` is at most five
    minutes old. Try again after any answer of 5xx or 408.
    """
    process: Process = request.app.state.process
    own, room = process.own, mailroom_of(process)
    assert isinstance(own, Settings)
    secrets = own.webhook_secrets.get_secret_value().split() if own.webhook_secrets else []
    if not secrets:
        raise Trouble(404, "no-webhook", "No provider posts mails here.", "Set PUNCTUAL_INTAKE_WEBHOOK_SECRETS.")
    if missing := [name for name in SIGNED if not request.headers.get(name)]:
        raise unsigned(f"{', '.join(missing)} is missing.")
    if wrong := unreadable(request.headers):
        raise wrong
    async with room.memory.reserve() as reservation:
        body = await _read(request, own.mail_bytes, reservation)
        async with reservation.storing():
            mail = await asyncio.to_thread(opened, body, request.headers, secrets, desk.clock.wall())
            if len(mail.content) > own.mail_bytes:
                raise _too_long(own.mail_bytes)
            recipients = [one for one in mail.recipients if mailbox_of(one, room.receiver.sorter.mailboxes)]
            if not recipients:
                fault = FieldError(field="recipients", detail="has no mailbox of this desk; name one")
                raise misunderstood("Post only what comes to the desk.", fault)
            try:
                async with asyncio.timeout(STORE_TIMEOUT_SECONDS):
                    await room.receiver.receive(mail.content, mail.sender, recipients)
            except TimeoutError as error:
                raise Unavailable("it was not stored in time") from error
    return Response(status_code=204)


async def _read(request: Request, limit: int, reservation: Reservation) -> BytesIO:
    """The body, within the memory for large mails. Raises Trouble."""
    most = limit * 4 // 3 + ENVELOPE_BYTES
    announced = request.headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:
        raise _too_long(limit)
    body, chunks = BytesIO(), aiter(request.stream())
    while True:
        try:
            async with asyncio.timeout(SILENCE_SECONDS):
                chunk = await anext(chunks, b"")
        except (TimeoutError, ClientDisconnect):
            raise Trouble(408, "silent", "The request did not come to its end.", "Send it again.") from None
        size = body.tell() + body.write(chunk)
        if not chunk:
            return body
        if size > most:
            raise _too_long(limit)
        if size > SMALL_MAIL_BYTES and not await reservation.grow_to(min(size, limit)):
            raise Trouble(503, "full", "There are too many large mails at once.", "Send it again.", Retry_After="10")


def _too_long(limit: int) -> Trouble:
    return Trouble(
        413, "too-long", "The mail is too long.", f"A mail may have {limit:,} bytes, in base64 a third more."
    )
