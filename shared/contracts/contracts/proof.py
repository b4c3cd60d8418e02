"""The form of a proof: why a promise counts as kept or broken, whichever service gave it.

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
"""The states of any promise; some kinds of promises have further ones."""
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
    """[since, until). `counted`: how much of it counts: all or nothing, unless several stretches are `merged` in it.

    `why`: the reason in words. `total`: what is counted up to its end. `rule`: the index of its rule in the proof, if
    it has one. `on`: the date of a holiday or of special hours. `local_since`, `local_until`: by that calendar's wall
    clock, with its offset. `merged`: how many stretches this segment stands for.
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
    """The rules that time is counted by from `since` on, with `consumed` used up already: published versions.

    `policy`: the version's hash, `policy_name`: its name; `holidays`, `tzdata`: versions of the data that it was
    resolved with; `known_until`: the last date whose holidays the calendar knows.
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
    """The cause of an event. `source`: a topic, and then `id` is an event's; or `request`, `mail` and the like.

    `type`, `recorded_at`, `message_id` and `cause`: of a fact, as far as this service knows them.
    """

    source: str
    id: str
    type: str | None = None
    recorded_at: datetime | None = None
    message_id: UUID | None = None
    cause: "Cited | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofEvent:
    """An event in the log that has the promise. `happened_at`: when the fact behind it was recorded, or fell due.

    `cause`: of this event; null if it is no longer known.
    """

    event_id: UUID
    type: str
    happened_at: datetime
    recorded_at: datetime
    words: str
    cause: Cited | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseStatus:
    """The status of a promise `at` an instant. Time is exact to the microsecond.

    `number`: of the ticket or feedback, as people write it: `P-1042`. `counts`: whether `target`, `consumed`,
    `remaining` and `breached_by` are support hours or elapsed time. `received_at`: when the request came; `started_at`:
    from when on time counts. `percent`: how much of the target is used up, 100 at the deadline. `responded_at`: when
    the promise was kept. `breached_by`: what is used up beyond the target, up to the late response or, without one, to
    `at`. `cancelled_at`, `cancelled_for`: since when nothing is owed, and why. `known_until`: the last date that the
    calendar knows, if the deadline lies beyond it. A field without a value (yet) is null.
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
    """Why a promise has its status. The `counted` of all segments adds up to `promise.consumed`.

    `as_known_at`: events that the promise's log got later were left out. `arithmetic`: the sum, step by step, in words.
    `disagreements`: where the record differs from what was computed here again; empty, unless something is wrong.
    """

    promise: PromiseStatus
    as_known_at: datetime
    summary: str
    arithmetic: Sequence[str]
    segments: Sequence[Segment]
    rules: Sequence[Rule]
    events: Sequence[ProofEvent]
    disagreements: Sequence[str]
