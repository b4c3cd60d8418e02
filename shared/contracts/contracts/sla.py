"""What sla-timer tells the world, on `punctual.sla.v1`: clocks, verdicts, alarms and the policy they follow.

Support time is a timedelta, exact to the microsecond. Deadlines are decided values: a reader never computes one.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from contracts.alarms import WallClock
from contracts.base import Instant, event
from contracts.later import Later
from contracts.names import SLA
from contracts.tickets import Severity, Tier

TOPIC = SLA

Metric = Literal["response", "objective", "next-reply", "update", "resolution"]
"""What is promised: a first answer, or hoped for (`objective`); and where a policy says so, more (P25)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """The rules a deadline was computed with."""

    policy: str
    calendar: str
    tzdata: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A warning to come: `percent` of the target is consumed `at` that instant."""

    percent: int
    at: Instant


@event("clock.awaited")
class ClockAwaited:
    """No clock runs until all required information is there (P12).

    `calendar`: the one agreed with the account, if any, instead of its tier's (P14). `received_at`: when the request
    came that lacks some. `versions`: the rules that were in force then; whether they will be is seen at the start.
    `unknown_calendar`: the one agreed, if those rules don't know it.
    """

    ticket_id: UUID
    metric: Metric
    severity: Severity
    tier: Tier
    calendar: str | None
    number: str | None = None
    account_id: UUID | None = None
    received_at: Instant | None = None
    versions: Versions | None = None
    unknown_calendar: str | None = None


@event("clock.started")
class ClockStarted:
    """We promised an answer by `due_at` (exclusive), or hope for one (metric `objective`).

    `received_at`: when the helpdesk had been notified with all required information; `started_at`: that or the
    next opening (P12). `known_until`: the last date the calendar's holidays are known for, where the deadline
    lies beyond it. `changed_at`: on one that takes another's place, when what changed it was recorded. `agreed`: the
    calendar is one that was agreed with the account (P14), even if its tier has the same. `unknown_calendar`: what was
    agreed is no calendar of the policy, so the tier's counts. `completed_by`: information was missing, and that version
    of the policy, which came into force, requires nothing of it.
    """

    ticket_id: UUID
    metric: Metric
    severity: Severity
    tier: Tier
    calendar: str
    received_at: Instant
    started_at: Instant
    target: timedelta
    due_at: Instant
    warnings: tuple[Threshold, ...]
    versions: Versions
    known_until: str | None = None
    number: str | None = None
    account_id: UUID | None = None
    changed_at: Instant | None = None
    agreed: bool = False
    unknown_calendar: str | None = None
    completed_by: str | None = None


@event("clock.rescheduled")
class ClockRescheduled:
    """Same clock, other deadline. `consumed`: support time used up at `counted_from`, where the rest counts from.

    An objective counts elapsed time from `started_at`; its support time is kept for a later change of severity.
    A clock that was paused goes on with this; where it doesn't, the next event says so. `ahead`: the support time that
    an earlier start (`absorbed`) puts before all that had been counted.
    `changed_at`: when what changed it was recorded, or up to when all was known that came before a migration.
    `agreed`, `unknown_calendar`: as of a started one. `counted_by`: the version of the policy that knows the calendar,
    where it isn't the one that the promise follows.
    """

    ticket_id: UUID
    metric: Metric
    cause: Literal["severity", "entitlement", "policy", "absorbed"]
    severity: Severity
    tier: Tier
    calendar: str
    started_at: Instant
    counted_from: Instant
    consumed: timedelta
    target: timedelta
    due_at: Instant
    warnings: tuple[Threshold, ...]
    versions: Versions
    known_until: str | None = None
    changed_at: Instant | None = None
    ahead: timedelta | None = None
    agreed: bool = False
    counted_by: str | None = None
    unknown_calendar: str | None = None


@event("clock.paused")
class ClockPaused:
    """The ticket waits for its requester, and this clock with it (P24): nothing falls due meanwhile.

    `consumed`: the support time used up by `paused_at`.
    """

    ticket_id: UUID
    metric: Metric
    paused_at: Instant
    consumed: timedelta
    versions: Versions


@event("clock.resumed")
class ClockResumed:
    """A clock goes on, with `consumed` used up already: the requester wrote, or the ticket was reopened.

    `due_at`: None where nothing is owed at this severity, or not any more.
    """

    ticket_id: UUID
    metric: Metric
    cause: Literal["requester", "reopened"]
    resumed_at: Instant
    consumed: timedelta
    due_at: Instant | None
    warnings: tuple[Threshold, ...]
    versions: Versions
    known_until: str | None = None


@event("clock.unowed")
class ClockUnowed:
    """At this severity nothing of the kind is promised. How far its clock would have come, should that change.

    `consumed`: support time used up at `counted_from`, where the rest would count from. `changed_at`: when what
    changed it was recorded, if it was there before. `ahead`, `agreed`, `counted_by`, `unknown_calendar`: as of a
    rescheduled one; `completed_by`: as of a started one.
    """

    ticket_id: UUID
    metric: Metric
    severity: Severity
    tier: Tier
    calendar: str
    received_at: Instant
    started_at: Instant
    counted_from: Instant
    consumed: timedelta
    versions: Versions
    number: str | None = None
    account_id: UUID | None = None
    changed_at: Instant | None = None
    ahead: timedelta | None = None
    agreed: bool = False
    counted_by: str | None = None
    unknown_calendar: str | None = None
    completed_by: str | None = None


@event("clock.cancelled")
class ClockCancelled:
    """The promise is void: nothing is owed on this clock any more. `changed_at`: when what voids it was recorded.

    A response clock that is `closed` had not been answered: the requester withdrew the ticket (older events say so).
    """

    ticket_id: UUID
    metric: Metric
    cause: Literal["incomplete", "severity", "withdrawn", "merged", "closed"]
    versions: Versions
    changed_at: Instant | None = None


@event("sla.warning")
class SlaWarning:
    """`percent` of the target is used up and nobody has answered (P23)."""

    ticket_id: UUID
    metric: Metric
    percent: int
    reached_at: Instant
    due_at: Instant
    versions: Versions


@event("sla.met")
class SlaMet:
    """Kept in time, after `elapsed` support time. `due_at`: None where the clock did not run then."""

    ticket_id: UUID
    metric: Metric
    responded_at: Instant
    due_at: Instant | None
    elapsed: timedelta
    versions: Versions


@event("sla.answered-late")
class AnsweredLate:
    """Answered after all, with the breach or the missed objective on record: nothing changes, but one knows when.

    `elapsed`: what was used up by then, as the promise counts.
    """

    ticket_id: UUID
    metric: Metric
    responded_at: Instant
    due_at: Instant
    elapsed: timedelta
    versions: Versions


@event("sla.breached")
class SlaBreached:
    """The promise is broken since `due_at`.

    `cause`: `deadline` passed, or `reclassified` so that it already had. `settled`: announced with all that intake
    had recorded before `due_at`; otherwise (`grace`, `parked`) on the wall clock, and retractable. `calendar`: the one
    that the promise was counted by.
    """

    ticket_id: UUID
    metric: Metric
    cause: Literal["deadline", "reclassified"]
    evidence: Literal["settled", "grace", "parked"]
    severity: Severity
    due_at: Instant
    breached_at: Instant
    versions: Versions
    number: str | None = None
    calendar: str | None = None


@event("sla.breach-retracted")
class BreachRetracted:
    """A breach, or a missed objective, was announced on the wall clock, and late evidence says otherwise.

    `breached_at`: of the breach; of an objective the deadline that it was said to have missed.
    """

    ticket_id: UUID
    metric: Metric
    cause: Literal["answered-in-time", "clock-changed"]
    breached_at: Instant
    versions: Versions


@event("sla.objective-missed")
class ObjectiveMissed:
    """A severity 4 ticket is unanswered after the time in which we generally answer (P10): never a breach."""

    ticket_id: UUID
    metric: Metric
    due_at: Instant
    versions: Versions


@event("alarm.set")
class AlarmSet:
    """Another service asked for "later", and will be told at `due_at`.

    `ticket_id`: the id in the name of its stream `owner`, whether it is a ticket's or not. `alarm`: the name that it
    asked with, in the event `set_by`. `later`, `wall_clock`: in which terms, where it named no instant. `fallback`:
    those could not be worked out, for this reason, and elapsed time (or UTC) counts. Older events don't say who asked.
    """

    ticket_id: UUID
    alarm: str
    due_at: Instant
    later: Later | None = None
    wall_clock: WallClock | None = None
    owner: str | None = None
    set_by: UUID | None = None
    fallback: Literal["unknown-calendar", "unknown-zone", "no-such-instant"] | None = None


@event("alarm.cancelled")
class AlarmCancelled:
    """Nobody waits for it any more. All else is as in its AlarmSet; older events don't say which event had set it."""

    ticket_id: UUID
    alarm: str
    owner: str | None = None
    set_by: UUID | None = None


@event("alarm.rang")
class AlarmRang:
    """It is later now. All else is as in its AlarmSet."""

    ticket_id: UUID
    alarm: str
    due_at: Instant
    later: Later | None = None
    wall_clock: WallClock | None = None
    owner: str | None = None
    set_by: UUID | None = None


@event("policy.published")
class PolicyPublished:
    """A policy version with all that it resolves to. `version` is the hash over `resolved`.

    `resolved` has the shape of `contracts.policy`, whose JSON Schema is `policy.schema.json`.
    """

    shard: int
    version: str
    name: str
    tzdata: str
    holidays: str
    resolved: dict[str, Any]


ClockEvent = (
    ClockAwaited
    | ClockStarted
    | ClockRescheduled
    | ClockPaused
    | ClockResumed
    | ClockUnowed
    | ClockCancelled
    | SlaWarning
    | SlaMet
    | AnsweredLate
    | SlaBreached
    | BreachRetracted
    | ObjectiveMissed
)
AlarmEvent = AlarmSet | AlarmCancelled | AlarmRang
SlaEvent = ClockEvent | AlarmEvent | PolicyPublished
