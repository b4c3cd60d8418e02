"""The whole mail behind a message on a ticket: its text, and what was attached to it."""

from asyncio import to_thread
from typing import Annotated, Any
from urllib.parse import quote
from uuid import UUID

from fastapi import APIRouter, Path, Response

from contracts.texts import NO_SUBJECT
from intake import queries
from intake.domain.rights import READ_ATTACHMENTS
from intake.http.context import Reader, TheContext, TheTicket
from intake.http.mails import as_it_came
from intake.http.views import mail_behind
from intake.mail import attached, listed, parse, told
from kit.http.desk import ERRORS, TheDesk
from kit.http.problems import Trouble

NAME_CHARACTERS = 200
"""Of a file's name, in a header: programs in between refuse an answer whose headers are too long."""

router = APIRouter(prefix="/v1/tickets/{number}/messages/{message_id}", tags=["tickets"], responses=ERRORS)


@router.get("/whole")
async def whole(
    message_id: UUID, ticket: TheTicket, caller: Reader, desk: TheDesk, context: TheContext
) -> dict[str, Any]:
    """All of the text of the mail by which a message came, with what it quotes; the opening words have the ticket's id.

    A long text ends with a note that it is cut.
    """
    async with context.reading:
        mail = await to_thread(parse, await _raw(message_id, ticket, caller, desk, context))
    return {
        "message_id": str(message_id),
        "subject": mail.subject or NO_SUBJECT,
        "text": mail.text,
        "attachments": told(listed(mail.attachments)),
    }


@router.get("/attachments/{attachment}", response_class=Response, responses={200: {"content": {"*/*": {}}}})
async def attachment(
    message_id: UUID,
    attachment: Annotated[int, Path(ge=1, le=1_000)],
    ticket: TheTicket,
    caller: Reader,
    desk: TheDesk,
    context: TheContext,
) -> Response:
    """What was attached to the mail by which a message came, by its number there. Nobody has looked into it."""
    READ_ATTACHMENTS.demand(caller.role)
    async with context.reading:
        found = await to_thread(attached, await _raw(message_id, ticket, caller, desk, context), attachment)
    if found is None:
        raise Trouble(404, "attachment-unknown", "There is no such attachment.", "The ticket lists them by number.")
    one, data = found
    name = quote((one.name or f"attachment-{attachment}")[:NAME_CHARACTERS], safe="")
    # It is a stranger's file: a browser must neither show it nor guess what it is.
    headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{name}", "X-Content-Type-Options": "nosniff"}
    return Response(data, headers=headers, media_type="application/octet-stream")


async def _raw(message_id: UUID, ticket: TheTicket, caller: Reader, desk: TheDesk, context: TheContext) -> bytes:
    """The bytes of the mail behind a message that the caller may read."""
    key = mail_behind(await desk.facts(ticket.stream), message_id, internal=not caller.is_customer)
    rows = await desk.store.query(queries.MAIL, key) if key else []
    if not rows:
        raise Trouble(404, "mail-unknown", "No mail is behind this message.", "The ticket has all that it says.")
    return await as_it_came(rows[0], desk, context)
