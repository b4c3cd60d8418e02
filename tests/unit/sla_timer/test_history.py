"""What a clock's facts add up to, also where their beginning is lost, and what its commands would have come to."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest
from tests.contract.corpus import example
from tests.unit.sla_timer.explained import fact, logged
from tests.unit.sla_timer.story import OFFICE, RESPONDED, STREAM, ny, opened, recorded, severity_changed

from contracts.base import BY_CLASS
from contracts.sla import ClockCancelled, ClockResumed
from sla_timer.domain import INITIAL
from sla_timer.history.as_of import AsOf
from sla_timer.history.history import metrics_of, read_history
from sla_timer.history.verdict import ClockSoFar, verdict_of
from sla_timer.react.asks import react

TEN, HALF_PAST, ELEVEN, NOON = (ny(f"2026-07-14 {time}") for time in ("10:00", "10:30", "11:00", "12:00"))


def asked(*history: tuple[datetime, Any]) -> list[Any]:
    """What the response clock is asked by the ticket's facts."""
    return [
        command for at, event in history for stream, command in react(recorded(at, event), OFFICE) if stream == STREAM
    ]


def test_a_stream_tells_of_its_metrics_in_the_order_in_which_they_took_their_place() -> None:
    log = logged([(TEN, opened(1)), (HALF_PAST, severity_changed(1, 4))], NOON)
    facts, _, _ = AsOf(NOON).of(log)
    assert metrics_of(facts) == ["response", "objective"]


@pytest.mark.parametrize(("kind", "cause"), [(ClockCancelled, "incomplete"), (ClockResumed, "reopened")])
def test_facts_without_a_beginning_are_read_and_leave_no_clock(kind: type[Any], cause: str) -> None:
    event = replace(example(BY_CLASS[kind]), cause=cause)
    found = read_history([(fact(event, 7, TEN), TEN)], event.metric)
    assert (found.state, found.clock, found.before, found.answer, found.settled) == (INITIAL, None, [], None, set())


def test_commands_and_time_come_to_a_verdict() -> None:
    verdict = verdict_of(asked((TEN, opened(1)), (HALF_PAST, RESPONDED)), NOON)
    assert (verdict.outcome, verdict.due_at, verdict.responded_at) == ("met", ELEVEN, HALF_PAST)
    assert verdict_of(asked((TEN, opened(1))), NOON).breached_at == ELEVEN


def test_a_breach_that_late_evidence_takes_back_does_not_count() -> None:
    start, answer = asked((TEN, opened(1)), (HALF_PAST, RESPONDED))
    clock = ClockSoFar()
    clock.decide(start)
    assert (clock.verdict(NOON).outcome, clock.verdict().breaches) == ("breached", 1)
    clock.decide(answer)
    assert (clock.verdict().outcome, clock.verdict().breaches) == ("met", 0)
