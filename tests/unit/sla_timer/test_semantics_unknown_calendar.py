"""SEMANTICS.md, "An agreed calendar that no policy knows": an old event, a policy that dropped it, one wrong word.

Office hours are Mon–Fri 09:00–17:00 in New York.
"""

from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from tests.unit.sla_timer.story import (
    DEFAULT,
    INFORMATION_REQUESTED,
    MORE,
    OFFICE,
    RESPONDED,
    after,
    carried_out,
    entitled,
    hours,
    kinds,
    ny,
    of,
    opened,
    played,
    published,
    recorded,
    responded,
    severity_changed,
)

from contracts.sla import ClockAwaited, ClockRescheduled, ClockStarted, SlaBreached, SlaMet
from contracts.tickets import Details, InformationCompleted
from sla_timer.domain.commands import ChangeEntitlement, MigrateClock
from sla_timer.domain.state import Running
from sla_timer.history import read_history, status_at
from sla_timer.projection import project
from sla_timer.proof.summary import summary

TEN, ELEVEN, NOON = (ny(f"2026-07-14 {at}:00") for at in (10, 11, 12))
LATER = ny("2026-08-14 10:00")
DROPPED = OFFICE.published(published(DEFAULT))
"""The office's hours were a calendar of the policy before, and are none any more."""
HOURS = """
  office:
    zone: America/New_York
    windows: [{days: mon-fri, from: "09:00", to: "17:00"}]
    holidays: {dates: [2026-11-26], known_until: 2030-12-31}
"""
COMPLETED = InformationCompleted(
    ticket_id=UUID(int=1), subject_id=UUID(int=3), severity=1, tier="enlist", calendar="offce", details=Details()
)


def test_the_tiers_calendar_counts_and_the_clock_says_so() -> None:
    [started, *_] = log = played([(TEN, opened(1, calendar="offce"))], LATER)
    assert (started.calendar, started.agreed, started.unknown_calendar) == ("office", False, "offce")
    assert (started.due_at, started.versions) == (ELEVEN, played([(TEN, opened(1))], LATER)[0].versions)
    assert [breach.due_at for breach in of(SlaBreached, log)] == [ELEVEN]


def test_an_answer_in_time_by_the_tiers_hours_is_no_breach() -> None:
    log = played([(TEN, opened(1, calendar="offce")), (ny("2026-07-14 10:59"), RESPONDED)], LATER)
    assert [type(log[0]), type(log[-1])] == [ClockStarted, SlaMet]
    assert of(SlaBreached, log) == []


def test_a_calendar_that_the_policy_has_dropped_is_unknown_to_what_starts_now() -> None:
    [started, *_] = played([(TEN, opened(1, calendar="office"))], LATER, DROPPED)
    assert (started.calendar, started.unknown_calendar) == ("weekdays", "office")


def test_a_clock_that_began_before_the_policy_dropped_its_calendar_keeps_it() -> None:
    running = after([(TEN, opened(3, calendar="office"))])
    change = ChangeEntitlement(at=ELEVEN, tier="patrol", calendar="office", policies=DROPPED)
    [(_, changed)], _ = carried_out(change, running)
    assert (changed.calendar, changed.agreed, changed.unknown_calendar) == ("office", True, None)


@pytest.mark.parametrize("name", ["offce", "", " office", "none", "\ud83d\ude80", "x" * 100])
def test_what_is_awaited_says_so_too_and_starts_all_the_same(name: str) -> None:
    history = [(TEN, opened(1, calendar=name, missing=("os",))), (ELEVEN, COMPLETED)]
    log = played(history, NOON)
    assert kinds(log)[:2] == [ClockAwaited, ClockStarted]
    assert (log[0].unknown_calendar, log[1].unknown_calendar) == (name, "offce")
    answered = played([(TEN, opened(1, calendar=name, missing=("os",))), (ELEVEN, responded(waiting=True))], NOON)
    assert kinds(answered) == [ClockAwaited, SlaMet]


def test_set_right_it_goes_on_by_the_agreed_hours_and_says_nothing_of_it_any_more() -> None:
    log = played(
        [(TEN, opened(2, calendar="offce")), (ELEVEN, entitled("enlist", "around-the-clock", severity=2))], LATER
    )
    [changed] = of(ClockRescheduled, log)
    assert (changed.consumed, changed.calendar, changed.agreed) == (hours(1), "around-the-clock", True)
    assert (changed.unknown_calendar, changed.due_at) == (None, ELEVEN + hours(3))


