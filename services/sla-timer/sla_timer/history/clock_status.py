"""The status of a clock at an instant."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

from contracts.instants import ZERO
from contracts.proof import Counts
from contracts.sla import Metric, Threshold, Versions
from contracts.tickets import Severity, Tier
from sla_timer.domain.clock.status import ClockState, state_of
from sla_timer.domain.clock.timeline import Timeline
from sla_timer.domain.state import Clock
from sla_timer.history.history import History
from sla_timer.policy.promise import Promise
from sla_timer.policy.versions import Policies


@dataclass(frozen=True, slots=True, kw_only=True)
class ClockStatus:
    """The status of a promise `at` an instant. Support time is exact to the microsecond.

    `counts`: whether `target`, `consumed`, `remaining` and `breached_by` are support hours or elapsed time. `percent`:
    how much of the target is used up, 100 at the deadline. `breached_by`: what is used up beyond the target, up to the
    late answer or, without one, to `at`. `warned`: the percent of the last of `warnings_given`; `warnings`: to come.
    `evidence`: `settled`, if the breach was announced with all that had been recorded before it, otherwise it may be
    retracted. `known_until`: the last date that the calendar knows, if the deadline lies beyond it.
    `unknown_calendar`: the calendar agreed with the account, if the policy doesn't have it: the tier's counts instead.

    `missed_at`: since when the objective has been missed, whatever else is promised by now.

    `round`: a reply or an update may be owed again and again. This is the latest; for an earlier one ask about an
    earlier instant. State `paused`: the ticket waits for its requester; `unowed`: at this severity nothing of the kind
    is promised. A field without a value (yet) is null.
    """

    ticket_id: UUID
    number: str | None
    metric: Metric
    round: int
    state: ClockState
    at: datetime
    severity: Severity | None = None
    tier: Tier | None = None
    calendar: str | None = None
    unknown_calendar: str | None = None
    counts: Counts | None = None
    received_at: datetime | None = None
    started_at: datetime | None = None
    target: timedelta | None = None
    due_at: datetime | None = None
    consumed: timedelta = ZERO
    remaining: timedelta | None = None
    percent: float | None = None
    warned: int | None = None
    warnings_given: Sequence[Threshold] = ()
    warnings: Sequence[Threshold] = ()
    responded_at: datetime | None = None
    breached_at: datetime | None = None
    breached_by: timedelta | None = None
    breach_cause: Literal["deadline", "reclassified"] | None = None
    evidence: Literal["settled", "grace", "parked"] | None = None
    missed_at: datetime | None = None
    cancelled_at: datetime | None = None
    cancelled_for: str | None = None
    versions: Versions | None = None
    known_until: str | None = None


def promise_of(clock: Clock, policies: Policies) -> Promise | None:
    """Its promise, with the target of its last event; None if nothing was ever promised."""
    promise = clock.promise_by(policies)
    return replace(promise, target=clock.target) if promise and clock.target else None


def end_of_counting(history: History, at: datetime) -> datetime:
    """Until when time counts: the end of the clock, or the instant asked about."""
    return min(history.ended_at or at, at)


def status_at(history: History, at: datetime, policies: Policies, ticket_id: UUID, number: str | None) -> ClockStatus:
    """The status at `at`. `history`: what had happened by then. Raises UnknownPolicy, UnknownCalendar."""
    state = state_of(history.state)
    promised = history.promised or history.awaited
    status = ClockStatus(
        ticket_id=ticket_id,
        number=number,
        metric=history.metric,
        round=history.round,
        state="cancelled" if state == "waiting" and history.ended_at else state,
        at=at,
        severity=promised.severity if promised else None,
        tier=promised.tier if promised else None,
        unknown_calendar=promised.unknown_calendar if promised else None,
        warned=history.given[-1].percent if history.given else None,
        warnings_given=tuple(history.given),
        responded_at=history.answer.responded_at if history.answer else None,
        missed_at=history.missed_at,
        cancelled_at=history.ended_at if history.cancelled or state == "waiting" else None,
        cancelled_for=history.cancelled.cause
        if history.cancelled
        else "severity"
        if state == "waiting" and history.ended_at
        else None,
        versions=history.answer.versions if history.answer else None,
    )
    return status if history.clock is None else _counted(status, history, history.clock, policies)


def _counted(status: ClockStatus, history: History, clock: Clock, policies: Policies) -> ClockStatus:
    timeline, end = Timeline.of(clock, policies), end_of_counting(history, status.at)
    promise = promise_of(clock, policies) if status.state != "unowed" else None
    consumed = timeline.elapsed(promise, end) if promise else timeline.consumed(end)
    counted = replace(
        status,
        calendar=clock.calendar,
        unknown_calendar=clock.unknown_calendar,
        counts=promise.counts if promise else "support",
        received_at=clock.received_at,
        started_at=clock.started_at,
        consumed=consumed,
        versions=clock.versions,
    )
    return _owed(counted, history, clock, consumed) if promise else counted


def _owed(status: ClockStatus, history: History, clock: Clock, consumed: timedelta) -> ClockStatus:
    running, breach = status.state == "running", history.breach
    # A paused clock has no deadline, and an answer during a pause is in time.
    still = status.state == "paused" or (history.answer is not None and history.answer.due_at is None)
    return replace(
        status,
        target=clock.target,
        due_at=None if still else clock.due_at,
        remaining=max(clock.target - consumed, ZERO) if running or status.state == "paused" else None,
        percent=consumed * 10_000 // clock.target / 100,
        warnings=clock.warnings if running else (),
        breached_at=breach.breached_at if breach else None,
        breached_by=max(consumed - clock.target, ZERO) if breach else None,
        breach_cause=breach.cause if breach else None,
        evidence=breach.evidence if breach else None,
        known_until=history.known_until,
    )
