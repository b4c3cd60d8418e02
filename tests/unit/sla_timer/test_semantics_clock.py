"""semantics.md, the rows about clocks, one test each. Office hours are Mon–Fri 09:00–17:00 in New York.

`played` plays each history twice, timers first and facts first, and holds both logs equal.
"""

from datetime import timedelta

import pytest
from tests.unit.sla_timer.story import (
    DEFAULT,
    INFORMATION_REQUESTED,
    OFFICE,
    OFFICE_HOURS,
    RESPONDED,
    SUBJECT,
    TICKET,
    VENDOR,
    closed,
    completed,
    entitled,
    hours,
    ny,
    of,
    opened,
    played,
    published,
    responded,
    severity_changed,
    utc,
)

from contracts.sla import (
    BreachRetracted,
    ClockAwaited,
    ClockCancelled,
    ClockRescheduled,
    ClockStarted,
    ObjectiveMissed,
    SlaBreached,
    SlaMet,
    SlaWarning,
)
from contracts.tickets import Reopened
from sla_timer.domain import INITIAL, decide, evolve
from sla_timer.domain.commands import ChangeEntitlement, ChangeSeverity

MICROSECOND = timedelta(microseconds=1)
TEN = ny("2026-07-14 10:00")
ELEVEN = ny("2026-07-14 11:00")
LATER = ny("2026-08-14 10:00")
REOPENED = Reopened(ticket_id=TICKET, subject_id=SUBJECT, reason="still down")


def kinds(log: list[object]) -> list[type]:
    return [type(event) for event in log]


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


def test_severity_raised_while_running_same_start_new_target() -> None:
    log = played([(TEN, opened(3)), (ELEVEN, severity_changed(3, 2))], LATER)
    [changed] = of(ClockRescheduled, log)
    assert (changed.cause, changed.started_at, changed.due_at) == ("severity", TEN, ny("2026-07-14 14:00"))
    assert [warning.percent for warning in of(SlaWarning, log)] == [50, 75, 90]
    assert [breach.cause for breach in of(SlaBreached, log)] == ["deadline"]


def test_severity_raised_and_already_past_one_breach_now_reclassified_with_t_on_record() -> None:
    half_past = ny("2026-07-14 11:30")
    log = played([(TEN, opened(2)), (half_past, severity_changed(2, 1))], LATER)
    assert kinds(log) == [ClockStarted, ClockRescheduled, SlaBreached]
    assert (log[2].cause, log[2].due_at, log[2].breached_at) == ("reclassified", ELEVEN, half_past)
    assert log[1].warnings == ()


def test_severity_raised_at_the_very_instant_of_the_new_deadline_is_a_reclassified_breach() -> None:
    [breach] = of(SlaBreached, played([(TEN, opened(2)), (ELEVEN, severity_changed(2, 1))], LATER))
    assert (breach.cause, breach.due_at, breach.breached_at) == ("reclassified", ELEVEN, ELEVEN)


def test_warnings_that_the_new_target_has_passed_are_left_out() -> None:
    log = played([(TEN, opened(2)), (ny("2026-07-14 10:50"), severity_changed(2, 1))], LATER)
    assert [(warning.percent, warning.reached_at) for warning in of(SlaWarning, log)] == [(90, ny("2026-07-14 10:54"))]


def test_severity_lowered_after_a_breach_the_breach_stays_and_no_second_verdict_comes() -> None:
    history = [(TEN, opened(1)), (ny("2026-07-14 11:30"), severity_changed(1, 3)), (LATER, RESPONDED)]
    assert kinds(played(history, LATER)) == [ClockStarted, SlaWarning, SlaWarning, SlaWarning, SlaBreached]


def test_severity_changed_to_4_the_clock_is_cancelled_and_an_objective_starts_from_the_original_start() -> None:
    log = played([(TEN, opened(2)), (ELEVEN, severity_changed(2, 4))], LATER)
    assert kinds(log) == [ClockStarted, ClockCancelled, ClockStarted, ObjectiveMissed]
    assert (log[1].metric, log[1].cause) == ("response", "severity")
    assert (log[2].metric, log[2].started_at, log[2].due_at) == ("objective", TEN, TEN + hours(24))
    assert log[2].warnings == ()


