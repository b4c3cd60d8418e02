"""However often a ticket waits, a deadline leaves its clock exactly the promised support time (P24)."""

from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.sla_timer.story import PAUSING, after, ny, opened, severity_changed, wrote

from contracts.tickets import Severity
from sla_timer.domain.clock.timeline import Timeline
from sla_timer.domain.state import Paused, Running

MONDAY = ny("2026-07-13 00:00")
CALENDAR = PAUSING.current.calendar("office")
GAPS = st.lists(st.integers(0, 3 * 86_400 * 10**6), min_size=2, max_size=8)
SEVERITIES = st.sampled_from([1, 2, 3])


@settings(max_examples=150, deadline=None)
@given(first=SEVERITIES, then=SEVERITIES, gaps=GAPS)
def test_what_is_open_until_the_deadline_and_not_paused_is_what_was_promised(
    first: Severity, then: Severity, gaps: list[int]
) -> None:
    at = received = MONDAY + timedelta(microseconds=gaps[0])
    history: list[tuple[Any, Any]] = [(at, opened(first))]
    pauses = []
    for n, gap in enumerate(gaps[1:]):
        before, at = at, at + timedelta(microseconds=gap)
        history.append((at, wrote("requester") if n % 2 else wrote("staff", awaits_reply=True)))
        if n % 2:
            pauses.append((before, at))
    history.append((at, severity_changed(first, then)))
    # Deadlines on the way are not decided here: what is held together is the timeline.
    for state in (after(history[:-1], PAUSING, "resolution"), after(history, PAUSING, "resolution")):
        if isinstance(state, Running):
            clock, start = state.clock, CALENDAR.next_opening(received)
            assert clock.started_at == start
            open_time = CALENDAR.between(start, clock.due_at)
            stood = sum((overlap(*pause, start, clock.due_at) for pause in pauses), timedelta(0))
            assert open_time - stood == clock.target
        elif isinstance(state, Paused):
            stood = sum((overlap(*pause, received, at) for pause in pauses), timedelta(0))
            assert Timeline.of(state.clock, PAUSING).consumed(at) == CALENDAR.between(received, at) - stood


def overlap(begin: Any, end: Any, since: Any, until: Any) -> timedelta:
    low, high = max(begin, since), min(end, until)
    return CALENDAR.between(low, high) if low < high else timedelta(0)
