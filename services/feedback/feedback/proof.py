"""The proof of a promise about feedback: every stretch of its time, the rule that counts it, the facts, and the sum.

The deadline is counted here once more, by the published calendar, and compared with that on record.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from contracts.base import kind_of
from contracts.complaints import (
    ComplaintDecided,
    InformationAsked,
    OutcomeDisputed,
    OutcomeGiven,
    ReviewOpened,
    UpdateGiven,
)
from contracts.envelope import Fact
from contracts.feedback import (
    DeadlineScheduled,
    FeedbackAcknowledged,
    FeedbackReceived,
    PromiseJudged,
    PromiseName,
    Terms,
)
from contracts.instants import ZERO
from contracts.proof import Cited, Counts, PromiseStatus, Proof, ProofEvent, Rule, Segment, State
from feedback.domain.deadlines import PROMISE_AGAIN_WORKING_DAYS
from feedback.domain.policy import Offer, Policies
from feedback.domain.state import Feedback
from feedback.words import shown, words_of
from hours.calendar import Calendar
from hours.segments import by_hours, cut, stretch
from hours.wording import local
from kit.proof.arithmetic import arithmetic
from kit.proof.table import condensed, totalled
from kit.proof.words import brief_wall, wall

THINGS: dict[PromiseName, str] = {
    "acknowledgement": "acknowledgement",
    "update": "word to the customer",
    "urgent": "urgent answer",
}
"""What was promised."""
STATES: dict[str, State] = {"kept": "met", "broken": "breached", "cancelled": "cancelled"}


@dataclass(frozen=True, slots=True)
class Made:
    """A promise as it was made: `since` when on time counts, until `due_at`; `by` which term, and that in words."""

    since: datetime
    due_at: datetime
    by: Literal["acknowledge", "review", "promised", "again", "urgent"]
    words: str | None
    alarm: str

    @property
    def counts(self) -> Counts:
        """What counts towards it: support hours only, or all time."""
        return "elapsed" if self.by in ("review", "promised") else "support"


def prove(
    facts: Sequence[Fact],
    state: Feedback,
    promise: PromiseName,
    at: datetime,
    known_at: datetime,
    policies: Policies,
    rows: int = 60,
    *,
    internal: bool = True,
) -> Proof | None:
    """The proof of the latest promise of that name made before `at`; None: none was made.

    `facts`: of the feedback's stream, recorded before `known_at`; `state`: what they add up to. `internal`: for staff;
    customers see nothing of how the review is done.
    """
    made = _made(facts, promise, at)
    offer = policies.offer(state.terms)
    if made is None or offer is None:
        return None
    calendar, verdict = offer.calendar, _verdict(facts, made, at)
    kept_at = _kept_at(facts, made, at, promise)
    ends = [each for each in (kept_at, verdict.at if verdict and verdict.outcome == "cancelled" else None) if each]
    end = min([*ends, at])
    every = totalled([*_counted(made, end, calendar), *_over(end, at, calendar)])
    consumed = every[-1].total if every else ZERO
    target = calendar.between(made.since, made.due_at) if made.counts == "support" else made.due_at - made.since
    status = _status(state, made, offer, at, verdict, kept_at, target, consumed)

    def says(instant: datetime) -> str:
        return wall(local(calendar, instant))

    return Proof(
        promise=status,
        as_known_at=known_at,
        summary=_summary(state.number, promise, status, lambda instant: brief_wall(local(calendar, instant))),
        arithmetic=arithmetic(status, says, THINGS[promise], made.words),
        segments=condensed(every, rows),
        rules=[_rule(made, offer)],
        events=[_event(fact) for fact in shown(facts, internal=internal) if fact.happened_at <= at],
        disagreements=list(_disagreements(made, state, calendar)),
    )


def _made(facts: Sequence[Fact], promise: PromiseName, at: datetime) -> Made | None:
    by_id = {fact.event_id: fact for fact in facts}
    scheduled = [
        fact.event for fact in facts if isinstance(fact.event, DeadlineScheduled) and fact.event.deadline == promise
    ]
    for event in reversed(scheduled):
        begun = by_id.get(event.set_by)
        if begun and begun.happened_at <= at:
            return _begun(begun, event, facts)
    return None


def _begun(begun: Fact, event: DeadlineScheduled, facts: Sequence[Fact]) -> Made:
    terms: Terms = next(fact.event.terms for fact in facts if isinstance(fact.event, FeedbackReceived))
    at, due_at, alarm = begun.happened_at, event.due_at, event.alarm
    match begun.event:
        case FeedbackReceived(received_at=stated):
            return Made(
                stated or at, due_at, "acknowledge", _days(terms.acknowledge_working_days, "working day"), alarm
            )
        case ReviewOpened(since=receipt):
            return Made(receipt or at, due_at, "review", _days(terms.review_days, "day"), alarm)
        case OutcomeDisputed():
            return Made(at, due_at, "review", _days(terms.review_days, "day"), alarm)
        case UpdateGiven():
            return Made(at, due_at, "promised", "the time that was promised", alarm)
        case PromiseJudged(at=missed_at):
            return Made(missed_at, due_at, "again", _days(PROMISE_AGAIN_WORKING_DAYS, "working day"), alarm)
        case _:
            return Made(at, due_at, "urgent", None, alarm)


def _days(count: int, unit: str) -> str:
    return f"{count} {unit}" + ("" if count == 1 else "s")


def _verdict(facts: Sequence[Fact], made: Made, at: datetime) -> PromiseJudged | None:
    """The verdict, if its instant has come."""
    for fact in facts:
        if isinstance(fact.event, PromiseJudged) and fact.event.alarm == made.alarm and fact.event.at <= at:
            return fact.event
    return None


KEEPS: dict[PromiseName, tuple[type[object], ...]] = {
    "acknowledgement": (FeedbackAcknowledged, InformationAsked, UpdateGiven, OutcomeGiven, ComplaintDecided),
    "update": (UpdateGiven, OutcomeGiven, ComplaintDecided),
    "urgent": (FeedbackAcknowledged, InformationAsked, UpdateGiven, OutcomeGiven, ComplaintDecided),
}
"""What keeps each promise, in time or late."""


def _kept_at(facts: Sequence[Fact], made: Made, at: datetime, promise: PromiseName) -> datetime | None:
    """When it was done, in time or late."""
    done = (fact.happened_at for fact in facts if isinstance(fact.event, KEEPS[promise]))
    return next((when for when in done if made.since < when <= at), None)


def _counted(made: Made, end: datetime, calendar: Calendar) -> Iterator[Segment]:
    if made.since >= end:
        return
    if made.counts == "elapsed":
        every: list[Segment] = [stretch(made.since, end, "elapsed", calendar, counted=True, rule=0)]
    else:
        every = list(by_hours(made.since, end, calendar, 0))
    yield from cut(every, made.due_at, calendar)


def _over(end: datetime, at: datetime, calendar: Calendar) -> Iterator[Segment]:
    if end < at:
        yield stretch(end, at, "over", calendar, words="over: nothing more was owed")


def _status(
    state: Feedback,
    made: Made,
    offer: Offer,
    at: datetime,
    verdict: PromiseJudged | None,
    kept_at: datetime | None,
    target: timedelta,
    consumed: timedelta,
) -> PromiseStatus:
    broken = verdict is not None and verdict.outcome == "broken"
    running = verdict is None and kept_at is None
    return PromiseStatus(
        number=state.number,
        state=STATES[verdict.outcome] if verdict else "running" if running else "met",
        at=at,
        calendar=offer.calendar.name,
        counts=made.counts,
        received_at=state.received_at,
        started_at=made.since,
        target=target,
        due_at=made.due_at,
        consumed=consumed,
        remaining=max(target - consumed, ZERO) if running else None,
        percent=consumed * 10_000 // target / 100 if target else None,
        responded_at=kept_at,
        breached_at=verdict.at if verdict and broken else None,
        breached_by=max(consumed - target, ZERO) if broken else None,
        cancelled_at=verdict.at if verdict and verdict.outcome == "cancelled" else None,
        cancelled_for="no longer owed" if verdict and verdict.outcome == "cancelled" else None,
        known_until=str(offer.calendar.known_until) if offer.calendar.is_beyond_known(made.due_at) else None,
    )


def _summary(number: str, promise: PromiseName, status: PromiseStatus, says: Callable[[datetime], str]) -> str:
    due = says(status.due_at) if status.due_at else ""
    match status.state:
        case "met":
            done = f", and it was given at {says(status.responded_at)}" if status.responded_at else ""
            return f"{number}: the {THINGS[promise]} was due before {due}{done}: kept."
        case "breached":
            late = f"It was given at {says(status.responded_at)}." if status.responded_at else "It was not given yet."
            return f"{number}: the {THINGS[promise]} was due before {due}: broken. {late}"
        case "cancelled":
            return f"{number}: the {THINGS[promise]} was due before {due}, and is no longer owed."
        case _:
            return f"{number}: the {THINGS[promise]} is due before {due}."


def _rule(made: Made, offer: Offer) -> Rule:
    return Rule(
        since=made.since,
        consumed=ZERO,
        policy=offer.terms.policy,
        policy_name=offer.name,
        calendar=offer.calendar.name,
        calendar_version=offer.calendar.version,
        tzdata=offer.tzdata,
        holidays=offer.holidays,
        known_until=offer.calendar.known_until,
    )


def _event(fact: Fact) -> ProofEvent:
    cause = fact.meta.cause
    return ProofEvent(
        event_id=fact.event_id,
        type=kind_of(fact.event).name,
        happened_at=fact.happened_at,
        recorded_at=fact.recorded_at,
        words=words_of(fact.event),
        cause=Cited(source=cause.source, id=cause.id) if cause else None,
    )


def _disagreements(made: Made, state: Feedback, calendar: Calendar) -> Iterator[str]:
    """A sentence if the deadline on record is another than by the calendar; a correct log has none."""
    due_at = _counted_again(made, state.terms, calendar)
    if due_at != made.due_at:
        yield f"The deadline on record is {made.due_at}, by this calendar it is {due_at}."


def _counted_again(made: Made, terms: Terms, calendar: Calendar) -> datetime:
    match made.by:
        case "acknowledge":
            return calendar.working_days_after(made.since, terms.acknowledge_working_days)
        case "review":
            return calendar.calendar_days_after(made.since, terms.review_days)
        case "again":
            return calendar.working_days_after(made.since, PROMISE_AGAIN_WORKING_DAYS)
        case "urgent":
            return calendar.after(made.since, terms.urgent)
        case "promised":
            return made.due_at
