"""SEMANTICS.md: merged. The survivor keeps the earlier start; the other's clock is cancelled, and a breach stays.

Office hours are Mon–Fri 09:00–17:00 in New York.
`played` plays each history twice, timers first and facts first, and holds both logs equal.
"""

from datetime import datetime, timedelta
from uuid import UUID

import pytest
from tests.unit.sla_timer.story import (
    ACCOUNT,
    INFORMATION_REQUESTED,
    MORE,
    OFFICE,
    PAUSING,
    RESPONDED,
    TICKET,
    after,
    after_rings,
    completed,
    entitled,
    hours,
    kinds,
    ny,
    of,
    opened,
    played,
    recorded,
    reopened,
    severity_changed,
    underway,
    wrote,
)

from contracts.sla import (
    BreachRetracted,
    ClockAwaited,
    ClockCancelled,
    ClockPaused,
    ClockRescheduled,
    ClockResumed,
    ClockStarted,
    ClockUnowed,
    SlaBreached,
    SlaMet,
    SlaWarning,
)
from contracts.tickets import Absorbed, Merged
from sla_timer.domain import decide
from sla_timer.policy.promise import FURTHER_KINDS, STARTED_BY_INFORMATION, Kind
from sla_timer.react import react

NINE, TEN = ny("2026-07-14 09:00"), ny("2026-07-14 10:00")
HALF_PAST, ELEVEN = ny("2026-07-14 10:30"), ny("2026-07-14 11:00")
NOON, ONE, LATER = ny("2026-07-14 12:00"), ny("2026-07-14 13:00"), ny("2026-08-14 10:00")
OTHER = UUID(int=77)
MERGED = Merged(ticket_id=TICKET, account_id=ACCOUNT, number="P-1042", into=OTHER, into_number="P-1000")


def absorbed(received_at: datetime | None) -> Absorbed:
    return Absorbed(
        ticket_id=TICKET, account_id=ACCOUNT, number="P-1042", other=OTHER, other_number="P-7", received_at=received_at
    )


def test_the_survivor_keeps_the_earlier_start() -> None:
    log = played([(TEN, opened(2)), (ELEVEN, absorbed(NINE))], ELEVEN)
    assert kinds(log) == [ClockStarted, ClockRescheduled]
    assert (log[1].cause, log[1].started_at, log[1].due_at) == ("absorbed", NINE, ONE)
    assert (log[1].ahead, [warning.percent for warning in log[1].warnings]) == (hours(1), [75, 90])


def test_a_later_start_or_none_changes_nothing() -> None:
    for received_at in (None, TEN, HALF_PAST):
        assert kinds(played([(TEN, opened(2)), (ELEVEN, absorbed(received_at))], ELEVEN)) == [ClockStarted]
    night = [(ny("2026-07-14 06:00"), opened(2)), (NINE, absorbed(ny("2026-07-13 20:00")))]
    assert kinds(played(night, NINE)) == [ClockStarted]


def test_a_deadline_that_has_passed_by_the_earlier_start_is_one_breach_at_the_merge() -> None:
    log = played([(TEN, opened(1)), (ny("2026-07-14 10:20"), absorbed(NINE))], LATER)
    [breach] = of(SlaBreached, log)
    assert (breach.cause, breach.due_at, breach.breached_at) == ("reclassified", TEN, ny("2026-07-14 10:20"))
    assert not of(SlaWarning, log)


def test_the_others_clocks_are_cancelled_and_none_starts_again() -> None:
    log = played([(TEN, opened(1)), (HALF_PAST, MERGED), (ELEVEN, RESPONDED)], LATER)
    assert kinds(log) == [ClockStarted, SlaWarning, ClockCancelled]
    assert log[2].cause == "merged"


@pytest.mark.parametrize("kind", STARTED_BY_INFORMATION)
def test_a_clock_that_waits_for_information_is_cancelled_by_a_merge_and_waits_no_more(kind: Kind) -> None:
    history = [(TEN, opened(1, missing=("os",))), (HALF_PAST, MERGED), (ELEVEN, completed(1))]
    log = played([*history, (NOON, reopened())], LATER, MORE, kind)
    assert (kinds(log), log[1].cause) == ([ClockAwaited, ClockCancelled], "merged")


@pytest.mark.parametrize("kind", FURTHER_KINDS)
def test_further_clocks_of_the_other_are_cancelled_too(kind: Kind) -> None:
    asked = [(TEN, opened(1)), (TEN, RESPONDED), (TEN, wrote("requester", underway())), (HALF_PAST, MERGED)]
    assert [event.cause for event in of(ClockCancelled, played(asked, LATER, MORE, kind))] == ["merged"]


def test_an_existing_breach_stays_on_either_ticket() -> None:
    for merge in (MERGED, absorbed(NINE)):
        log = played([(TEN, opened(1)), (NOON, merge)], LATER)
        assert kinds(log) == [ClockStarted, SlaWarning, SlaWarning, SlaWarning, SlaBreached]
        assert log[-1].due_at == ELEVEN


def test_a_survivor_that_was_answered_stays_answered() -> None:
    log = played([(TEN, opened(1)), (ny("2026-07-14 10:20"), RESPONDED), (ELEVEN, absorbed(NINE))], LATER)
    assert kinds(log) == [ClockStarted, SlaMet]


