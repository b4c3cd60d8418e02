"""SEMANTICS.md, the rows about clocks, one test each. Office hours are Mon–Fri 09:00–17:00 in New York.

`played` plays each history twice, timers first and facts first, and holds both logs equal.
"""

from dataclasses import replace
from datetime import timedelta

import pytest
from tests.unit.sla_timer.story import (
    INFORMATION_REQUESTED,
    OFFICE,
    RESPONDED,
    SUBJECT,
    TICKET,
    VENDOR,
    after,
    closed,
    completed,
    hours,
    kinds,
    ny,
    of,
    opened,
    played,
    responded,
    severity_changed,
    utc,
)

from contracts.sla import (
    AnsweredLate,
    BreachRetracted,
    ClockAwaited,
    ClockCancelled,
    ClockStarted,
    ObjectiveMissed,
    SlaBreached,
    SlaMet,
    SlaWarning,
)
from contracts.tickets import Reopened, Severity
from sla_timer.domain import INITIAL, decide, evolve, timers
from sla_timer.domain.commands import EndClock, Ring

MICROSECOND = timedelta(microseconds=1)
TEN = ny("2026-07-14 10:00")
HALF_PAST = ny("2026-07-14 10:30")
ELEVEN = ny("2026-07-14 11:00")
NOON = ny("2026-07-14 12:00")
LATER = ny("2026-08-14 10:00")
REOPENED = Reopened(ticket_id=TICKET, subject_id=SUBJECT, reason="still down")


def test_under_1_hour_is_strict_a_response_at_60_minutes_is_a_breach_from_that_instant() -> None:
    log = played([(TEN, opened(1)), (ELEVEN, RESPONDED)], LATER)
    [breach] = of(SlaBreached, log)
    assert (breach.due_at, breach.breached_at, breach.cause, breach.evidence) == (ELEVEN, ELEVEN, "deadline", "settled")
    assert not of(SlaMet, log)


def test_a_response_a_microsecond_before_the_deadline_is_met() -> None:
    [met] = of(SlaMet, played([(TEN, opened(1)), (ELEVEN - MICROSECOND, RESPONDED)], LATER))
    assert met.elapsed == hours(1) - MICROSECOND


@pytest.mark.parametrize(("severity", "due"), [(1, "11:00"), (2, "14:00"), (3, "18:00")])
def test_p10_targets_by_severity(severity: int, due: str) -> None:
    started = played([(TEN, opened(severity, "patrol"))], TEN)[0]  # type: ignore[arg-type]
    assert started.due_at == ny(f"2026-07-14 {due}")


def test_received_outside_hours_the_clock_starts_at_the_next_opening() -> None:
    started = played([(ny("2026-07-10 17:00"), opened(1))], ny("2026-07-10 17:00"))[0]
    assert (started.received_at, started.started_at) == (ny("2026-07-10 17:00"), ny("2026-07-13 09:00"))
    assert started.due_at == ny("2026-07-13 10:00")


def test_warnings_at_50_75_and_90_percent_of_the_target_and_then_the_breach() -> None:
    log = played([(ny("2026-07-10 16:30"), opened(1))], LATER)
    assert kinds(log) == [ClockStarted, SlaWarning, SlaWarning, SlaWarning, SlaBreached]
    assert [(warning.percent, warning.reached_at) for warning in of(SlaWarning, log)] == [
        (50, ny("2026-07-10 17:00")),
        (75, ny("2026-07-13 09:15")),
        (90, ny("2026-07-13 09:24")),
    ]


def test_a_breach_that_rings_late_leaves_out_the_warnings_that_it_has_overtaken() -> None:
    state = after([(TEN, opened(1))])
    (deadline,) = (due for due in timers(state) if due.kind == "deadline")
    ring = Ring(at=deadline.due_at, kind=deadline.kind, generation=deadline.generation)
    assert kinds(decide(ring, state)) == [SlaBreached]


def test_a_warning_that_rings_after_the_deadline_is_overtaken() -> None:
    state = after([(TEN, opened(1))])
    (first,) = (due for due in timers(state) if due.kind == "warning-50")
    ring = Ring(at=first.due_at, kind=first.kind, generation=first.generation, until=ELEVEN)
    assert decide(ring, state) == []
    assert kinds(decide(replace(ring, until=ELEVEN - MICROSECOND), state)) == [SlaWarning]


def test_a_warning_that_rings_late_brings_the_earlier_ones_along() -> None:
    state = after([(TEN, opened(1))])
    (last,) = (due for due in timers(state) if due.kind == "warning-90")
    ring = Ring(at=last.due_at, kind=last.kind, generation=last.generation)
    assert [event.percent for event in of(SlaWarning, decide(ring, state))] == [50, 75, 90]