def test_set_right_to_the_very_hours_that_counted_it_is_the_same_deadline_and_known() -> None:
    log = played([(TEN, opened(2, calendar="offce")), (ELEVEN, entitled("enlist", "office", severity=2))], LATER)
    [changed] = of(ClockRescheduled, log)
    assert (changed.due_at, changed.agreed, changed.unknown_calendar) == (ny("2026-07-14 14:00"), True, None)


def test_set_wrong_while_it_runs_the_rest_is_counted_by_the_tier() -> None:
    log = played(
        [(TEN, opened(2, "patrol")), (ELEVEN, entitled("enlist", "offce", severity=2)), (NOON, severity_changed(2, 3))],
        LATER,
    )
    changed, again = of(ClockRescheduled, log)
    assert (changed.calendar, changed.agreed, changed.unknown_calendar) == ("office", False, "offce")
    assert (again.cause, again.unknown_calendar) == ("severity", "offce")


def test_every_promise_of_the_ticket_is_counted_so() -> None:
    history = [(TEN, opened(1, calendar="offce")), (ELEVEN - timedelta(minutes=1), RESPONDED)]
    for kind in ("response", "resolution", "update"):
        log = played(history, LATER, MORE, kind=kind)
        assert [one.unknown_calendar for one in of(ClockStarted, log)] in (["offce"], [None])
    assert played(history, LATER, MORE, kind="resolution")[0].unknown_calendar == "offce"


def test_found_incomplete_and_severity_by_way_of_4_do_not_lose_it() -> None:
    log = played([(TEN, opened(1, calendar="offce")), (TEN, INFORMATION_REQUESTED), (NOON, COMPLETED)], LATER)
    assert [one.unknown_calendar for one in of(ClockStarted, log)] == ["offce", "offce"]
    log = played(
        [(TEN, opened(3, calendar="offce")), (ELEVEN, severity_changed(3, 4)), (NOON, severity_changed(4, 3))], LATER
    )
    assert [one.unknown_calendar for one in of(ClockStarted, log)] == ["offce"] * 3


def test_a_policy_that_knows_the_calendar_heals_a_clock_that_is_migrated_to_it() -> None:
    running = after([(TEN, opened(3, calendar="office"))], DROPPED)
    knowing = DROPPED.published(published(DEFAULT.replace("\nladders:", f"{HOURS}\nladders:")))
    [(_, moved)], healed = carried_out(MigrateClock(at=ELEVEN, policies=knowing), running)
    assert (moved.calendar, moved.agreed, moved.unknown_calendar) == ("office", True, None)
    assert isinstance(healed, Running)
    still = DROPPED.published(published(DEFAULT.replace("1: {within: 1h,", "1: {within: 2h,")))
    [(_, moved)], _ = carried_out(MigrateClock(at=ELEVEN, policies=still), running)
    assert (moved.calendar, moved.agreed, moved.unknown_calendar) == ("weekdays", False, "office")


def test_read_model_and_proof_say_so() -> None:
    event = played([(TEN, opened(1, calendar="offce"))], TEN)[0]
    [row] = project(recorded(TEN, event), None, Running(None))  # type: ignore[arg-type]
    assert (row.values["calendar"], row.values["unknown_calendar"]) == ("office", "offce")
    told = read_history([(recorded(TEN, event), TEN)], "response")
    clock = status_at(told, NOON, OFFICE, UUID(int=1), "P-1042")
    assert (clock.calendar, clock.unknown_calendar) == ("office", "offce")
    assert "calendar: unknown. No policy knows the calendar 'offce'" in summary(clock, told, str)


@pytest.mark.parametrize(
    "tiers", [{"enlist": "office"}, {}, dict.fromkeys(("enlist", "patrol", "command", "assessment"), "gone")]
)
def test_a_policy_by_which_a_tier_has_no_hours_is_none_that_can_be_read(tiers: dict[str, str]) -> None:
    event = published(DEFAULT)
    with pytest.raises(ValueError, match="has no calendar"):
        OFFICE.published(replace(event, version="other", resolved=event.resolved | {"tiers": tiers}))
