"""The proof of a clock: each stretch counted or skipped, and why. Office hours are Mon–Fri 09:00–17:00 in New York."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from tests.unit.sla_timer.explained import logged, proved, table_of
from tests.unit.sla_timer.story import (
    DEFAULT,
    INFORMATION_REQUESTED,
    OFFICE,
    OFFICE_HOURS,
    RESPONDED,
    closed,
    completed,
    entitled,
    hours,
    ny,
    opened,
    published,
    reopened,
    responded,
    severity_changed,
    utc,
)
from tests.unit.sla_timer.test_semantics_merged import absorbed

from contracts.tickets import Severity, Tier
from sla_timer.domain.commands import MigrateClock
from sla_timer.policy.versions import Policies

TEN = ny("2026-07-14 10:00")
ELEVEN = ny("2026-07-14 11:00")
FIVE = ny("2026-07-14 17:00")


def test_open_time_counts_and_closed_time_does_not_weekends_in_one_row() -> None:
    friday, monday = ny("2026-07-10 16:00"), ny("2026-07-13 10:00")
    proof = proved(logged([(friday, opened(3))], monday), monday)
    assert table_of(proof) == [("open", 1), ("closed", 0), ("open", 1)]
    night = proof.segments[1]
    assert (night.local_since, night.local_until) == ("2026-07-10T17:00:00-04:00", "2026-07-13T09:00:00-04:00")
    assert (night.total, proof.segments[2].total) == (hours(1), hours(2))


def test_a_holiday_is_named_by_its_date_from_midnight_to_midnight() -> None:
    wednesday, friday = ny("2026-11-25 16:00"), ny("2026-11-27 10:00")
    proof = proved(logged([(wednesday, opened(2))], friday), friday)
    assert table_of(proof) == [("open", 1), ("closed", 0), ("holiday", 0), ("closed", 0), ("open", 1)]
    assert (proof.segments[2].on, proof.segments[2].why) == (date(2026, 11, 26), "holiday: 2026-11-26")
    assert proof.segments[2].since == ny("2026-11-26 00:00")


def test_special_hours_count_by_their_own_windows_and_say_so() -> None:
    morning, night = ny("2026-12-24 10:00"), ny("2026-12-24 20:00")
    proof = proved(logged([(morning, opened(3))], night), night)
    assert table_of(proof) == [("special", 2), ("special", 0)]
    assert [one.why for one in proof.segments] == [
        "special hours of 2026-12-24",
        "closed but for the special hours of 2026-12-24",
    ]


def test_before_the_start_nothing_counts() -> None:
    saturday, monday = ny("2026-07-11 10:00"), ny("2026-07-13 09:30")
    assert table_of(proved(logged([(saturday, opened(1))], monday), monday)) == [("before-start", 0), ("open", 0.5)]
    assert table_of(proved(logged([(saturday, opened(1))], monday), saturday + hours(1))) == [("before-start", 0)]


def test_waiting_for_information_counts_nothing() -> None:
    log = logged([(TEN, opened(2, missing=("os",))), (ELEVEN, completed(2))], FIVE)
    assert table_of(proved(log, ny("2026-07-14 12:00"))) == [("waiting", 0), ("open", 1)]
    waiting = proved(log, TEN + hours(0.5))
    assert (table_of(waiting), waiting.clock.state) == ([("waiting", 0)], "waiting")
    assert "no clock runs" in waiting.summary


def test_information_that_a_policy_completed_is_told_so() -> None:
    by_policy = replace(completed(2), policy=OFFICE.latest)
    proof = proved(logged([(TEN, opened(2, missing=("os",))), (ELEVEN, by_policy)], FIVE), ny("2026-07-14 12:00"))
    assert table_of(proof) == [("waiting", 0), ("open", 1)]
    assert (
        "All required information was there Tue 2026-07-14 11:00 -04:00, "
        f"by the policy {OFFICE.latest}, which no longer requires what was missing; the clock started at once."
    ) in proof.summary
    assert proof.events[1].words.startswith(f"The policy {OFFICE.latest} no longer requires the information that was")


def test_a_clock_found_void_counts_nothing_and_starts_anew_when_the_information_comes() -> None:
    history = [(TEN, opened(2)), (ELEVEN, INFORMATION_REQUESTED), (ny("2026-07-14 13:00"), completed(2))]
    log = logged(history, FIVE)
    proof = proved(log, ny("2026-07-14 14:00"))
    assert table_of(proof) == [("void", 0), ("waiting", 0), ("open", 1)]
    assert proof.clock.due_at == FIVE
    assert "An earlier clock is void" in proof.summary
    between = proved(log, ny("2026-07-14 12:00"))
    assert (table_of(between), between.clock.state) == ([("void", 0), ("waiting", 0)], "waiting")


def test_after_the_answer_nothing_counts() -> None:
    proof = proved(logged([(TEN, opened(2)), (ELEVEN, RESPONDED)], FIVE), FIVE)
    assert table_of(proof) == [("open", 1), ("over", 0)]
    assert (proof.clock.state, proof.clock.percent, proof.clock.remaining) == ("met", 25.0, None)
    assert proof.segments[-1].why == "over: answered"


def test_after_a_withdrawal_nothing_counts() -> None:
    proof = proved(logged([(TEN, opened(2)), (ELEVEN, closed("withdrawn"))], FIVE), FIVE)
    assert table_of(proof) == [("open", 1), ("over", 0)]
    assert (proof.clock.state, proof.clock.cancelled_for, proof.clock.cancelled_at) == (
        "cancelled",
        "closed",
        ELEVEN,
    )
    assert "because the ticket was closed, and nothing is owed on it any more" in proof.summary


def test_the_total_is_the_target_at_the_deadline_and_what_follows_is_late() -> None:
    proof = proved(logged([(TEN, opened(1))], FIVE), ny("2026-07-14 12:30"))
    assert table_of(proof) == [("open", 1), ("late", 1.5)]
    assert (proof.segments[0].until, proof.segments[0].total) == (proof.clock.due_at, proof.clock.target)
    assert (proof.clock.state, proof.clock.breached_by, proof.clock.percent) == ("breached", hours(1.5), 250.0)
    assert proof.clock.evidence == "settled"


def test_a_late_answer_says_by_how_much_in_support_time() -> None:
    proof = proved(logged([(TEN, opened(1)), (ny("2026-07-15 10:00"), RESPONDED)], FIVE), ny("2026-07-16 10:00"))
    assert table_of(proof) == [("open", 1), ("late", 6), ("closed", 0), ("late", 1), ("over", 0)]
    assert (proof.clock.state, proof.clock.breached_by) == ("breached", hours(7))
    assert "7h of support time too late" in proof.summary


def test_an_answer_before_any_clock_is_met_with_nothing_counted() -> None:
    proof = proved(logged([(TEN, opened(2, missing=("os",))), (ELEVEN, responded(2, waiting=True))], FIVE), FIVE)
    assert table_of(proof) == [("waiting", 0), ("over", 0)]
    assert (proof.clock.state, proof.clock.due_at) == ("met", None)
    assert "before any clock had started" in proof.summary


def test_an_objective_counts_every_hour_and_missing_it_is_no_breach() -> None:
    proof = proved(logged([(TEN, opened(4))], TEN + hours(30)), TEN + hours(30), metric="objective")
    assert table_of(proof) == [("elapsed", 24), ("late", 6)]
    assert (proof.clock.state, proof.clock.counts, proof.clock.breached_by) == ("missed", "elapsed", None)
    assert "never a breach" in proof.summary
    assert [one.why for one in proof.segments] == ["every hour counts", "every hour counts, past the deadline"]
    assert proof.clock.missed_at == proof.clock.due_at


def test_a_missed_objective_stays_missed_by_other_hours() -> None:
    log = logged([(TEN, opened(4)), (TEN + hours(26), entitled("patrol"))], TEN + hours(30))
    proof = proved(log, TEN + hours(30), metric="objective")
    assert (proof.clock.state, proof.clock.missed_at) == ("missed", TEN + hours(24))


def test_a_missed_objective_is_told_though_another_promise_took_its_place() -> None:
    raised = TEN + hours(25)
    log = logged([(TEN, opened(4)), (raised, severity_changed(4, 2))], raised + hours(1))
    proof = proved(log, raised + hours(1), metric="objective")
    assert (proof.clock.state, proof.clock.missed_at) == ("cancelled", TEN + hours(24))
    assert proof.summary.startswith("P-1042 had severity 4")
    assert "Missed, which is never a breach, since Wed 2026-07-15 10:00 -04:00. The promise became" in proof.summary
    assert proved(log, TEN + hours(23), metric="objective").clock.missed_at is None


def test_an_objective_missed_by_a_change_says_by_which() -> None:
    history = [(TEN, opened(4)), (TEN + hours(1), absorbed(TEN - hours(30)))]
    proof = proved(logged(history, FIVE), FIVE, metric="objective")
    assert (proof.clock.state, proof.clock.missed_at) == ("missed", TEN + hours(1))
    assert "When another ticket was merged into this one, Tue 2026-07-14 11:00 -04:00, the deadline" in proof.summary


def test_a_severity_raised_keeps_the_course_and_moves_the_deadline() -> None:
    proof = proved(logged([(TEN, opened(3)), (ELEVEN, severity_changed(3, 2))], FIVE), ny("2026-07-14 11:30"))
    assert (table_of(proof), proof.clock.due_at) == ([("open", 1.5)], ny("2026-07-14 14:00"))
    assert [one.type for one in proof.events] == ["clock.started", "clock.rescheduled"]
    assert "the severity was assessed anew" in proof.events[1].words


def test_a_breach_by_reclassification_names_the_deadline_and_the_change() -> None:
    proof = proved(logged([(TEN, opened(2)), (ELEVEN + hours(0.5), severity_changed(2, 1))], FIVE), FIVE)
    assert (proof.clock.breach_cause, proof.clock.due_at, proof.clock.breached_at) == (
        "reclassified",
        ELEVEN,
        ELEVEN + hours(0.5),
    )
    assert table_of(proof) == [("open", 1), ("late", 6)]
    assert (
        "When the severity was assessed anew, Tue 2026-07-14 11:30 -04:00, the deadline, Tue 2026-07-14 11:00 -04:00, "
        "had passed already: breached." in proof.summary
    )


def test_a_breach_by_another_promise_names_that_change() -> None:
    history = [(TEN, opened(4)), (TEN + hours(2), severity_changed(4, 1))]
    proof = proved(logged(history, FIVE), FIVE)
    assert proof.clock.breach_cause == "reclassified"
    assert "and this promise took another's place, Tue 2026-07-14 12:00 -04:00, the deadline" in proof.summary


def test_a_promise_that_takes_another_ones_place_leaves_it_void_and_keeps_its_start() -> None:
    log = logged([(TEN, opened(2)), (ELEVEN, severity_changed(2, 4))], FIVE)
    response, objective = (proved(log, FIVE, metric=metric) for metric in ("response", "objective"))
    assert (table_of(response), response.clock.state) == ([("open", 1), ("over", 0)], "cancelled")
    assert (table_of(objective), objective.clock.state) == ([("elapsed", 7)], "running")
    back = logged(
        [(TEN, opened(2)), (ELEVEN, severity_changed(2, 4)), (ELEVEN + hours(1), severity_changed(4, 2))], FIVE
    )
    again = proved(back, ny("2026-07-14 13:00"))
    assert (table_of(again), again.clock.due_at) == ([("open", 3)], ny("2026-07-14 14:00"))


def test_a_promise_awaited_and_then_another_one_is_void_from_the_change() -> None:
    log = logged([(TEN, opened(2, missing=("os",))), (ELEVEN, completed(4))], FIVE)
    response = proved(log, FIVE)
    assert (table_of(response), response.clock.state) == ([("waiting", 0), ("over", 0)], "cancelled")
    assert table_of(proved(log, FIVE, metric="objective")) == [("waiting", 0), ("elapsed", 6)]


def test_withdrawn_while_information_is_missing_the_promise_is_void_from_then_on_and_waits_again_if_reopened() -> None:
    history = [(TEN, opened(2, missing=("os",))), (ELEVEN, closed("withdrawn"))]
    proof = proved(logged(history, FIVE), FIVE)
    assert (table_of(proof), proof.clock.state) == ([("waiting", 0), ("over", 0)], "cancelled")
    assert (proof.clock.cancelled_for, proof.clock.cancelled_at, proof.clock.due_at) == ("closed", ELEVEN, None)
    assert "because the ticket was closed" in proof.summary
    noon, one = ny("2026-07-14 12:00"), ny("2026-07-14 13:00")
    log = logged([*history, (noon, reopened()), (one, completed(2))], FIVE)
    waits = proved(log, ny("2026-07-14 12:30"))
    assert (table_of(waits), waits.clock.state) == ([("waiting", 0), ("over", 0), ("waiting", 0)], "waiting")
    again = proved(log, FIVE)
    assert table_of(again) == [("waiting", 0), ("over", 0), ("waiting", 0), ("open", 4)]
    assert again.clock.state == "breached"


def test_a_tier_change_counts_on_by_another_rule() -> None:
    friday = ny("2026-07-10 16:00")
    log = logged([(friday, opened(2)), (ny("2026-07-10 18:00"), entitled("patrol"))], FIVE)
    proof = proved(log, ny("2026-07-10 20:00"))
    assert [(one.reason, one.rule) for one in proof.segments] == [("open", 0), ("closed", 0), ("open", 1)]
    assert [(one.calendar, one.consumed) for one in proof.rules] == [
        ("office", hours(0)),
        ("around-the-clock", hours(1)),
    ]
    assert proof.rules[1].calendar_version == OFFICE.current.calendar("around-the-clock").version


def test_a_migration_counts_on_by_another_version_of_the_policy() -> None:
    text = DEFAULT.replace("\nladders:", OFFICE_HOURS + "\nladders:").replace("calendar: weekdays", "calendar: office")
    newer = OFFICE.published(published(text.replace("2: {within: 4h", "2: {within: 2h")))
    log = logged([(TEN, opened(2)), (ELEVEN, MigrateClock(at=ELEVEN, policies=newer))], FIVE)
    proof = proved(log, ny("2026-07-14 11:30"), policies=newer)
    assert [one.policy for one in proof.rules] == [OFFICE.latest, newer.latest]
    assert (table_of(proof), proof.clock.due_at) == ([("open", 1), ("open", 0.5)], ny("2026-07-14 12:00"))
    assert "an administrator had the clock follow another policy" in proof.events[1].words


@pytest.mark.parametrize(
    ("start", "until", "counted"),
    [("2026-10-31 22:00", utc("2026-11-01 10:00"), 8), ("2026-03-07 22:00", utc("2026-03-08 11:00"), 8)],
)
def test_around_the_clock_is_one_row_across_a_change_of_the_clocks(start: str, until: object, counted: float) -> None:
    proof = proved(logged([(ny(start), opened(3, "patrol"))], ny(start) + hours(20)), ny(start) + hours(20))
    assert table_of(proof)[0] == ("open", counted)
    assert proof.segments[0].until == until


def test_a_day_on_which_the_clocks_change_counts_what_really_passed() -> None:
    dawn = OFFICE_HOURS.replace("mon-fri", "mon-sun").replace('09:00", to: "17:00', '00:00", to: "04:00')
    text = DEFAULT.replace("\nladders:", dawn + "\nladders:").replace("calendar: weekdays", "calendar: office")
    policies = Policies().published(published(text))
    for day, counted in (("2026-03-08", 3), ("2026-11-01", 5)):
        log = logged([(ny(f"{day} 00:00"), opened(3))], ny(f"{day} 12:00"), policies)
        proof = proved(log, ny(f"{day} 12:00"), policies=policies)
        assert table_of(proof) == [("open", counted), ("closed", 0)]
        assert proof.segments[0].local_since[-6:] != proof.segments[0].local_until[-6:]


@pytest.mark.parametrize(("severity", "tier"), [(3, "enlist"), (3, "patrol"), (4, "enlist")])
def test_a_long_history_is_told_in_a_table_of_bounded_length_that_adds_up(severity: Severity, tier: Tier) -> None:
    metric, late = ("objective" if severity == 4 else "response"), TEN + timedelta(days=3650)
    log = logged([(TEN, opened(severity, tier))], late)
    for rows in (20, 24):  # the merged row begins with a closed stretch, and with an open one
        proof = proved(log, late, metric=metric, rows=rows)  # type: ignore[arg-type]
        assert len(proof.segments) <= rows
        if tier == "enlist" and severity == 3:
            [merged] = [one for one in proof.segments if one.reason == "merged"]
            assert merged.merged > 4000
            assert "late" in [one.reason for one in proof.segments]


def test_running_says_what_remains_and_which_warnings_come() -> None:
    proof = proved(logged([(TEN, opened(2))], FIVE), ny("2026-07-14 12:30"))
    clock = proof.clock
    assert (clock.state, clock.consumed, clock.remaining, clock.percent) == ("running", hours(2.5), hours(1.5), 62.5)
    assert ([one.percent for one in clock.warnings_given], [one.percent for one in clock.warnings]) == ([50], [75, 90])
    assert "2h30m are used up (62.5 %) and 1h30m remain" in proof.summary


def test_the_last_instant_before_the_deadline_is_not_yet_all_of_it() -> None:
    proof = proved(logged([(TEN, opened(1))], FIVE), ELEVEN - timedelta(microseconds=1))
    assert (proof.clock.state, proof.clock.percent) == ("running", 99.99)
    assert "59m59.999999s are used up (99.99 %) and 0.000001s remain" in proof.summary


def test_what_is_used_up_and_what_remains_add_up_to_the_target() -> None:
    proof = proved(logged([(TEN, opened(1))], FIVE), TEN + timedelta(minutes=1, seconds=23.4))
    assert "1m23s are used up (2.31 %) and 58m37s remain" in proof.summary
