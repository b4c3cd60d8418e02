"""What is on record, held against what the proof worked out once more."""

from collections.abc import Iterable, Sequence

from contracts.instants import ZERO
from contracts.proof import Segment
from sla_timer.domain.clock.timeline import Timeline
from sla_timer.history.clock_status import Standing, ended, promise_of
from sla_timer.history.history import History
from sla_timer.policy.versions import Policies


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
    if promise and standing.due_at and not clock.segments[-1].paused:
        due_at = Timeline.of(clock, policies).due(promise)
        if due_at != clock.due_at:
            yield f"The deadline on record is {clock.due_at}, by these rules it is {due_at}."
    if standing.counts == "support":
        for segment in clock.segments:
            before = [one.total for one in every if one.until <= segment.since]
            if segment.since <= ended(told, standing.at) and segment.consumed != (before[-1] if before else ZERO):
                yield f"By {segment.since}, {segment.consumed} was used up on record, and {before[-1:]} by the table."
