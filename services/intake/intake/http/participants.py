"""Staff say who takes part in a ticket, over HTTP."""

from uuid import UUID, uuid4

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from intake.directory import NOBODY
from intake.domain import commands
from intake.domain.commands import Participant
from intake.domain.rights import NAME_PARTICIPANTS
from intake.http.actions import Acting
from intake.http.bodies import ParticipantIn
from intake.http.context import TheContext, TheTicket
from intake.people import known, subject_at
from kit.http.desk import ERRORS

router = APIRouter(prefix="/v1/tickets/{number}/participants", tags=["tickets"], responses=ERRORS)


@router.post("")
async def add(body: ParticipantIn, acting: Acting, ticket: TheTicket, context: TheContext) -> JSONResponse:
    """Have somebody take part: they hear what staff answer from now on, and may write on the ticket by mail.

    The address may be outside the ticket's account; it learns nothing else of that account.
    """
    NAME_PARTICIPANTS.demand(acting.origin.caller.role)
    async with context.store.transaction() as tx:
        is_colleague = (await known(tx, context.directory, body.email)).account_id == ticket.account_id
        account_id = ticket.account_id if is_colleague else NOBODY
        subject_id = await subject_at(tx, context.directory, body.email, account_id, uuid4())
    participant = Participant(subject_id, body.email, outside=not is_colleague)
    return await acting.perform(commands.AddParticipant, {"subject_id": str(subject_id)}, participant=participant)


@router.delete("/{subject_id}")
async def remove(subject_id: UUID, acting: Acting) -> JSONResponse:
    """Have somebody take part no longer. Done once more, it changes nothing."""
    return await acting.perform(commands.RemoveParticipant, {"subject_id": str(subject_id)}, participant=subject_id)