def test_incomplete_information_no_clock_runs_until_it_comes() -> None:
    history = [(TEN, opened(1, missing=("os",))), (ny("2026-07-14 18:00"), completed(2))]
    log = played(history, ny("2026-07-14 18:00"))
    assert kinds(log) == [ClockAwaited, ClockStarted]
    assert (log[1].severity, log[1].received_at) == (2, ny("2026-07-14 18:00"))
    assert (log[1].started_at, log[1].due_at) == (ny("2026-07-15 09:00"), ny("2026-07-15 13:00"))


def test_found_incomplete_later_the_clock_is_voided_and_restarts_when_the_information_comes() -> None:
    history = [(TEN, opened(1)), (ny("2026-07-14 10:40"), INFORMATION_REQUESTED), (ELEVEN, completed(1))]
    log = played(history, LATER)
    assert kinds(log)[:4] == [ClockStarted, SlaWarning, ClockCancelled, ClockStarted]
    assert (log[2].cause, log[3].due_at) == ("incomplete", ny("2026-07-14 12:00"))
    assert [breach.due_at for breach in of(SlaBreached, log)] == [ny("2026-07-14 12:00")]


def test_found_incomplete_after_a_verdict_changes_nothing() -> None:
    answered = [(TEN, opened(1)), (ny("2026-07-14 10:20"), RESPONDED), (ELEVEN, INFORMATION_REQUESTED)]
    assert kinds(played(answered, LATER)) == [ClockStarted, SlaMet]
    breached = [(TEN, opened(1)), (ny("2026-07-14 12:00"), INFORMATION_REQUESTED), (LATER, completed(1))]
    assert len(of(SlaBreached, played(breached, LATER + hours(100)))) == 1


def test_gmt_minus_5_is_a_fixed_offset_in_the_shipped_policy() -> None:
    received = utc("2026-07-13 13:30")
    assert played([(received, opened(1))], received, VENDOR)[0].due_at == utc("2026-07-13 15:00")
    assert played([(received, opened(1))], received, OFFICE)[0].due_at == utc("2026-07-13 14:30")


def test_a_deadline_past_the_last_known_holiday_is_computed_and_flagged() -> None:
    known, beyond = ny("2030-12-31 10:00"), ny("2030-12-31 16:30")
    assert played([(known, opened(1))], known)[0].known_until is None
    started = played([(beyond, opened(1))], beyond)[0]
    assert (started.known_until, started.due_at) == ("2030-12-31", ny("2031-01-01 09:30"))


def test_every_clock_event_names_its_policy_calendar_and_tzdata_versions() -> None:
    history = [(TEN, opened(1)), (ny("2026-07-14 10:40"), severity_changed(1, 2))]
    versions = {event.versions for event in played(history, LATER)}
    policy = OFFICE.current
    assert versions == {policy.versions(policy.calendar("office"))}
    assert all((v.policy, v.calendar, v.tzdata) > ("", "", "2026") for v in versions)


def test_a_response_before_the_clock_starts_is_met_with_nothing_elapsed() -> None:
    saturday = ny("2026-07-11 10:00")
    [met] = of(SlaMet, played([(saturday, opened(1)), (saturday + hours(1), RESPONDED)], LATER))
    assert (met.elapsed, met.due_at) == (timedelta(0), ny("2026-07-13 10:00"))


def test_a_response_while_information_is_missing_is_met_with_nothing_elapsed_and_starts_no_clock_later() -> None:
    history = [(TEN, opened(2, missing=("os",))), (ELEVEN, responded(4, waiting=True)), (LATER, completed(2))]
    log = played(history, LATER + hours(100))
    assert kinds(log) == [ClockAwaited, SlaMet]
    assert (log[1].elapsed, log[1].due_at, log[1].metric) == (timedelta(0), None, "objective")


def test_several_events_at_one_instant_the_deadline_comes_first() -> None:
    log = played([(TEN, opened(1)), (ELEVEN, RESPONDED)], LATER)
    assert kinds(log)[-2:] == [SlaBreached, AnsweredLate]
    warned = played([(TEN, opened(1)), (ny("2026-07-14 10:30"), RESPONDED)], LATER)
    assert kinds(warned) == [ClockStarted, SlaWarning, SlaMet]


def test_reopened_starts_no_clock_and_changes_none() -> None:
    history = [
        (TEN, opened(1)),
        (ny("2026-07-14 10:20"), RESPONDED),
        (ELEVEN, closed("resolved")),
        (LATER, REOPENED),
    ]
    assert kinds(played(history, LATER + hours(100))) == [ClockStarted, SlaMet]