def test_a_survivor_that_waits_for_information_waits_for_its_own() -> None:
    log = played([(TEN, opened(1, missing=("os",))), (ELEVEN, absorbed(NINE)), (NOON, completed(1))], NOON)
    assert kinds(log) == [ClockAwaited, ClockStarted]
    assert log[1].started_at == NOON


def test_a_survivors_resolution_keeps_the_earlier_start_too() -> None:
    log = played([(TEN, opened(1)), (TEN, RESPONDED), (ELEVEN, absorbed(NINE))], ELEVEN, MORE, "resolution")
    assert (kinds(log)[-1], log[-1].due_at) == (ClockRescheduled, ONE)


def test_what_the_survivor_was_counted_by_stays_and_the_earlier_start_comes_before_it() -> None:
    friday = ny("2026-07-10 16:00")
    history = [
        (friday, opened(3)),
        (ny("2026-07-10 18:00"), entitled("patrol", severity=3)),
        (ny("2026-07-10 19:00"), absorbed(ny("2026-07-10 15:00"))),
    ]
    [_, moved] = of(ClockRescheduled, played(history, friday))
    assert (moved.consumed, moved.counted_from, moved.due_at) == (
        hours(2),
        ny("2026-07-10 18:00"),
        ny("2026-07-11 00:00"),
    )
    raised = [*history, (ny("2026-07-10 20:00"), severity_changed(3, 1))]
    [breach] = of(SlaBreached, played(raised, LATER))
    assert breach.due_at == ny("2026-07-10 16:00")


def test_pauses_of_the_survivor_stay() -> None:
    asked = wrote("staff", awaits_reply=True)
    history = [(TEN, opened(2)), (ELEVEN, asked), (NOON, wrote("requester")), (ONE, absorbed(NINE))]
    assert played(history, ONE, PAUSING)[-1].due_at == ny("2026-07-14 14:00")
    history = [(TEN, opened(2)), (TEN, asked), (ELEVEN, absorbed(NINE)), (NOON, wrote("requester"))]
    log = played(history, NOON, PAUSING)
    assert kinds(log) == [ClockStarted, ClockPaused, ClockRescheduled, ClockPaused, ClockResumed]
    assert (log[3].consumed, log[4].due_at) == (hours(1), ny("2026-07-14 15:00"))


def test_what_is_not_owed_keeps_the_earlier_start_should_it_be() -> None:
    history = [(TEN, opened(4)), (ELEVEN, absorbed(NINE)), (ELEVEN, severity_changed(4, 1))]
    log = played(history, ELEVEN, MORE, "resolution")
    assert kinds(log) == [ClockUnowed, ClockUnowed, ClockStarted]
    assert log[-1].due_at == ONE


def test_absorbed_before_t_and_seen_after_it_the_breach_stands_and_t_is_the_earlier_one() -> None:
    _, state = after_rings(after([(TEN, opened(1))]), NOON, "grace")
    [command] = [command for _, command in react(recorded(HALF_PAST, absorbed(ny("2026-07-14 09:45"))), OFFICE)]
    [moved] = decide(command, state)
    assert isinstance(moved, ClockRescheduled)
    assert moved.due_at == ny("2026-07-14 10:45")
    [gone] = [command for _, command in react(recorded(HALF_PAST, MERGED), OFFICE)]
    assert kinds([*decide(gone, state)]) == [BreachRetracted, ClockCancelled]


def test_a_ticket_found_incomplete_after_a_merge_starts_anew_when_the_information_comes() -> None:
    history = [(TEN, opened(2)), (ELEVEN, absorbed(NINE)), (NOON, INFORMATION_REQUESTED), (ONE, completed(2))]
    assert played(history, ONE)[-1].started_at == ONE


def test_merged_twice_the_earliest_start_counts() -> None:
    history = [(TEN, opened(2)), (HALF_PAST, absorbed(NINE)), (ELEVEN, absorbed(NINE - timedelta(days=1)))]
    assert of(ClockRescheduled, played(history, ELEVEN))[-1].started_at == ny("2026-07-13 09:00")
    assert len(of(ClockRescheduled, played([*history, (ELEVEN, absorbed(NINE))], ELEVEN))) == 2


def test_an_earlier_start_is_kept_though_the_survivor_waited_before_its_own() -> None:
    """Nothing of the pause overlaps support hours, so nothing is lost: three hours of Friday and five of Monday."""
    saturday = ny("2026-07-11 10:00")
    history = [
        (saturday, opened(3)),
        (saturday + timedelta(minutes=5), wrote("staff", awaits_reply=True)),
        (saturday + timedelta(minutes=10), absorbed(ny("2026-07-10 14:00"))),
        (ny("2026-07-13 09:00"), wrote("requester")),
    ]
    log = played(history, ny("2026-07-13 09:00"), PAUSING)
    assert [(one.consumed, one.due_at) for one in of(ClockResumed, log)] == [(hours(3), ny("2026-07-13 14:00"))]
    assert of(ClockPaused, log)[-1].consumed == hours(3)


def test_all_at_one_instant_an_earlier_start_is_kept_too() -> None:
    history = [(TEN, opened(3)), (TEN, wrote("staff", awaits_reply=True)), (TEN, absorbed(NINE))]
    log = played([*history, (NOON, wrote("requester"))], NOON, PAUSING)
    assert [(one.consumed, one.due_at) for one in of(ClockResumed, log)] == [(hours(1), ny("2026-07-15 11:00"))]
