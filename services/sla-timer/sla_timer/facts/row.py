"""A ticket's fact as a row of `ticket_facts`: the fields that the core's reactions read, and no personal text."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import IntFlag
from typing import Any, Final, NamedTuple, get_args
from uuid import UUID

from contracts.attributes import written
from contracts.base import BY_CLASS
from contracts.envelope import Fact
from contracts.tickets import (
    Absorbed,
    Closed,
    Detail,
    InformationCompleted,
    InformationReceived,
    InformationRequested,
    InitialResponseGiven,
    MessagePosted,
    Severity,
    TicketOpened,
    Tier,
)
from kit.decider import Put
from sla_timer.react.asks import ASKS

TABLE: Final = "ticket_facts"
DETAILS: Final[tuple[Detail, ...]] = get_args(Detail)
"""The required information of P8: the n-th is bit n of `said` and `missing`."""
DESCRIPTION: Final = 1 << DETAILS.index("description")


class Flag(IntFlag):
    """Yes-or-no properties of a fact, one bit each in `flags`."""

    REQUESTER = 1
    PUBLIC = 2
    AWAITS_REPLY = 4
    UNDERWAY = 8
    WAITING = 16
    WITHDRAWN = 32
    BY_POLICY = 64


class Row(NamedTuple):
    """A row. `said`: the details (bits) that the fact gives or asks for; `missing`: those still wanted after it."""

    ticket_id: UUID
    seq: int
    recorded_at: datetime
    type: str
    severity: Severity | None = None
    tier: Tier | None = None
    calendar: str | None = None
    number: str | None = None
    account_id: UUID | None = None
    said: int = 0
    missing: int = 0
    flags: int = 0
    other: UUID | None = None
    received_at: datetime | None = None


class CitedRow(NamedTuple):
    """The columns that a proof cites. Rows of an earlier release have only `seq`, `type` and `recorded_at`.

    `cause`: in its form on the wire.
    """

    seq: int
    type: str
    recorded_at: datetime
    event_id: UUID | None
    message_id: UUID | None
    cause: str | None


def rows_to_keep(fact: Fact) -> Iterable[Put]:
    """The row to keep of a fact; none if no clock reacts to it, as to imported facts."""
    if fact.imported or type(fact.event) not in ASKS:
        return ()
    row = row_of(fact)
    key = {"ticket_id": row.ticket_id, "seq": row.seq}
    values = {name: value for name, value in row._asdict().items() if name not in key}
    return (Put(TABLE, key, values | citation_of(fact)),)


def citation_of(fact: Fact) -> dict[str, Any]:
    """The columns that only proofs read: event, message and cause."""
    return {
        "event_id": fact.event_id,
        "message_id": getattr(fact.event, "message_id", None),
        "cause": written(fact.meta.cause).decode() if fact.meta.cause else None,
    }


def row_of(fact: Fact) -> Row:
    """The row of a fact that clocks react to."""
    event: Any = fact.event
    terms = getattr(event, "underway", None) or event
    return Row(
        ticket_id=event.ticket_id,
        seq=fact.shard_seq,
        recorded_at=fact.happened_at,
        type=BY_CLASS[type(event)].name,
        severity=getattr(terms, "severity", None),
        tier=getattr(terms, "tier", None),
        calendar=getattr(terms, "calendar", None),
        number=getattr(terms, "number", None),
        account_id=getattr(terms, "account_id", None),
        said=_said(event),
        missing=bits(getattr(event, "missing", ())),
        flags=_flags(event),
        other=event.other if isinstance(event, Absorbed) else None,
        received_at=event.received_at if isinstance(event, Absorbed) else None,
    )


def bits(names: Iterable[Detail]) -> int:
    """Details as a set of bits."""
    return sum(1 << DETAILS.index(name) for name in set(names))


def named(found: int) -> Sequence[Detail]:
    """The details of a set of bits."""
    return tuple(name for n, name in enumerate(DETAILS) if found >> n & 1)


def _said(event: Any) -> int:
    """The details that the fact gives or asks for. Whether an opening has a description, `missing` says best."""
    if isinstance(event, InformationRequested):
        return bits(event.named or ())
    if not isinstance(event, TicketOpened | InformationReceived | InformationCompleted):
        return 0
    said = bits(name for name in DETAILS if name != "description" and getattr(event.details, name))
    if isinstance(event, TicketOpened):
        blank = "description" in event.missing or not _is_text(event.description)
        return said if blank else said | DESCRIPTION
    return said if event.description is None else said | DESCRIPTION


def _is_text(text: str) -> bool:
    """Whether there is something to read; a sealed or erased text counts as one."""
    return any(char.isprintable() and not char.isspace() for char in text)


def _flags(event: Any) -> int:
    flags = Flag(0)
    if isinstance(event, MessagePosted):
        flags |= Flag.REQUESTER if event.author == "requester" else Flag(0)
        flags |= Flag.PUBLIC if event.public else Flag(0)
    if isinstance(event, MessagePosted | InitialResponseGiven) and event.awaits_reply:
        flags |= Flag.AWAITS_REPLY
    if isinstance(event, InitialResponseGiven) and event.waiting:
        flags |= Flag.WAITING
    if isinstance(event, InformationReceived | InformationCompleted) and event.policy:
        flags |= Flag.BY_POLICY
    if isinstance(event, Closed) and event.cause == "withdrawn":
        flags |= Flag.WITHDRAWN
    if getattr(event, "underway", None):
        flags |= Flag.UNDERWAY
    return int(flags)  # the driver takes a set of flags for an array
