"""The states of clocks, alarms and the policy. A stream is in one of them.

A response clock's stream holds the promise of a first answer in either form: the response clock of severities 1 to 3,
or the objective of severity 4. A change between them is a cancellation and a start in one stream, so that the original
start, and the support time used up by earlier calendars, are kept. Other promises are treated alike at a severity that
has none of their kind. Clocks for the next reply and the next update start again and again in one stream.
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

    While a segment is `paused` nothing more is used up. `policy`: the version that has the calendar.
    """

    since: datetime
    consumed: timedelta
    calendar: str
    policy: str
    paused: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """A promise and how it is counted. `warnings`: those still to come. `generation`: of the timers set for it.

    `due_at` and `warnings` mean something only in a state whose clock runs, or ran until its verdict; a paused or
    unowed clock still has those from before. A `target` of zero: at this severity nothing is promised. `agreed`: the
    calendar was agreed with the account; `unknown_calendar`: the agreed calendar, which the policy doesn't have, so the
    tier's counts. `changed_at`: when the last fact that changed the clock was recorded.
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
        """The promise at its severity, by the policy version that it follows, if any. Raises UnknownPolicy."""
        return policies[self.versions.policy].promise(kind_of(self.metric), self.severity)


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nothing happened yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitingInformation:
    """Required information is missing, so no clock runs. The fields are those that the clock will start with.

    `calendar`: agreed with the account, if any. `versions`: the rules when the ticket came; None on older events.
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
    """Time counts towards the deadline: something is owed, or hoped for as an objective."""

    clock: Clock


@dataclass(frozen=True, slots=True)
class Paused:
    """The ticket waits for its requester: nothing falls due until the clock is resumed."""

    clock: Clock


@dataclass(frozen=True, slots=True)
class Unowed:
    """Nothing of this kind is owed at this severity. At another severity a new clock continues the timeline."""

    clock: Clock


@dataclass(frozen=True, slots=True)
class Missed:
    """The objective passed at `due_at` without an answer. That is no breach; at another severity it may become one.

    Late evidence from before `due_at` takes it back.
    """

    clock: Clock
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Breached:
    """The promise is broken. Late evidence from before `clock.due_at` takes it back."""

    clock: Clock
    breached_at: datetime
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Met:
    """Kept in time, at the instant `since`. `clock`: None if it had not started."""

    clock: Clock | None = None
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class AnsweredAfterMiss:
    """Answered after the objective had passed: a change of severity no longer leads to a verdict."""


@dataclass(frozen=True, slots=True)
class Cancelled:
    """Nothing is owed any more: `clock` ended, or the `awaited` one will not start.

    `since`: when that was; set only where reopening the ticket makes it owed, or awaited, again.
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
    """The alarms of another service's stream that have not rung yet, by name; `generation`: how many were set so far.

    `set_by`: the event that set the last alarm of a name, even if that has rung or been cancelled.
    """

    pending: Mapping[str, PendingAlarm]
    set_by: Mapping[str, UUID]
    generation: int


@dataclass(frozen=True, slots=True)
class InForce:
    """The policy stream of a shard: this version is in force."""

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