def test_severity_changed_from_4_the_objective_is_cancelled_and_the_clock_starts_from_the_original_start() -> None:
    log = played([(TEN, opened(4)), (ELEVEN, severity_changed(4, 2))], LATER)
    assert kinds(log)[:3] == [ClockStarted, ClockCancelled, ClockStarted]
    assert (log[1].metric, log[2].metric, log[2].due_at) == ("objective", "response", ny("2026-07-14 14:00"))


def test_severity_changed_from_a_missed_objective_is_a_breach_at_once_with_t_on_record() -> None:
    changed_at = ny("2026-07-16 10:00")
    log = played([(TEN, opened(4)), (changed_at, severity_changed(4, 3))], LATER)
    assert kinds(log) == [ClockStarted, ObjectiveMissed, ClockCancelled, ClockStarted, SlaBreached]
    assert (log[4].cause, log[4].due_at, log[4].breached_at) == ("reclassified", ny("2026-07-15 10:00"), changed_at)


def test_severity_changed_before_the_clock_starts() -> None:
    saturday = ny("2026-07-11 10:00")
    log = played([(saturday, opened(3)), (saturday + hours(1), severity_changed(3, 1))], saturday + hours(2))
    assert log[-1].due_at == ny("2026-07-13 10:00")


def test_tier_changed_support_time_consumed_is_kept_and_the_rest_counted_in_the_new_calendar() -> None:
    friday = ny("2026-07-10 16:00")
    log = played([(friday, opened(2)), (ny("2026-07-10 18:00"), entitled("patrol"))], LATER)
    [changed] = of(ClockRescheduled, log)
    assert (changed.cause, changed.consumed, changed.counted_from) == ("entitlement", hours(1), ny("2026-07-10 18:00"))
    assert (changed.started_at, changed.due_at) == (friday, ny("2026-07-10 21:00"))
    assert changed.versions.calendar == OFFICE.current.calendar("around-the-clock").version


def test_tier_changed_the_other_way_waits_for_the_next_opening() -> None:
    friday = ny("2026-07-10 18:00")
    log = played([(friday, opened(2, "patrol")), (friday + hours(1), entitled("enlist"))], friday + hours(1))
    assert log[-1].due_at == ny("2026-07-13 12:00")


def test_tier_changed_before_the_clock_starts_it_starts_by_the_new_calendar() -> None:
    saturday = ny("2026-07-11 10:00")
    log = played([(saturday, opened(1)), (saturday + hours(1), entitled("patrol"))], saturday + hours(1))
    assert (log[-1].started_at, log[-1].consumed) == (saturday + hours(1), timedelta(0))
    assert log[-1].due_at == saturday + hours(2)


def test_an_agreed_calendar_overrides_the_tiers() -> None:
    saturday = ny("2026-07-11 10:00")
    assert played([(saturday, opened(1, "patrol", "office"))], saturday)[0].due_at == ny("2026-07-13 10:00")


def test_severity_raised_after_a_tier_change_counts_each_stretch_by_its_own_calendar() -> None:
    friday = ny("2026-07-10 16:00")
    history = [
        (friday, opened(3)),
        (ny("2026-07-10 18:00"), entitled("patrol")),
        (ny("2026-07-10 19:00"), severity_changed(3, 2)),
    ]
    assert of(ClockRescheduled, played(history, friday))[-1].due_at == ny("2026-07-10 21:00")
    raised = [*history[:2], (ny("2026-07-10 19:00"), severity_changed(3, 1))]
    [breach] = of(SlaBreached, played(raised, LATER))
    assert (breach.due_at, breach.breached_at) == (ny("2026-07-10 17:00"), ny("2026-07-10 19:00"))


