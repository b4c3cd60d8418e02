"""Staff mark words on a ticket as feedback, over HTTP (P17)."""

from collections.abc import Sequence
from uuid import UUID

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from contracts.envelope import Fact
from contracts.replacing import replace
from contracts.texts import NO_SUBJECT, is_blank
from intake import queries
from intake.domain import commands
from intake.domain import events as facts
from intake.domain.commands import Said
from intake.domain.ticket.marking import id_of_marked
from intake.http.actions import Acting
from intake.http.bodies import MarkIn
from intake.http.context import Context, TheContext, TheTicket
from intake.mail.reply import visible
from kit.http.desk import ERRORS, TheDesk

router = APIRouter(prefix="/v1/tickets/{number}", tags=["tickets"], responses=ERRORS)


@router.post("/messages/{message_id}/feedback")
async def mark(
    message_id: UUID, body: MarkIn, acting: Acting, ticket: TheTicket, desk: TheDesk, context: TheContext
) -> JSONResponse:
    """Say that a message of the customer's side is feedback. It counts from when the message was recorded.

    The opening words have the ticket's id. The answer names the feedback, which is about this ticket; a deadline that
    has passed by now is broken at once. The ticket stays as it is. A message that was marked stays as it was marked
    first.
    """
    said = await _not_twice(said_in(await desk.facts(ticket.stream), message_id), context)
    known = {"message_id": str(message_id), "feedback_id": str(id_of_marked(message_id))}
    return await acting.perform(
        commands.MarkMessage, known, message_id=message_id, said=said, kind=body.kind, reason=body.reason
    )


def said_in(history: Sequence[Fact], message_id: UUID) -> Said | None:
    """What was said on a ticket with this id; None: nothing. `history`: its facts, in the clear."""
    for fact in history:
        match fact.event:
            case facts.TicketOpened(ticket_id=named) as opened if named == message_id:
                return Said(
                    subject_id=opened.subject_id,
                    channel=opened.channel,
                    text=_opening_words(opened),
                    at=fact.happened_at,
                    by_customer=not opened.own,
                    machine=opened.machine,
                    email=opened.email,
                    thread=opened.thread,
                )
            case facts.MessagePosted(message_id=named) as posted if named == message_id:
                return Said(
                    subject_id=posted.subject_id,
                    channel=posted.channel,
                    text=_own_words(posted),
                    at=fact.happened_at,
                    by_customer=posted.author == "requester",
                    machine=posted.machine,
                    email=posted.email,
                    thread=posted.thread,
                )
            case facts.InitialResponseGiven(message_id=named) as response if named == message_id:
                subject_id, at = response.subject_id, fact.happened_at
                return Said(subject_id=subject_id, channel="portal", text=response.body, at=at, by_customer=False)
    return None


def _own_words(posted: facts.MessagePosted) -> str:
    """What its writer added to the quotation, if it is a mail."""
    added = visible(posted.body) if posted.mail else ""
    return posted.body if is_blank(added) else added


def _opening_words(opened: facts.TicketOpened) -> str:
    """Some people say all of it in the title."""
    said = (opened.title if opened.title != NO_SUBJECT else "", opened.description)
    return "\n\n".join(dict.fromkeys(part for part in said if part)) or NO_SUBJECT


async def _not_twice(said: Said | None, context: Context) -> Said | None:
    """With the feedback that its mail is already, if that went to feedback's mailbox, too."""
    if said is None or not said.thread:
        return said
    rows = await context.store.query(queries.MESSAGE_IDS, [context.directory.digest_of_feedback_mail(said.thread)])
    return replace(said, feedback_id=rows[0]["ticket_id"]) if rows and rows[0]["came"] else said
