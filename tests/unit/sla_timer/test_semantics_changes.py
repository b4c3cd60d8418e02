"""SEMANTICS.md, the rows about clocks whose severity, tier, calendar or policy changes.

Office hours are Mon–Fri 09:00–17:00 in New York.
`played` plays each history twice, timers first and facts first, and holds both logs equal.
"""

from datetime import timedelta

from tests.unit.sla_timer.story import (
    DEFAULT,
    OFFICE,
    OFFICE_HOURS,
    RESPONDED,
    entitled,
    hours,
    kinds,
    ny,
    of,
    opened,
    played,
    published,
    severity_changed,
)

from contracts.sla import (
    AnsweredLate,
    ClockCancelled,
    ClockRescheduled,
    ClockStarted,
    ObjectiveMissed,
    SlaBreached,
    SlaWarning,
)
from sla_timer.domain import INITIAL, decide, evolve
from sla_timer.domain.commands import ChangeEntitlement, ChangeSeverity
from sla_timer.domain.evolve import fold

TEN = ny("2026-07-14 10:00")
ELEVEN = ny("2026-07-14 11:00")
NOON = ny("2026-07-14 12:00")
LATER = ny("2026-08-14 10:00")


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
    assert kinds(played(history, LATER))[-2:] == [SlaBreached, AnsweredLate]
    assert len(of(SlaBreached, played(history, LATER))) == 1


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
    assert (changed.due_at, changed.versions.policy) == (ny("2026-07-14 18:00"), OFFICE.latest)
    assert (changed.counted_by, changed.agreed) == (newer.latest, True)


def test_with_another_versions_hours_the_promise_stays_the_clocks_own() -> None:
    late_desk = OFFICE_HOURS.replace("office:", "late:").replace("17:00", "21:00")
    stricter = DEFAULT.replace("2: {within: 4h", "2: {within: 1h").replace("\nladders:", late_desk + "\nladders:")
    newer = OFFICE.published(published(stricter))
    state = evolve(INITIAL, played([(TEN, opened(3))], TEN)[0])
    agreed = decide(ChangeEntitlement(at=ELEVEN, tier="enlist", calendar="late", policies=newer), state)
    [raised] = decide(ChangeSeverity(at=NOON, severity=2, policies=newer), fold(state, agreed))
    assert isinstance(raised, ClockRescheduled)
    assert (raised.target, raised.due_at, raised.counted_by) == (hours(4), ny("2026-07-14 14:00"), newer.latest)
