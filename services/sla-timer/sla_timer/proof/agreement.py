"""Compares what is on record with what the proof computed again."""

from collections.abc import Iterable, Sequence

from contracts.instants import ZERO
from contracts.proof import Segment
from sla_timer.domain.clock.timeline import Timeline
from sla_timer.history.clock_status import ClockStatus, end_of_counting, promise_of
from sla_timer.history.history import History
from sla_timer.policy.versions import Policies


def disagreements(history: History, status: ClockStatus, every: Sequence[Segment], policies: Policies) -> Iterable[str]:
    """A sentence for each difference; a correct log has none."""
    total = every[-1].total if every else ZERO
    if total != status.consumed:
        yield f"The table adds up to {total}, the core says {status.consumed}."
    if history.answer and history.clock and history.answer.elapsed != status.consumed:
        yield f"The answer is on record with {history.answer.elapsed}, and {status.consumed} was used up."
    clock = history.clock
    if clock is None:
        return
    promise = promise_of(clock, policies)
    if promise and status.due_at and not clock.segments[-1].paused:
        due_at = Timeline.of(clock, policies).due(promise)
        if due_at != clock.due_at:
            yield f"The deadline on record is {clock.due_at}, by these rules it is {due_at}."
    if status.counts == "support":
        for segment in clock.segments:
            before = [one.total for one in every if one.until <= segment.since]
            if segment.since <= end_of_counting(history, status.at) and segment.consumed != (
                before[-1] if before else ZERO
            ):
                yield f"By {segment.since}, {segment.consumed} was used up on record, and {before[-1:]} by the table."
