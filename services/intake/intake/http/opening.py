"""Asking for help over HTTP."""

from functools import partial
from typing import Any, NoReturn
from uuid import UUID

from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from intake.domain.commands import TicketRequest
from intake.domain.state import State, missing_information
from intake.http.bodies import TicketIn
from intake.http.context import context_of
from kit.http.auth import Caller
from kit.http.command_origin import OriginOfNew
from kit.http.desk import ERRORS, desk_of, receipt
from kit.http.problems import FieldError, Trouble, misunderstood

router = APIRouter(prefix="/v1/tickets", tags=["tickets"], responses=ERRORS)


@router.post("", status_code=201)
async def open_ticket(body: TicketIn, origin: OriginOfNew, request: Request) -> JSONResponse:
    """Open a ticket (P4). The answer has its number (P7), and the names of required information still missing (P8)."""
    # Not as dependencies: here speed counts, and solving one takes as long as reading the whole body.
    desk, context = await desk_of(request), await context_of(request)
    account_id, email = _account(body, origin.caller), _email(body, origin.caller)
    ticket_id, number = origin.new_id("ticket"), await context.numbers.next()
    request_of = partial(
        TicketRequest,
        ticket_id=ticket_id,
        by=origin.caller.role,
        number=number,
        account_id=account_id,
        channel=body.channel,
        severity=body.severity,
        priority=body.priority,
        details=body.details.to_details(),
        title=body.title,
        description=body.description,
        email=email,
        policy=context.policy,
        own=not origin.caller.is_customer and email.lower() == (origin.caller.email or "").lower(),
    )
    answer = {"ticket_id": str(ticket_id), "number": number}
    addressed = context.addressed(lambda subject: request_of(subject_id=subject), account_id, email, opens=True)
    done = await desk.perform(
        origin, f"ticket-{ticket_id}", addressed, answer, answer_from_state=_still_missing, creates=True
    )
    return receipt(done, 201, f"/v1/tickets/{done.answer['number']}")


def _still_missing(state: State) -> dict[str, Any]:
    return {"missing": list(missing_information(state))}


def _account(body: TicketIn, caller: Caller) -> UUID:
    if caller.account is None:
        return body.account_id or _wanted("account_id", "staff name the account on whose behalf they ask")
    if body.account_id not in (None, caller.account):
        raise Trouble(
            403,
            "other-account",
            "You ask for another account than yours.",
            "Leave out account_id: it is that of your token.",
            [FieldError(field="account_id", detail="is not your account")],
        )
    return caller.account


def _email(body: TicketIn, caller: Caller) -> str:
    """A requester asks under its own address; an account's admin and staff also ask for others."""
    if caller.role == "requester" and caller.email:
        if body.email and body.email.lower() != caller.email.lower():
            raise Trouble(
                403,
                "other-address",
                "You ask under another address than yours.",
                "Leave out email: it is that of your token.",
                [FieldError(field="email", detail="is not your address")],
            )
        return caller.email
    return body.email or caller.email or _wanted("email", "say where the requester can be reached")


def _wanted(field: str, why: str) -> NoReturn:
    raise misunderstood(why, FieldError(field=field, detail=why))
