"""What is said and done on a ticket, over HTTP."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from fastapi.responses import JSONResponse

from intake.domain import commands
from intake.domain.commands import OnTicket
from intake.enrich import Addressed
from intake.http import views
from intake.http.bodies import (
    AssignmentIn,
    ClosingIn,
    InformationIn,
    InformationRequestIn,
    MessageIn,
    PriorityIn,
    ReopeningIn,
    ResolutionIn,
    ResponseIn,
    SeverityIn,
)
from intake.http.context import Context, FoundTicket, TheContext, TheTicket
from kit.http.command_origin import CommandOrigin, Origin
from kit.http.desk import ERRORS, Desk, TheDesk, receipt

router = APIRouter(prefix="/v1/tickets/{number}", tags=["tickets"], responses=ERRORS)


class _Acting:
    """Gives commands about one ticket, in the name of the caller."""

    def __init__(self, origin: CommandOrigin, ticket: FoundTicket, desk: Desk, context: Context) -> None:
        self.origin, self._ticket, self._desk, self._context = origin, ticket, desk, context

    async def perform(
        self, command_of: type[OnTicket], answer: dict[str, Any] | None = None, /, **particulars: Any
    ) -> JSONResponse:
        caller, ticket_id = self.origin.caller, self._ticket.ticket_id
        made = partial(command_of, ticket_id=ticket_id, by=caller.role, account_id=caller.account, **particulars)
        command: OnTicket | Addressed = made()
        if caller.account and caller.email:
            by = caller.account, caller.email
            command = self._context.addressed(lambda subject: made(subject_id=subject), *by)
        known = {"ticket_id": str(ticket_id)} | (answer or {})
        done = await self._desk.perform(
            self.origin, self._ticket.stream, command, known, answer_from_state=views.situation_of
        )
        return receipt(done)


async def _acting(origin: Origin, ticket: TheTicket, desk: TheDesk, context: TheContext) -> _Acting:
    return _Acting(origin, ticket, desk, context)


Acting = Annotated[_Acting, Depends(_acting)]


@router.post("/information")
async def provide(body: InformationIn, acting: Acting) -> JSONResponse:
    """Say what was missing; what completes it starts the response clock (P12). The answer says what still is."""
    return await acting.perform(
        commands.ProvideInformation, details=body.details.to_details(), description=body.description
    )


@router.post("/information-requests")
async def request(body: InformationRequestIn, acting: Acting) -> JSONResponse:
    """Find the information incomplete, with a reason: not once the initial response is given."""
    return await acting.perform(commands.RequestInformation, missing=tuple(body.missing), reason=body.reason)


@router.post("/messages")
async def write(body: MessageIn, acting: Acting) -> JSONResponse:
    """Write to the other side, or a note among staff.

    On a ticket that waits for information, what its requester's side writes is read for it: labelled lines such as
    "OS: Debian", and the message is the description if that is wanted. The answer says what is still `missing`.
    """
    message_id = acting.origin.new_id("message")
    return await acting.perform(
        commands.PostMessage,
        {"message_id": str(message_id)},
        message_id=message_id,
        channel=body.channel,
        body=body.body,
        public=body.public,
        awaits_reply=body.awaits_reply,
        email=acting.origin.caller.email,
    )


@router.post("/response")
async def respond(body: ResponseIn, acting: Acting) -> JSONResponse:
    """Give the initial response: the result of an investigation, which stops the response clock (P13)."""
    message_id = acting.origin.new_id("message")
    return await acting.perform(
        commands.GiveInitialResponse,
        {"message_id": str(message_id)},
        message_id=message_id,
        states=body.states,
        body=body.body,
        awaits_reply=body.awaits_reply,
    )


@router.post("/severity")
async def change_severity(body: SeverityIn, acting: Acting) -> JSONResponse:
    """Assess the severity anew, after initial contact only (P6)."""
    return await acting.perform(commands.ChangeSeverity, severity=body.severity, reason=body.reason)


@router.post("/priority")
async def change_priority(body: PriorityIn, acting: Acting) -> JSONResponse:
    """Assess the priority anew, after initial contact only (P6)."""
    return await acting.perform(commands.ChangePriority, priority=body.priority, reason=body.reason)


@router.post("/assignment")
async def assign(body: AssignmentIn, acting: Acting) -> JSONResponse:
    """Give it to an engineer."""
    return await acting.perform(commands.Assign, engineer=body.engineer)


@router.post("/resolution")
async def resolve(body: ResolutionIn, acting: Acting) -> JSONResponse:
    """Consider the matter settled, and say how."""
    return await acting.perform(commands.Resolve, resolution=body.resolution)


@router.post("/closing")
async def close(body: ClosingIn, acting: Acting) -> JSONResponse:
    """End it; the requester will be asked to rate the support (P16)."""
    return await acting.perform(commands.Close, cause=body.cause)


@router.post("/reopening")
async def reopen(body: ReopeningIn, acting: Acting) -> JSONResponse:
    """Take it up again."""
    return await acting.perform(commands.Reopen, reason=body.reason)
