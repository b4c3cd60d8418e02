"""SEMANTICS.md: recorded before T, processed after T, when the breach was announced without confirmation."""

from datetime import datetime
from typing import Any

from tests.unit.sla_timer.story import (
    INFORMATION_REQUESTED,
    OFFICE,
    PAUSING,
    RESPONDED,
    STREAM,
    Log,
    after,
    after_rings,
    carried_out,
    closed,
    entitled,
    ny,
    opened,
    recorded,
    severity_changed,
    wrote,
)

from contracts.sla import (
    AnsweredLate,
    BreachRetracted,
    ClockCancelled,
    ClockPaused,
    ClockRescheduled,
    ClockStarted,
    ObjectiveMissed,
    SlaBreached,
    SlaMet,
    SlaWarning,
)
from sla_timer.domain.commands import Evidence
from sla_timer.domain.state import Situation
from sla_timer.policy.versions import Policies
from sla_timer.react import react

TEN, HALF_PAST, ELEVEN = ny("2026-07-14 10:00"), ny("2026-07-14 10:30"), ny("2026-07-14 11:00")
NOON = ny("2026-07-14 12:00")


def announced(severity: Any = 1, until: datetime = NOON, evidence: Evidence = "grace") -> Situation:
    """The situation after all timers have rung without the settled edge, before any later fact was seen."""
    return after_rings(after([(TEN, opened(severity))]), until, evidence)[1]


def late(at: datetime, event: Any, state: Situation, policies: Policies = OFFICE) -> tuple[Log, Situation]:
    command = next(command for stream, command in react(recorded(at, event), policies) if stream == STREAM)
    return carried_out(command, state)


def events(log: Log) -> list[Any]:
    return [event for _, event in log]


def test_a_breach_announced_without_confirmation_says_so() -> None:
    for evidence in ("grace", "parked"):
        log, _ = after_rings(after([(TEN, opened(1))]), NOON, evidence)
        assert [event.evidence for event in events(log) if isinstance(event, SlaBreached)] == [evidence]


def test_a_response_recorded_before_t_and_processed_after_t_is_met_and_the_breach_retracted() -> None:
    log, state = late(HALF_PAST, RESPONDED, announced())
    assert [type(event) for event in events(log)] == [BreachRetracted, SlaMet]
    retracted, met = events(log)
    assert (retracted.cause, retracted.breached_at) == ("answered-in-time", ELEVEN)
    assert met.responded_at == HALF_PAST
    assert late(HALF_PAST, RESPONDED, state)[0] == []


def test_a_response_recorded_at_t_retracts_nothing() -> None:
    assert [type(event) for event in events(late(ELEVEN, RESPONDED, announced())[0])] == [AnsweredLate]


def test_severity_lowered_before_t_and_seen_after_it_retracts_and_a_later_breach_is_another_event() -> None:
    started = after([(TEN, opened(1))])
    first, state = after_rings(started, NOON, "grace")
    log, state = late(HALF_PAST, severity_changed(1, 2), state)
    assert [type(event) for event in events(log)] == [BreachRetracted, ClockRescheduled]
    assert events(log)[0].cause == "clock-changed"
    second, _ = after_rings(state, ny("2026-07-15 12:00"))
    names = [name for name, event in first + second if isinstance(event, SlaBreached)]
    assert len(set(names)) == 2


def test_severity_changed_to_4_before_t_and_seen_after_it_retracts() -> None:
    log, _ = late(HALF_PAST, severity_changed(1, 4), announced())
    assert [type(event) for event in events(log)] == [BreachRetracted, ClockCancelled, ClockStarted]


def test_found_incomplete_before_t_and_seen_after_it_retracts() -> None:
    log, _ = late(HALF_PAST, INFORMATION_REQUESTED, announced())
    assert [type(event) for event in events(log)] == [BreachRetracted, ClockCancelled]


def test_withdrawn_before_t_and_seen_after_it_retracts() -> None:
    log, _ = late(HALF_PAST, closed("withdrawn"), announced())
    assert [type(event) for event in events(log)] == [BreachRetracted, ClockCancelled]


def test_severity_raised_before_t_leaves_the_breach_and_moves_t_for_later_evidence() -> None:
    state = announced(2, ny("2026-07-14 15:00"))
    log, state = late(HALF_PAST, severity_changed(2, 1), state)
    assert [(type(event), event.due_at) for event in events(log)] == [(ClockRescheduled, ELEVEN)]
    assert [type(event) for event in events(late(NOON, RESPONDED, state)[0])] == [AnsweredLate]
    assert [type(event) for event in events(late(ny("2026-07-14 10:45"), RESPONDED, state)[0])] == [
        BreachRetracted,
        SlaMet,
    ]


