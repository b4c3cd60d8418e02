"""The situations an escalation can be in, with what is needed to decide."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.later import Later
from contracts.tickets import Severity


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nobody is called: no breach was heard of, or it was retracted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Climbing:
    """`rung` is called, and the next one will be at `next_at`, or in terms that sla-timer works out."""

    ticket_id: UUID
    escalation: str
    severity: Severity
    breached_at: datetime
    rung: int
    next_at: datetime | None
    number: str | None
    next_in: Later | None
    calendar: str | None
    policy: str | None
    set_by: UUID | None = None
    """The event that set the alarm for the next rung, once it is known when that rings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhausted:
    """All have been called, `rung` last, and it is still open."""

    ticket_id: UUID
    escalation: str
    rung: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledged:
    """Someone works on it."""

    ticket_id: UUID
    escalation: str


@dataclass(frozen=True, slots=True)
class Settled:
    """Answered or closed: nobody will be called any more. There is one first answer."""


Escalation = Nothing | Climbing | Exhausted | Acknowledged | Settled
INITIAL: Escalation = Nothing()
