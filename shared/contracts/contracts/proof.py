"""The form of a proof: why a promise counts as kept or broken, whoever gave it.

A service whose promise has more to it, such as a clock's severity, adds fields to `PromiseStatus` and `Proof`. The
fields here mean the same everywhere, so that code which shows one proof can show them all.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from uuid import UUID

from contracts.instants import ZERO

State = Literal["waiting", "running", "paused", "met", "breached", "cancelled"]
"""What any promise may come to; one of another kind may know further ones."""
Counts = Literal["support", "elapsed"]
Reason = Literal[
    "waiting",
    "void",
    "before-start",
    "open",
    "special",
    "elapsed",
    "closed",
    "holiday",
    "paused",
    "late",
    "over",
    "merged",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Segment:
    """[since, until). `counted`: how much of it counts: all of it or nothing, unless several are `merged`.

    `why`: the reason in words.
    `total`: what is counted up to its end. `rule`: by which of the proof's rules (from 0), if by any. `on`: the date
    of a holiday or of special hours. `local_since`, `local_until`: what that calendar's wall clock says, with its
    offset. `merged`: how many stretches it stands for.
    """

    since: datetime
    until: datetime
    local_since: str
    local_until: str
    reason: Reason
    why: str
    counted: timedelta
    total: timedelta = ZERO
    rule: int | None = None
    on: date | None = None
    merged: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What is counted by from `since` on, with `consumed` used up already: published versions, never a library's.

    `policy`: the version's hash, `policy_name`: its name; `holidays`, `tzdata`: of the data that it was resolved with;
    `known_until`: the last date that the calendar knows.
    """

    since: datetime
    consumed: timedelta
    policy: str
    policy_name: str
    calendar: str
    calendar_version: str
    tzdata: str
    holidays: str
    known_until: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """What an event came of. `source`: a topic, then `id` is that of an event; otherwise as `request` or `mail`.

    `type`, `recorded_at`, `message_id` and `cause` are those of a fact, as far as they are known here.
    """

    source: str
    id: str
    type: str | None = None
    recorded_at: datetime | None = None
    message_id: UUID | None = None
    cause: "Cited | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofEvent:
    """A fact of the log that holds the promise. `happened_at`: when what it tells of was recorded, or fell due.

    `cause`: what it came of; null: that can't be told any more.
    """

    event_id: UUID
    type: str
    happened_at: datetime
    recorded_at: datetime
    words: str
    cause: Cited | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseStatus:
    """A promise as it stands `at` an instant. Time is exact to the microsecond.

    `number`: of what it was given for, as people call it: `P-1042`. `counts`: whether `target`, `consumed`, `remaining`
    and `breached_by` are support hours or elapsed time. `received_at`: when what it answers came; `started_at`: from
    when on time counts. `percent`: how much of the target is used up, 100 at the deadline. `responded_at`: when the
    thing promised came. `breached_by`: what is used up beyond the target, up to the late response or, without one, to
    `at`. `cancelled_at`, `cancelled_for`: since when it is owed no longer, and why. `known_until`: the last date that
    the calendar knows, if the deadline lies beyond it. What there is not (yet) is null.
    """

    number: str | None
    state: State
    at: datetime
    calendar: str | None = None
    counts: Counts | None = None
    received_at: datetime | None = None
    started_at: datetime | None = None
    target: timedelta | None = None
    due_at: datetime | None = None
    consumed: timedelta = ZERO
    remaining: timedelta | None = None
    percent: float | None = None
    responded_at: datetime | None = None
    breached_at: datetime | None = None
    breached_by: timedelta | None = None
    cancelled_at: datetime | None = None
    cancelled_for: str | None = None
    known_until: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """Why a promise stands as it does. The `counted` of all segments adds up to `promise.consumed`.

    `as_known_at`: nothing was taken into account that the promise's log got later. `arithmetic`: the sum, step by step,
    in words. `disagreements`: where what is on record differs from what was computed here once more, which is nowhere.
    """

    promise: PromiseStatus
    as_known_at: datetime
    summary: str
    arithmetic: Sequence[str]
    segments: Sequence[Segment]
    rules: Sequence[Rule]
    events: Sequence[ProofEvent]
    disagreements: Sequence[str]