def test_severity_raised_before_t_so_that_it_was_broken_even_then_leaves_the_one_breach() -> None:
    log, state = late(ny("2026-07-14 11:30"), severity_changed(2, 1), announced(2, ny("2026-07-14 15:00")))
    assert [(type(event), event.due_at) for event in events(log)] == [(ClockRescheduled, ELEVEN)]
    assert [type(event) for event in events(late(ny("2026-07-14 11:40"), RESPONDED, state)[0])] == [AnsweredLate]


def test_an_entitlement_that_leaves_the_deadline_leaves_the_breach() -> None:
    log, _ = late(HALF_PAST, entitled("patrol"), announced())
    assert [(type(event), event.due_at) for event in events(log)] == [(ClockRescheduled, ELEVEN)]


def test_an_objective_answered_before_t_and_seen_after_it_is_met_and_the_miss_retracted() -> None:
    state = announced(4, ny("2026-07-16 12:00"))
    retracted, met = events(late(HALF_PAST, RESPONDED, state)[0])
    assert (type(met), retracted.metric, retracted.cause) == (SlaMet, "objective", "answered-in-time")
    assert retracted.breached_at == ny("2026-07-15 10:00")


def test_a_severity_that_broke_the_promise_before_an_objective_was_announced_missed_is_a_breach_whatever_follows() -> (
    None
):
    state = announced(4, ny("2026-07-16 12:00"))
    log, state = late(NOON, severity_changed(4, 1), state)
    assert [type(event) for event in events(log)] == [BreachRetracted, ClockCancelled, ClockStarted, SlaBreached]
    assert (events(log)[3].cause, events(log)[3].due_at) == ("reclassified", ELEVEN)
    assert late(ny("2026-07-14 12:50"), closed("withdrawn"), state)[0] == []


def test_a_breach_is_not_left_standing_where_only_an_objective_was_missed() -> None:
    friday, sunday = ny("2026-07-10 16:30"), ny("2026-07-12 12:00")
    _, state = after_rings(after([(friday, opened(1))]), ny("2026-07-13 12:00"), "grace")
    log, _ = late(sunday, severity_changed(1, 4), state)
    assert [type(event) for event in events(log)] == [BreachRetracted, ClockCancelled, ClockStarted, ObjectiveMissed]
    assert [event.metric for event in events(log)] == ["response", "response", "objective", "objective"]


def test_a_deadline_moved_earlier_and_back_by_late_evidence_leaves_the_one_breach() -> None:
    state = announced(2, ny("2026-07-14 15:00"))
    for at, changed in ((HALF_PAST, severity_changed(2, 1)), (ny("2026-07-14 10:40"), severity_changed(1, 2))):
        log, state = late(at, changed, state)
        assert [type(event) for event in events(log)] == [ClockRescheduled]


def test_a_pause_from_before_an_objective_that_was_announced_missed_counts() -> None:
    """As if it had been heard in time: it waits for its requester, and is met before the deadline that follows."""
    _, state = after_rings(after([(TEN, opened(4))], PAUSING), ny("2026-07-15 12:00"), "grace")
    log, state = late(ny("2026-07-14 12:00"), wrote("staff", awaits_reply=True), state, PAUSING)
    assert [type(event) for event in events(log)] == [BreachRetracted, ClockPaused]
    log, state = late(ny("2026-07-14 15:00"), wrote("requester"), state, PAUSING)
    [resumed] = events(log)
    assert resumed.due_at == ny("2026-07-15 13:00")
    assert [type(event) for event in events(late(ny("2026-07-15 11:00"), RESPONDED, state, PAUSING)[0])] == [SlaMet]


def test_what_time_brings_about_has_the_same_name_whoever_comes_first() -> None:
    started = after([(TEN, opened(1))])
    by_timer, _ = after_rings(started, ELEVEN)
    by_fact, _ = late(ELEVEN, RESPONDED, started)
    assert (by_timer, AnsweredLate) == (by_fact[:-1], type(by_fact[-1][1]))
    assert [name for name, _ in by_timer] == ["warning-50:1", "warning-75:1", "warning-90:1", "deadline:1"]
    assert [type(event) for _, event in by_timer] == [SlaWarning, SlaWarning, SlaWarning, SlaBreached]
    objective, _ = after_rings(after([(TEN, opened(4))]), ny("2026-07-16 12:00"))
    assert [(name, type(event)) for name, event in objective] == [("objective:1", ObjectiveMissed)]
