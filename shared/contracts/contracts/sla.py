"""sla-timer's events, on `punctual.sla.v1`: clocks, verdicts, alarms and the policy.

Support time is a timedelta, exact to the microsecond. Deadlines are decided values: a reader never computes one.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

from contracts.alarms import WallClock
from contracts.base import Instant, event
from contracts.later import Delay, Later
from contracts.names import SLA
from contracts.tickets import Severity, Tier

TOPIC = SLA

Metric = Literal["response", "objective", "next-reply", "update", "resolution"]
"""What is promised. `objective`: a first answer that is only hoped for. The last three: if a policy says so (P25)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """The rules that a deadline was computed with."""

    policy: str
    calendar: str
    tzdata: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """A warning to come: at the instant `at`, `percent` of the target is used up."""

    percent: int
    at: Instant


@event("clock.awaited")
class ClockAwaited:
    """No clock runs until all required information is there (P12).

    `calendar`: the one agreed with the account, if any, instead of its tier's (P14). `received_at`: when the incomplete
    request came. `versions`: the rules in force then; the clock may start by later ones. `unknown_calendar`: the agreed
    calendar, if those rules don't have it.
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
    """We promise something by `due_at` (exclusive), or hope for it (metric `objective`).

    `received_at`: when the helpdesk had been notified with all required information; `started_at`: that or the
    next opening (P12). `known_until`: the last date for which the calendar's holidays are known, if the deadline lies
    beyond it. `changed_at`: if this clock replaces another, when the fact behind that was recorded. `agreed`: the
    calendar was agreed with the account (P14), even if its tier has the same. `unknown_calendar`: the agreed calendar,
    which the policy doesn't have, so the tier's counts. `completed_by`: information was missing, and this version of
    the policy, which came into force, no longer requires it.
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
    """A clock has another deadline. `consumed`: support time used up at `counted_from`; the rest counts from there.

    An objective counts elapsed time from `started_at`; its support time is kept for a later change of severity.
    A paused clock goes on with this event; if it stays paused, the next event says so. `ahead`: the support time that
    an earlier start (`absorbed`) adds before everything counted so far.
    `changed_at`: when the fact behind the change was recorded; of a migration, the instant up to which all facts were
    known. `agreed`, `unknown_calendar`: as on ClockStarted. `counted_by`: the version of the policy that has the
    calendar, if it isn't the one that the promise follows.
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
    """The ticket waits for its requester, so this clock is paused (P24): nothing falls due until it is resumed.

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

    `due_at`: None if nothing is owed at this severity, or nothing any more.
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
    """At this severity nothing of the kind is promised. Time is counted all the same, for a later change of severity.

    `consumed`: support time used up at `counted_from`; the rest counts from there. `changed_at`: if there was a clock
    before, when the fact behind the change was recorded. `ahead`, `agreed`, `counted_by`, `unknown_calendar`: as on
    ClockRescheduled; `completed_by`: as on ClockStarted.
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
    """The promise is void: nothing is owed on this clock any more. `changed_at`: when the fact behind it was recorded.

    A response clock with cause `closed` was not answered: the requester withdrew the ticket (older: `withdrawn`).
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
    """Kept in time. `elapsed`: what was used up, as the promise counts. `due_at`: None if no clock ran then."""

    ticket_id: UUID
    metric: Metric
    responded_at: Instant
    due_at: Instant | None
    elapsed: timedelta
    versions: Versions


@event("sla.answered-late")
class AnsweredLate:
    """The answer came after the breach or the missed objective. The verdict stays; this event says when it came.

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

    `cause`: the `deadline` passed, or a change (`reclassified`) put it into the past. `evidence`: `settled` if all that
    intake had recorded before `due_at` was known; otherwise (`grace`, `parked`) the breach was announced without
    that confirmation and may be retracted. `calendar`: the one that the promise was counted by.
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
    """Late evidence takes back a breach, or a missed objective, that was announced without confirmation.

    `breached_at`: of the breach; of an objective, the deadline that it was said to have missed.
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
    """Another service set an alarm, which rings at `due_at`.

    `owner`: the stream that set it; `ticket_id`: the id in that stream's name, whether it is a ticket's or not.
    `alarm`: its name; `set_by`: the event that set it. `later`, `wall_clock`: the terms, if no instant was given;
    `delay`: the terms of `later`, if they were to count from when the alarm was asked for.
    `fallback`: why these terms could not be computed, so that elapsed time (or UTC) counts. Older events have neither
    `owner` nor `set_by`.
    """

    ticket_id: UUID
    alarm: str
    due_at: Instant
    later: Later | None = None
    wall_clock: WallClock | None = None
    owner: str | None = None
    set_by: UUID | None = None
    fallback: Literal["unknown-calendar", "unknown-zone", "no-such-instant"] | None = None
    delay: Delay | None = None


@event("alarm.cancelled")
class AlarmCancelled:
    """The alarm will not ring. The fields are those of its AlarmSet; older events have no `set_by`."""

    ticket_id: UUID
    alarm: str
    owner: str | None = None
    set_by: UUID | None = None


@event("alarm.rang")
class AlarmRang:
    """The alarm rings: `due_at` has come. The fields are those of its AlarmSet."""

    ticket_id: UUID
    alarm: str
    due_at: Instant
    later: Later | None = None
    wall_clock: WallClock | None = None
    owner: str | None = None
    set_by: UUID | None = None
    delay: Delay | None = None


@event("policy.published")
class PolicyPublished:
    """A policy version is in force in this shard. `version`: the hash of `resolved`, which is all that the policy says.

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