def test_severity_by_way_of_4_still_counts_each_stretch_by_its_own_calendar() -> None:
    friday = ny("2026-07-10 16:00")
    history = [
        (friday, opened(4)),
        (ny("2026-07-10 18:00"), entitled("patrol", severity=4)),
        (ny("2026-07-10 19:00"), severity_changed(4, 2)),
    ]
    assert of(ClockStarted, played(history, friday))[-1].due_at == ny("2026-07-10 21:00")


def test_an_objective_is_not_moved_by_a_tier_change() -> None:
    log = played([(TEN, opened(4)), (ELEVEN, entitled("patrol", severity=4))], ELEVEN)
    assert (log[-1].metric, log[-1].due_at) == ("objective", TEN + hours(24))


def test_the_same_entitlement_changes_nothing() -> None:
    assert kinds(played([(TEN, opened(1)), (TEN + hours(0.1), entitled("enlist"))], TEN + hours(0.1))) == [ClockStarted]


def test_policy_file_changed_running_clocks_keep_the_version_they_started_with() -> None:
    stricter = OFFICE.published(published(DEFAULT.replace("1: {within: 1h", "1: {within: 15m")))
    assert played([(TEN, opened(1))], TEN, stricter)[0].due_at == TEN + hours(0.25)
    started = played([(TEN, opened(2))], TEN)[0]
    state = evolve(INITIAL, started)
    changed = decide(ChangeSeverity(at=TEN + hours(0.1), severity=1, policies=stricter), state)[0]
    assert isinstance(changed, ClockRescheduled)
    assert (changed.due_at, changed.versions.policy) == (ELEVEN, started.versions.policy)


def test_a_calendar_agreed_on_after_the_clock_started_is_taken_from_the_version_that_knows_it() -> None:
    late_desk = OFFICE_HOURS.replace("office:", "late:").replace("17:00", "21:00")
    newer = OFFICE.published(published(DEFAULT.replace("\nladders:", late_desk + "\nladders:")))
    state = evolve(INITIAL, played([(TEN, opened(3))], TEN)[0])
    command = ChangeEntitlement(at=ELEVEN, tier="enlist", calendar="late", policies=newer)
    [changed] = decide(command, state)
    assert isinstance(changed, ClockRescheduled)
    assert (changed.due_at, changed.versions.policy) == (ny("2026-07-14 18:00"), newer.latest)


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
    assert kinds(log)[-1] is SlaBreached
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
    assert log[1].cause == "withdrawn"


def test_withdrawn_after_the_breach_the_breach_stays() -> None:
    assert kinds(played([(TEN, opened(1)), (LATER, closed("withdrawn"))], LATER))[-1] is SlaBreached


def test_withdrawn_while_information_is_missing_nothing_was_owed() -> None:
    assert kinds(played([(TEN, opened(1, missing=("os",))), (LATER, closed("withdrawn"))], LATER)) == [ClockAwaited]


def test_severity_4_is_an_objective_24_elapsed_hours_from_the_start_without_warnings_or_breach() -> None:
    friday = ny("2026-07-10 16:00")
    log = played([(friday, opened(4))], LATER)
    assert kinds(log) == [ClockStarted, ObjectiveMissed]
    assert (log[0].metric, log[0].due_at) == ("objective", ny("2026-07-11 16:00"))


def test_an_objective_met_counts_elapsed_time() -> None:
    friday = ny("2026-07-10 16:00")
    [met] = of(SlaMet, played([(friday, opened(4)), (ny("2026-07-11 10:00"), responded(4))], LATER))
    assert (met.metric, met.elapsed) == ("objective", hours(18))


def test_an_objective_missed_and_then_answered_stays_missed() -> None:
    assert kinds(played([(TEN, opened(4)), (LATER, responded(4))], LATER)) == [ClockStarted, ObjectiveMissed]


def test_nothing_is_retracted_where_nobody_was_late() -> None:
    assert not of(BreachRetracted, played([(TEN, opened(1)), (LATER, RESPONDED)], LATER))
