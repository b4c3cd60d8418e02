"""To which ticket a mail belongs: clues in a fixed order, and whether its sender takes part in that ticket."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from contracts.message_ids import feedback_of, ticket_of
from intake.mail.parse import Mail
from intake.mail.subjects import tickets_named
from kit.signed.reply_address import tickets_named as signed

IDS_REMEMBERED = 50
"""Of those that a mail refers to, the nearest first."""

By = Literal["reply-address", "in-reply-to", "references", "subject", "message-id"]


class Clue(NamedTuple):
    """Something in a mail that may name a ticket: its id, the Message-ID of a mail in it, or its number; or the mail's
    own Message-ID, if mails on a ticket refer to it."""

    by: By
    value: UUID | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A ticket to which a clue led. `participants`: who takes part in it, named as `sender` is in `thread`.
    `requester`: the subject who opened it; `sender_is`: as which subject the sender takes part. `changed_at`: when
    something happened to it last, as far as its history is read."""

    ticket_id: UUID
    account_id: UUID
    requester: UUID | None = None
    sender_is: UUID | None = None
    participants: frozenset[str] = frozenset()
    closed: bool = False
    changed_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Belongs:
    """The mail is a message on this ticket, and acts for the ticket's account."""

    ticket_id: UUID
    account_id: UUID
    by: By


@dataclass(frozen=True, slots=True)
class Begins:
    """The mail opens a new ticket; `related`: a ticket to which it refers, in which its sender takes no part, or which
    is closed."""

    related: UUID | None = None


def clues(mail: Mail, keys: Sequence[bytes]) -> tuple[Clue, ...]:
    """In order: the signed reply address, In-Reply-To, References from the nearest to the root, subject: the number in
    brackets; in a reply a bare one, too."""
    return tuple(dict.fromkeys(_clues(mail, keys)))


def others(
    in_order: Sequence[Clue],
    found: Mapping[Clue, Found],
    first: Belongs,
    *,
    sender: str,
    account_id: UUID | None,
    fresh: bool = False,
) -> Iterator[Belongs]:
    """A mail to the signed addresses of several tickets is a message on each that is its sender's to write on: those
    beside the `first`, if they are of the same account. `thread` says what the rest means."""
    for clue in in_order:
        ticket = found.get(clue)
        if clue.by != "reply-address" or ticket is None or ticket.ticket_id == first.ticket_id:
            continue
        is_new_matter = fresh and ticket.closed
        if ticket.account_id == first.account_id and may_write(ticket, sender, account_id) and not is_new_matter:
            yield Belongs(ticket_id=ticket.ticket_id, account_id=ticket.account_id, by="reply-address")


def referred(mail: Mail) -> tuple[str, ...]:
    """The Message-IDs to which a mail refers, the nearest first, without ours, which name their ticket themselves. By
    them other mails find its ticket, too: two people may answer a mail that we never saw."""
    ids = (*mail.in_reply_to, *reversed(mail.references))[:IDS_REMEMBERED]
    return tuple(dict.fromkeys(one for one in ids if not (ticket_of(one) or feedback_of(one))))


def _clues(mail: Mail, keys: Sequence[bytes]) -> Iterator[Clue]:
    yield from (Clue("reply-address", ticket_id) for ticket_id in signed(mail.recipients, keys))
    yield from (Clue("in-reply-to", message_id) for message_id in mail.in_reply_to)
    yield from (Clue("references", message_id) for message_id in reversed(mail.references))
    yield from (Clue("subject", number) for number in tickets_named(mail))
    if mail.message_id:
        yield Clue("message-id", mail.message_id)


def thread(
    in_order: Sequence[Clue],
    found: Mapping[Clue, Found],
    *,
    sender: str,
    account_id: UUID | None,
    fresh: bool = False,
) -> Belongs | Begins:
    """The first ticket found in which the sender takes part; else a new ticket, related to a closed one of the
    sender's, or to the first one found.

    `found`: the ticket of each clue that leads to one. `sender`: named as participants are; `account_id`: the sender's.
    `fresh`: nothing but the address refers to anything; to a closed ticket such a mail is a new matter.
    """
    tickets = [(clue, found[clue]) for clue in in_order if clue in found]
    own = [(clue, ticket) for clue, ticket in tickets if may_write(ticket, sender, account_id)]
    for clue, ticket in own:
        if not (fresh and ticket.closed):
            return Belongs(ticket_id=ticket.ticket_id, account_id=ticket.account_id, by=clue.by)
    return Begins(next((ticket.ticket_id for _, ticket in own or tickets), None))


def may_write(ticket: Found, sender: str, account_id: UUID | None) -> bool:
    """Everybody of the ticket's account may, and whoever else takes part in it."""
    return ticket.account_id == account_id or sender in ticket.participants
