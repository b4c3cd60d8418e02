"""What is on record, held against what the proof worked out once more."""

from collections.abc import Iterable, Sequence

from contracts.instants import ZERO
from contracts.proof import Segment
from sla_timer.domain.course import Course
from sla_timer.domain.policies import Policies
from sla_timer.explain.history import History
from sla_timer.explain.standing import Standing, ended, promise_of


def disagreements(told: History, standing: Standing, every: Sequence[Segment], policies: Policies) -> Iterable[str]:
    """A sentence for each; there are none."""
    total = every[-1].total if every else ZERO
    if total != standing.consumed:
        yield f"The table adds up to {total}, the core says {standing.consumed}."
    if told.answer and told.clock and told.answer.elapsed != standing.consumed:
        yield f"The answer is on record with {told.answer.elapsed}, and {standing.consumed} was used up."
    clock = told.clock
    if clock is None:
        return
    promise = promise_of(clock, policies)
    if promise and standing.due_at and not clock.course[-1].paused:
        due_at = Course.of(clock, policies).due(promise)
        if due_at != clock.due_at:
            yield f"The deadline on record is {clock.due_at}, by these rules it is {due_at}."
    if standing.counts == "support":
        for leg in clock.course:
            before = [one.total for one in every if one.until <= leg.since]
            if leg.since <= ended(told, standing.at) and leg.consumed != (before[-1] if before else ZERO):
                yield f"By {leg.since}, {leg.consumed} was used up on record, and {before[-1:]} by the table."
