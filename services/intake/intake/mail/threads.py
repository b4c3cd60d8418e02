"""To which ticket a mail belongs: clues in a fixed order, and whether its sender takes part in that ticket."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple
from uuid import UUID

from intake.mail.parse import Mail
from kit.signed.reply_address import ticket_named

By = Literal["reply-address", "in-reply-to", "references", "subject"]


class Clue(NamedTuple):
    """Something in a mail that may name a ticket: its id, the Message-ID of a mail in it, or its number."""

    by: By
    value: UUID | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A ticket to which a clue led. `participants`: who takes part in it, named as `sender` is in `thread`."""

    ticket_id: UUID
    account_id: UUID
    participants: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongs:
    """The mail is a message on this ticket, and acts for the ticket's account."""

    ticket_id: UUID
    account_id: UUID
    by: By


@dataclass(frozen=True, slots=True)
class Begins:
    """The mail opens a new ticket; `related`: a ticket to which it refers, in which its sender takes no part."""

    related: UUID | None = None


def clues(mail: Mail, keys: Sequence[bytes]) -> tuple[Clue, ...]:
    """In order: the signed reply address, In-Reply-To, References from the nearest to the root, subject."""
    return tuple(dict.fromkeys(_clues(mail, keys)))


def _clues(mail: Mail, keys: Sequence[bytes]) -> Iterator[Clue]:
    signed = ticket_named(mail.recipients, keys)
    if signed is not None:
        yield Clue("reply-address", signed)
    yield from (Clue("in-reply-to", message_id) for message_id in mail.in_reply_to)
    yield from (Clue("references", message_id) for message_id in reversed(mail.references))
    yield from (Clue("subject", number) for number in mail.numbers)


def thread(
    in_order: Sequence[Clue], found: Mapping[Clue, Found], *, sender: str, account_id: UUID | None
) -> Belongs | Begins:
    """The first ticket found in which the sender takes part; else a new ticket, related to the first one found.

    `found`: the ticket of each clue that leads to one. `sender`: named as participants are; `account_id`: the sender's.
    """
    tickets = [(clue, found[clue]) for clue in in_order if clue in found]
    for clue, ticket in tickets:
        if ticket.account_id == account_id or sender in ticket.participants:
            return Belongs(ticket_id=ticket.ticket_id, account_id=ticket.account_id, by=clue.by)
    return Begins(tickets[0][1].ticket_id if tickets else None)
