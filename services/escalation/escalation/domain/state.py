"""The situations an escalation can be in, with what is needed to decide."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.escalations import RoleCalled
from contracts.later import Later
from contracts.tickets import Severity


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nobody is called: there was no breach, or it is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Climbing:
    """Rung number `rung`, from 0, was called. The next is called at `next_at`, or by the terms `next_in`, of which
    sla-timer makes an instant."""

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
    """The event that set the alarm for the next rung; None until it is known when it rings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exhausted:
    """All rungs were called, `rung` last, and nobody took it on."""

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
    """Answered or closed: nobody will be called, since a ticket has only one first answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Called:
    """Somebody was called about a complaint, the last time by `call`, after `calls` calls in this stream in all.

    `acknowledged`: somebody took it on. `set_by`: the event that set the alarm for the next call; None until it is
    known when it rings.
    """

    call: RoleCalled
    calls: int
    acknowledged: bool = False
    set_by: UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """Nobody is called about a complaint: that ended at the instant `at`. `call`: the last call, if there was one."""

    call: RoleCalled | None
    calls: int
    at: datetime | None


Escalation = Nothing | Climbing | Exhausted | Acknowledged | Settled | Called | Ended
INITIAL: Escalation = Nothing()
