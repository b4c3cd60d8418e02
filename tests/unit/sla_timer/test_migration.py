"""Running clocks keep their policy, unless an administrator explicitly has them follow the current one."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.unit.sla_timer.story import (
    DEFAULT,
    MORE,
    OFFICE,
    OFFICE_HOURS,
    PAUSING,
    RESPONDED,
    after,
    after_rings,
    carried_out,
    completed,
    hours,
    ny,
    opened,
    published,
    recorded,
    severity_changed,
    with_further,
    wrote,
)

from contracts.sla import (
    AnsweredLate,
    ClockPaused,
    ClockRescheduled,
    ObjectiveMissed,
    SlaBreached,
    SlaWarning,
)
from sla_timer.domain.commands import ChangeEntitlement, MigrateClock
from sla_timer.domain.refusals import NoClockYet, OtherPromise
from sla_timer.domain.state import Breached, Missed, Paused, Running, Situation
from sla_timer.policy.versions import Policies
from sla_timer.react import react

TEN, HALF_PAST, ELEVEN = ny("2026-07-14 10:00"), ny("2026-07-14 10:30"), ny("2026-07-14 11:00")
WITH_OFFICE = DEFAULT.replace("\nladders:", OFFICE_HOURS + "\nladders:").replace(
    "calendar: weekdays", "calendar: office"
)


def newer(*edits: tuple[str, str], text: str = WITH_OFFICE) -> Policies:
    for old, new in edits:
        assert old in text
        text = text.replace(old, new)
    return OFFICE.published(published(text))


STRICTER = newer(("1: {within: 1h", "1: {within: 20m"), ("2: {within: 4h", "2: {within: 2h"))


def migrated(state: Situation, at: datetime, policies: Policies = STRICTER) -> tuple[list[Any], Situation]:
    log, situation = carried_out(MigrateClock(at=at, policies=policies), state)
    return [event for _, event in log], situation


def after_fact(state: Situation, at: datetime, fact: Any, policies: Policies = STRICTER) -> tuple[list[Any], Situation]:
    log: list[Any] = []
    for _, command in react(recorded(at, fact), policies):
        more, state = carried_out(command, state)
        log += [event for _, event in more]
    return log, state


def test_what_is_consumed_is_kept_and_the_target_is_the_new_one() -> None:
    [changed], state = migrated(after([(TEN, opened(2))]), HALF_PAST)
    assert isinstance(changed, ClockRescheduled)
    assert (changed.cause, changed.started_at, changed.due_at) == ("policy", TEN, TEN + hours(2))
    assert (changed.counted_from, changed.consumed) == (HALF_PAST, hours(0.5))
    assert changed.versions.policy == STRICTER.latest
    assert [warning.percent for warning in changed.warnings] == [50, 75, 90]
    log, _ = after_rings(state, ELEVEN)
    assert [type(event) for _, event in log] == [SlaWarning]


def test_a_clock_that_follows_the_current_version_is_left_alone() -> None:
    _, state = migrated(after([(TEN, opened(2))]), HALF_PAST)
    assert migrated(state, HALF_PAST) == ([], state)
    running = after([(TEN, opened(2))], STRICTER)
    assert migrated(running, HALF_PAST) == ([], running)


def test_other_hours_count_from_the_migration_on() -> None:
    longer = newer(('days: mon-fri, from: "09:00", to: "17:00"', 'days: mon-fri, from: "09:00", to: "12:00"'))
    [*warned, changed], _ = migrated(after([(TEN, opened(2))]), ny("2026-07-14 13:00"), longer)
    assert [warning.percent for warning in warned] == [50, 75]
    assert changed.consumed == hours(3)
    assert changed.due_at == ny("2026-07-15 10:00")


def test_a_deadline_that_has_passed_by_the_new_rules_is_one_breach_now() -> None:
    [warning, changed, breach], state = migrated(after([(TEN, opened(1))]), HALF_PAST)
    assert (warning.percent, warning.due_at) == (50, ELEVEN)
    assert (changed.due_at, changed.warnings) == (TEN + timedelta(minutes=20), ())
    assert isinstance(breach, SlaBreached)
    assert (breach.cause, breach.due_at, breach.breached_at) == ("reclassified", changed.due_at, HALF_PAST)
    assert migrated(state, ELEVEN) == ([], state)


def test_what_was_due_before_the_migration_is_decided_first_and_by_the_old_rules() -> None:
    gentler = newer(("1: {within: 1h", "1: {within: 8h"))
    log, state = migrated(after([(TEN, opened(1))]), ELEVEN, gentler)
    assert isinstance(log[-1], SlaBreached)
    assert log[-1].versions.policy == OFFICE.latest
    assert isinstance(state, Breached)


def test_what_was_told_since_it_was_asked_for_comes_before_it() -> None:
    """All that was recorded before a migration has been told when it is carried out; perhaps more."""
    asked_at, paused_at = HALF_PAST, HALF_PAST + timedelta(milliseconds=5)
    state = after([(TEN, opened(2)), (paused_at, wrote("staff", awaits_reply=True))], PAUSING)
    later = PAUSING.published(
        published(with_further(WITH_OFFICE, pauses=True).replace("2: {within: 4h", "2: {within: 3h"))
    )
    log, state = migrated(state, asked_at, later)
    assert [event.consumed for event in log] == [paused_at - TEN, paused_at - TEN]
    assert [log[0].changed_at, log[1].paused_at] == [paused_at, paused_at]
    [resumed], _ = after_fact(state, ELEVEN, wrote("requester"), later)
    assert resumed.due_at == ELEVEN + hours(3) - (paused_at - TEN)


def test_a_breach_that_there_is_stays_whatever_the_new_rules_say() -> None:
    gentler = newer(("1: {within: 1h", "1: {within: 8h"))
    _, announced = after_rings(after([(TEN, opened(1))]), ELEVEN, "grace")
    assert migrated(announced, HALF_PAST, gentler) == ([], announced)


def test_an_answer_given_after_the_migration_does_not() -> None:
    _, state = migrated(after([(TEN, opened(1))]), HALF_PAST)
    [late], answered = after_fact(state, HALF_PAST, RESPONDED)
    assert (type(late), late.responded_at) == (AnsweredLate, HALF_PAST)
    assert isinstance(answered, Breached)


def test_the_severity_may_change_afterwards_and_the_new_version_says_to_what() -> None:
    _, state = migrated(after([(TEN, opened(3))]), HALF_PAST)
    [changed], _ = after_fact(state, ELEVEN, severity_changed(3, 2))
    assert (changed.due_at, changed.versions.policy) == (TEN + hours(2), STRICTER.latest)


def test_a_clock_that_has_not_started_yet_starts_by_the_new_hours() -> None:
    earlier = newer(('from: "09:00", to: "17:00"', 'from: "07:00", to: "17:00"'))
    [changed], _ = migrated(after([(ny("2026-07-14 03:00"), opened(1))]), ny("2026-07-14 04:00"), earlier)
    assert (changed.started_at, changed.consumed) == (ny("2026-07-14 07:00"), hours(0))
    assert changed.due_at == ny("2026-07-14 08:00")


def test_a_tiers_calendar_is_the_new_versions_and_one_agreed_on_keeps_its_name() -> None:
    moved = newer(("enlist: {calendar: office", "enlist: {calendar: around-the-clock"))
    [changed], _ = migrated(after([(TEN, opened(3))]), HALF_PAST, moved)
    assert (changed.calendar, changed.due_at) == ("around-the-clock", TEN + hours(8))
    [changed], _ = migrated(after([(TEN, opened(3, "patrol", "office"))]), HALF_PAST, moved)
    assert changed.calendar == "office"


def test_a_calendar_agreed_on_stays_though_its_tier_had_the_same() -> None:
    newest = newer(("enlist: {calendar: office", "enlist: {calendar: around-the-clock"))
    for calendar, stays in ((None, "around-the-clock"), ("office", "office")):
        state = after([(TEN, opened(3, "enlist", calendar))])
        [moved] = carried_out(MigrateClock(at=ELEVEN, policies=newest), state)[0]
        assert moved[1].calendar == stays


def test_an_agreement_on_the_tiers_own_calendar_is_on_record() -> None:
    state = after([(TEN, opened(3, "enlist"))])
    [agreed], state = carried_out(
        ChangeEntitlement(at=HALF_PAST, tier="enlist", calendar="office", policies=OFFICE), state
    )
    assert (agreed[1].agreed, agreed[1].due_at) == (True, ny("2026-07-15 10:00"))
    assert carried_out(ChangeEntitlement(at=ELEVEN, tier="enlist", calendar="office", policies=OFFICE), state)[0] == []


def test_where_the_new_version_does_not_know_the_agreed_calendar_the_tiers_counts_and_the_clock_says_so() -> None:
    gone = OFFICE.published(published(DEFAULT))
    [changed], state = migrated(after([(TEN, opened(3, "patrol", "office"))]), HALF_PAST, gone)
    assert (changed.calendar, changed.agreed, changed.unknown_calendar) == ("around-the-clock", False, "office")
    assert (changed.consumed, changed.due_at) == (hours(0.5), TEN + hours(8))
    [back], _ = migrated(state, ELEVEN, gone.published(published(WITH_OFFICE)))
    assert (back.calendar, back.agreed, back.unknown_calendar) == ("office", True, None)


def test_a_paused_clock_loses_its_agreed_calendar_in_the_same_way() -> None:
    asked = after([(TEN, opened(3, "patrol", "office")), (HALF_PAST, wrote("staff", awaits_reply=True))], PAUSING)
    gone = PAUSING.published(published(with_further(DEFAULT, pauses=True)))
    [changed, paused], _ = migrated(asked, ELEVEN, gone)
    assert (changed.calendar, changed.unknown_calendar, paused.consumed) == ("around-the-clock", "office", hours(0.5))


def test_a_promise_of_another_kind_is_refused() -> None:
    with_sla = newer(
        ("      3: {within: 8h, rule: P10}", "      3: {within: 8h}\n      4: {within: 40h}"),
        ("  objective: # severity 4 has no SLA; a missed objective is never a breach\n", ""),
        ("    rule: P10\n    counts: elapsed\n    targets:\n      4: {within: 24h, rule: P10, assumed: true}\n", ""),
    )
    with pytest.raises(OtherPromise, match="Severity 4 has a clock for objective, and now one for response"):
        migrated(after([(TEN, opened(4))]), HALF_PAST, with_sla)


def test_an_objective_may_be_given_more_time_and_one_missed_stays_missed() -> None:
    longer = newer(("4: {within: 24h", "4: {within: 48h"))
    [changed], _ = migrated(after([(TEN, opened(4))]), HALF_PAST, longer)
    assert changed.due_at == TEN + hours(48)
    [missed], state = migrated(after([(TEN, opened(4))]), TEN + hours(30), longer)
    assert isinstance(missed, ObjectiveMissed)
    assert isinstance(state, Missed)


def test_what_is_answered_stays_as_it_is() -> None:
    state = after([(TEN, opened(1)), (HALF_PAST, RESPONDED)])
    assert migrated(state, ELEVEN) == ([], state)


def test_what_never_began_is_refused_and_starts_by_the_version_in_force_then() -> None:
    waiting = after([(TEN, opened(1, missing=("os",)))])
    with pytest.raises(NoClockYet, match="its clock starts by the policy in force when that is complete"):
        migrated(waiting, HALF_PAST)
    [started], _ = after_fact(waiting, ELEVEN, completed())
    assert (started.versions.policy, started.completed_by) == (STRICTER.latest, None)


def test_information_that_a_policy_completed_starts_the_clock_by_that_policy() -> None:
    """A later one may have come into force before the clock's service hears of it."""
    waiting = after([(TEN, opened(1, missing=("os",)))])
    latest = STRICTER.published(published(WITH_OFFICE.replace("1: {within: 1h", "1: {within: 3h")))
    [started], _ = after_fact(waiting, ELEVEN, replace(completed(), policy=STRICTER.latest), latest)
    assert (started.due_at, started.versions.policy) == (ELEVEN + timedelta(minutes=20), STRICTER.latest)
    assert started.completed_by == STRICTER.latest
    [started], _ = after_fact(waiting, ELEVEN, replace(completed(), policy="never heard of"), latest)
    assert (started.versions.policy, started.completed_by) == (latest.latest, None)


