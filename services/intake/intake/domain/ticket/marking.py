"""What follows when staff mark a message as feedback (P17). Nothing of the ticket changes, its clocks as little."""

from uuid import UUID

from contracts.base import ERASED
from contracts.ids import uuid5
from contracts.texts import LINE_BYTES, required_text
from intake.domain import events as facts
from intake.domain.commands import MarkMessage, Said
from intake.domain.refusals import FeedbackAlready, MessageUnknown, NotTheCustomers, WordsErased
from intake.domain.state import Situation

REASON_BYTES = 16 * 1024
"""The longest reason: it is in one record with the longest message."""


def id_of_marked(message_id: UUID) -> UUID:
    """The id of the feedback that a message becomes, the same on every try."""
    return uuid5(message_id, "feedback")


def mark(command: MarkMessage, state: Situation) -> list[facts.TicketEvent]:
    """The message is feedback, once, on a closed ticket too. Marked again, it stays as it was marked first.

    Raises MessageUnknown, NotTheCustomers, FeedbackAlready, WordsErased, Blank, TooLong.
    """
    ticket = state.ticket
    if command.message_id in ticket.marked:
        return []
    said = _markable(command.said)
    return [
        facts.MessageMarked(
            ticket_id=ticket.ticket_id,
            number=ticket.number,
            message_id=command.message_id,
            feedback_id=id_of_marked(command.message_id),
            account_id=ticket.account_id,
            subject_id=said.subject_id,
            channel=said.channel,
            text=said.text,
            reason=required_text(command.reason, "reason", REASON_BYTES),
            received_at=said.at,
            kind=command.kind,
            email=ticket.email if said.subject_id == ticket.subject_id else said.email,
            language=ticket.locale.language,
            zone=ticket.locale.zone,
            thread=_short(said.thread),
        )
    ]


def _markable(said: Said | None) -> Said:
    if said is None:
        raise MessageUnknown("Take the id of a message from the ticket, or the ticket's own for its opening words.")
    if not said.by_customer:
        raise NotTheCustomers("Staff wrote this. If the customer told them so, enter that at feedback's own door.")
    if said.machine:
        raise NotTheCustomers("A machine sent this mail.")
    if said.feedback_id:
        raise FeedbackAlready(f"Look at the feedback {said.feedback_id}.")
    if said.text == ERASED:
        raise WordsErased
    return said


def _short(thread: str | None) -> str | None:
    """The Message-ID, if it is no longer than a line: letters refer to it."""
    return thread if thread and len(thread.encode("utf-8", "replace")) <= LINE_BYTES else None
