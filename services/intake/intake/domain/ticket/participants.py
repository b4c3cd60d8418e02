"""Who takes part in a ticket beside its requester, and hears what staff answer.

Whoever writes on it does, whoever is named in a mail of its side, and whoever is added by staff.
"""

from collections.abc import Iterator

from contracts.roles import CUSTOMERS
from intake.domain import events as facts
from intake.domain.commands import AddParticipant, OpenTicket, Participant, PostMessage, RemoveParticipant
from intake.domain.refusals import RequesterTakesPart, TooManyParticipants
from intake.domain.state import Situation, Ticket

PARTICIPANTS_AT_MOST = 50
"""Beside the requester. Who is named beyond that takes part once they write, or staff remove somebody."""

Facts = list[facts.TicketEvent]


def add(command: AddParticipant, state: Situation) -> Facts:
    """Staff add anybody, also from outside the account. Raises TooManyParticipants."""
    ticket = state.ticket
    subject = command.participant.subject_id
    if subject == ticket.subject_id or subject in ticket.participants:
        return []
    if len(ticket.participants) >= PARTICIPANTS_AT_MOST:
        raise TooManyParticipants("Remove somebody first.")
    return [_added(ticket, command.participant, "staff")]


def remove(command: RemoveParticipant, state: Situation) -> Facts:
    """Whoever is removed takes part again once they write; a mail that names them doesn't add them. Raises
    RequesterTakesPart."""
    ticket = state.ticket
    if command.participant == ticket.subject_id:
        raise RequesterTakesPart
    if command.participant not in ticket.participants:
        return []
    return [facts.ParticipantRemoved(ticket_id=ticket.ticket_id, subject_id=command.participant)]


def named_in_opening(command: OpenTicket, ticket: Ticket) -> Facts:
    """Those whom the mail that opened the ticket names; a machine names nobody."""
    return [] if command.request.machine else list(_copied(command.request.copied, ticket, ticket.subject_id))


def joining(command: PostMessage, ticket: Ticket) -> Facts:
    """Who takes part from this message on: its writer, if that is a colleague of the requester, and those whom its mail
    names. Nobody whose mail staff made a message by hand, and no machine."""
    if command.by not in CUSTOMERS or command.machine or command.by_hand:
        return []
    joined: Facts = []
    writer = command.subject_id
    is_new = writer not in (None, ticket.subject_id) and writer not in ticket.participants
    if writer and is_new and command.email:
        joined.append(_added(ticket, Participant(writer, command.email, command.reply_to), "wrote"))
    return [*joined, *_copied(command.copied, ticket, writer, already=len(joined))]


def _copied(
    copied: tuple[Participant, ...], ticket: Ticket, writer: object, *, already: int = 0
) -> Iterator[facts.ParticipantAdded]:
    known = {ticket.subject_id, writer, *ticket.participants, *ticket.removed}
    new = {one.subject_id: one for one in copied if one.subject_id not in known}
    room = max(0, PARTICIPANTS_AT_MOST - len(ticket.participants) - already)
    yield from (_added(ticket, one, "copied") for one in [*new.values()][:room])


def _added(ticket: Ticket, one: Participant, because: facts.Because) -> facts.ParticipantAdded:
    return facts.ParticipantAdded(
        ticket_id=ticket.ticket_id,
        account_id=ticket.account_id,
        subject_id=one.subject_id,
        email=one.email,
        reply_to=one.reply_to,
        because=because,
        outside=one.outside,
    )
