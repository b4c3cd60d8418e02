"""The situations of a clock, an alarm and the policy. A stream is in one of them.

A response clock's stream holds the promise of a first answer in either form: the response clock of severities 1 to 3,
or the objective of severity 4. A change between them is a cancellation and a start in one stream, so that the original
start, and the support time used up by calendars since replaced, are never lost. The same holds for other promises at a
severity that has none of the kind. Clocks for the next reply and the next update start anew in their stream.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from contracts.sla import AlarmSet, Metric, Threshold, Versions
from contracts.tickets import Severity, Tier
from sla_timer.policy.promise import Promise, kind_of
from sla_timer.policy.versions import Policies


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """A part of a clock's time that one calendar counts: from `since` on, with `consumed` already used up.

    Of a `paused` one nothing is used up.
    """

    since: datetime
    consumed: timedelta
    calendar: str
    policy: str
    paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A promise and how it is counted. `warnings`: those still to come. `generation`: of the timers set for it.

    A `target` of nothing: at this severity nothing is promised. `agreed`: the calendar was agreed with the account;
    `unknown_calendar`: what was agreed is none of the policy, and the tier's counts.
    `changed_at`: when what was told of it last was recorded.
    Whoever goes by `due_at` and `warnings` knows from the situation that the clock runs.
    """

    ticket_id: UUID
    metric: Metric
    severity: Severity
    tier: Tier
    received_at: datetime
    started_at: datetime
    segments: tuple[Segment, ...]
    target: timedelta
    due_at: datetime
    warnings: tuple[Threshold, ...]
    versions: Versions
    generation: int
    changed_at: datetime
    number: str | None = None
    account_id: UUID | None = None
    agreed: bool = False
    unknown_calendar: str | None = None

    @property
    def calendar(self) -> str:
        """The calendar it is counted by now."""
        return self.segments[-1].calendar

    def promise_by(self, policies: Policies) -> Promise | None:
        """What is promised where it runs, by the version that it follows. Raises UnknownPolicy."""
        return policies[self.versions.policy].promise(kind_of(self.metric), self.severity)


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing happened yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitingInformation:
    """Required information is missing, and no clock runs: of the one that would, what was known so far.

    `calendar`: the one agreed with the account, if any. `versions`: the rules of then; older events don't say.
    """

    ticket_id: UUID
    metric: Metric
    severity: Severity
    tier: Tier
    calendar: str | None
    versions: Versions | None = None
    generation: int = 0
    number: str | None = None
    account_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Running:
    """Something is owed, or hoped for."""

    clock: Clock


@dataclass(frozen=True, slots=True)
class Paused:
    """The ticket waits for its requester: nothing falls due before it goes on."""

    clock: Clock


@dataclass(frozen=True, slots=True)
class Unowed:
    """Nothing of the kind is owed at this severity; at another one, a successor takes up the timeline."""

    clock: Clock


@dataclass(frozen=True, slots=True)
class Missed:
    """The objective has passed without an answer: no breach, at another severity it may still become one.

    Unless evidence from before `due_at`, the deadline that passed, turns up late.
    """

    clock: Clock
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Breached:
    """The promise is broken, unless evidence from before `clock.due_at` turns up late."""

    clock: Clock
    breached_at: datetime
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Met:
    """Kept in time: the promise of `clock`, if it had started, at the instant `since`."""

    clock: Clock | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class AnsweredAfterMiss:
    """Answered after the objective had passed: another severity makes no verdict of it any more."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Nothing is owed any more, of a clock or of one that was `awaited`.

    `since`: the instant, where a reopened ticket may owe it, or wait for it, again.
    """

    clock: Clock | None = None
    since: datetime | None = None
    awaited: AwaitingInformation | None = None


@dataclass(frozen=True, slots=True)
class PendingAlarm:
    """An alarm that has not rung yet. `generation`: its number among those that its stream has set, from 1."""

    alarm: AlarmSet
    generation: int


@dataclass(frozen=True, slots=True)
class StreamAlarms:
    """What another service's stream wants to be told, by name; `generation`: how many alarms it has set so far.

    `set_by`: the event that set the last alarm of a name, whatever became of that.
    """

    pending: Mapping[str, PendingAlarm]
    set_by: Mapping[str, UUID]
    generation: int


@dataclass(frozen=True, slots=True)
class InForce:
    """This version of the policy holds."""

    version: str


Situation = (
    Nothing
    | AwaitingInformation
    | Running
    | Paused
    | Unowed
    | Missed
    | Breached
    | Met
    | AnsweredAfterMiss
    | Cancelled
    | StreamAlarms
    | InForce
)
INITIAL: Situation = Nothing()