def test_a_further_promise_is_migrated_as_well_and_one_that_is_gone_is_refused() -> None:
    ampler = MORE.published(
        published(with_further(WITH_OFFICE, pauses=False).replace("1: {within: 4h}, 2", "1: {within: 5h}, 2"))
    )
    running = after([(TEN, opened(1))], MORE, "resolution")
    [changed], _ = migrated(running, HALF_PAST, ampler)
    assert (changed.metric, changed.due_at) == ("resolution", TEN + hours(5))
    with pytest.raises(OtherPromise, match="Severity 1 has a clock for resolution, and now none"):
        migrated(running, HALF_PAST, MORE.published(published(WITH_OFFICE)))


@pytest.mark.parametrize(("pauses", "last"), [(True, ClockPaused), (False, ClockRescheduled)])
def test_a_clock_that_stands_still_does_so_by_the_new_version_if_that_pauses(pauses: bool, last: type) -> None:
    ampler = with_further(WITH_OFFICE, pauses=pauses).replace("2: {within: 4h, rule", "2: {within: 5h, rule")
    asked = after([(TEN, opened(2)), (HALF_PAST, wrote("staff", awaits_reply=True))], PAUSING)
    log, state = migrated(asked, ELEVEN, PAUSING.published(published(ampler)))
    assert (log[0].consumed, type(log[-1])) == (hours(0.5), last)
    assert isinstance(state, Paused if pauses else Running)