def test_closed_by_the_requester_without_a_response_the_clock_is_cancelled() -> None:
    log = played([(TEN, opened(1)), (ny("2026-07-14 10:20"), closed("withdrawn")), (ELEVEN, REOPENED)], LATER)
    assert kinds(log) == [ClockStarted, ClockCancelled]
    assert log[1].cause == "closed"


def test_withdrawn_after_the_breach_the_breach_stays() -> None:
    assert kinds(played([(TEN, opened(1)), (LATER, closed("withdrawn"))], LATER))[-1] is SlaBreached


@pytest.mark.parametrize("severity", [1, 4])
def test_withdrawn_while_information_is_missing_the_clock_is_cancelled_as_closed(severity: Severity) -> None:
    awaited, cancelled = played([(TEN, opened(severity, missing=("os",))), (ELEVEN, closed("withdrawn"))], LATER)
    assert (type(awaited), type(cancelled)) == (ClockAwaited, ClockCancelled)
    assert (cancelled.metric, cancelled.cause, cancelled.changed_at) == (awaited.metric, "closed", ELEVEN)
    assert cancelled.versions == awaited.versions


def test_withdrawn_after_it_was_found_incomplete_the_void_clock_is_cancelled_as_closed() -> None:
    log = played([(TEN, opened(1)), (TEN, INFORMATION_REQUESTED), (ELEVEN, closed("withdrawn"))], LATER)
    assert [event.cause for event in of(ClockCancelled, log)] == ["incomplete", "closed"]


def test_withdrawn_while_waiting_and_reopened_it_waits_again_and_starts_when_the_information_comes() -> None:
    history = [(TEN, opened(1, missing=("os",))), (HALF_PAST, closed("withdrawn")), (ELEVEN, REOPENED)]
    log = played(history, LATER)
    assert kinds(log) == [ClockAwaited, ClockCancelled, ClockAwaited]
    assert (log[2].received_at, log[2].number, log[2].account_id) == (ELEVEN, log[0].number, log[0].account_id)
    log = played([*history, (NOON, completed(1))], LATER)
    assert (kinds(log)[3], log[3].started_at) == (ClockStarted, NOON)
    assert kinds(played([*history, (NOON, responded(1, waiting=True))], LATER))[3:] == [SlaMet]


def test_an_awaited_clock_of_before_its_rules_were_named_is_cancelled_too() -> None:
    """By those in force, and by the tier's calendar, should the agreed one be gone."""
    [awaited] = played([(TEN, opened(1, missing=("os",)))], TEN)
    state = evolve(INITIAL, replace(awaited, versions=None, calendar="gone"))
    [cancelled] = decide(EndClock(at=ELEVEN, cause="closed", policies=OFFICE), state)
    assert isinstance(cancelled, ClockCancelled)
    assert cancelled.versions == OFFICE.current.versions(OFFICE.current.calendar("office"))


def test_severity_4_is_an_objective_24_elapsed_hours_from_the_start_without_warnings_or_breach() -> None:
    friday = ny("2026-07-10 16:00")
    log = played([(friday, opened(4))], LATER)
    assert kinds(log) == [ClockStarted, ObjectiveMissed]
    assert (log[0].metric, log[0].due_at) == ("objective", ny("2026-07-11 16:00"))


def test_an_objective_met_counts_elapsed_time() -> None:
    friday = ny("2026-07-10 16:00")
    [met] = of(SlaMet, played([(friday, opened(4)), (ny("2026-07-11 10:00"), responded(4))], LATER))
    assert (met.metric, met.elapsed) == ("objective", hours(18))


def test_an_objective_missed_and_then_answered_stays_missed_at_any_severity() -> None:
    log = played([(TEN, opened(4)), (TEN + hours(30), responded(4)), (LATER, severity_changed(4, 1))], LATER)
    assert kinds(log) == [ClockStarted, ObjectiveMissed, AnsweredLate]


def test_a_late_answer_is_on_record_once_with_how_much_support_time_it_took() -> None:
    log = played([(TEN, opened(1)), (ny("2026-07-14 12:30"), RESPONDED), (LATER, RESPONDED)], LATER)
    [late] = of(AnsweredLate, log)
    assert (late.responded_at, late.due_at, late.elapsed) == (ny("2026-07-14 12:30"), ELEVEN, hours(2.5))


def test_nothing_is_retracted_where_nobody_was_late() -> None:
    assert not of(BreachRetracted, played([(TEN, opened(1)), (LATER, RESPONDED)], LATER))
