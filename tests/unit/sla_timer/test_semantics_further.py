"""P25: a resolution, the next reply and the next update, under a policy that promises them at severities 1 and 2.

A resolution is promised at severity 3 too. Office hours are Mon–Fri 09:00–17:00 in New York.
`played` plays each history twice, timers first and facts first, and holds both logs equal.
"""

from datetime import timedelta

import pytest
from tests.unit.sla_timer.story import (
    ACCOUNT,
    INFORMATION_REQUESTED,
    MORE,
    OFFICE,
    PAUSING,
    RESOLVED,
    RESPONDED,
    closed,
    completed,
    entitled,
    hours,
    kinds,
    ny,
    of,
    opened,
    played,
    reopened,
    responded,
    severity_changed,
    underway,
    wrote,
)

from contracts.sla import (
    AnsweredLate,
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
from sla_timer.policy.promise import FURTHER_KINDS, Kind

TEN = ny("2026-07-14 10:00")
ELEVEN = ny("2026-07-14 11:00")
NOON = ny("2026-07-14 12:00")
ONE = ny("2026-07-14 13:00")
TWO = ny("2026-07-14 14:00")
LATER = ny("2026-08-14 10:00")
ANSWERED = [(TEN, opened(1)), (ny("2026-07-14 10:20"), RESPONDED)]
ASKS = wrote("requester", underway())
REPLY = wrote("staff", underway())


@pytest.mark.parametrize("kind", FURTHER_KINDS)
def test_nothing_but_a_first_answer_is_promised_by_the_shipped_policy(kind: Kind) -> None:
    history = [*ANSWERED, (ELEVEN, ASKS), (NOON, REPLY), (ONE, RESOLVED), (TWO, closed("resolved"))]
    assert played(history, LATER, OFFICE, kind) == []


# A resolution


def test_a_resolution_is_owed_from_the_start_of_the_response_clock_and_met_when_resolved() -> None:
    log = played([*ANSWERED, (ONE, RESOLVED)], LATER, MORE, "resolution")
    assert kinds(log) == [ClockStarted, SlaWarning, SlaMet]
    assert (log[0].metric, log[0].started_at, log[0].due_at) == ("resolution", TEN, TWO)
    assert (log[0].number, log[0].account_id) == ("P-1042", ACCOUNT)
    assert (log[2].responded_at, log[2].elapsed) == (ONE, hours(3))


def test_resolved_at_t_is_a_breach_and_late_from_that_instant() -> None:
    log = played([*ANSWERED, (TWO, RESOLVED)], LATER, MORE, "resolution")
    assert kinds(log)[-2:] == [SlaBreached, AnsweredLate]
    assert (log[-2].metric, log[-2].due_at, log[-1].elapsed) == ("resolution", TWO, hours(4))


def test_closed_as_resolved_is_resolved_and_once() -> None:
    log = played([*ANSWERED, (NOON, RESOLVED), (ONE, closed("resolved"))], LATER, MORE, "resolution")
    assert [met.responded_at for met in of(SlaMet, log)] == [NOON]
    log = played([*ANSWERED, (ONE, closed("resolved"))], LATER, MORE, "resolution")
    assert [met.responded_at for met in of(SlaMet, log)] == [ONE]


def test_a_resolution_waits_for_information_as_the_response_does() -> None:
    history = [(TEN, opened(1, missing=("os",))), (ELEVEN, completed(1)), (NOON, INFORMATION_REQUESTED)]
    log = played(history, NOON, MORE, "resolution")
    assert kinds(log) == [ClockAwaited, ClockStarted, ClockCancelled]
    again = played([*history, (TWO, completed(1))], TWO, MORE, "resolution")
    assert (again[-1].started_at, again[-1].due_at) == (TWO, ny("2026-07-15 10:00"))


def test_answered_while_information_is_missing_a_resolution_is_owed_from_the_answer_on() -> None:
    history = [(TEN, opened(1, missing=("os",))), (ELEVEN, responded(1, waiting=True))]
    log = played(history, ELEVEN, MORE, "resolution")
    assert kinds(log) == [ClockAwaited, ClockStarted]
    assert (log[1].started_at, log[1].number) == (ELEVEN, "P-1042")


@pytest.mark.parametrize("cause", ["withdrawn", "resolved"])
def test_closed_while_information_is_missing_the_resolution_is_cancelled_and_reopened_it_waits_again(
    cause: str,
) -> None:
    history = [(TEN, opened(1, missing=("os",))), (ELEVEN, closed(cause))]
    log = played(history, LATER, MORE, "resolution")
    assert (kinds(log), log[1].cause) == ([ClockAwaited, ClockCancelled], "closed")
    log = played([*history, (NOON, reopened()), (ONE, completed(1))], ONE, MORE, "resolution")
    assert kinds(log)[2:] == [ClockAwaited, ClockStarted]
    assert log[3].started_at == ONE


def test_withdrawn_the_resolution_is_cancelled_and_a_breach_stays() -> None:
    log = played([*ANSWERED, (ELEVEN, closed("withdrawn"))], LATER, MORE, "resolution")
    assert (kinds(log), log[1].cause) == ([ClockStarted, ClockCancelled], "closed")
    late = played([*ANSWERED, (LATER, closed("withdrawn"))], LATER, MORE, "resolution")
    assert kinds(late)[-2:] == [SlaBreached, ClockCancelled]


def test_reopened_after_a_resolution_in_time_it_goes_on_and_the_time_it_was_resolved_is_not_counted() -> None:
    history = [*ANSWERED, (NOON, RESOLVED), (ny("2026-07-15 10:00"), reopened(underway()))]
    log = played(history, LATER, MORE, "resolution")
    [resumed] = of(ClockResumed, log)
    assert (resumed.cause, resumed.consumed, resumed.due_at) == ("reopened", hours(2), ny("2026-07-15 12:00"))
    assert [breach.due_at for breach in of(SlaBreached, log)] == [ny("2026-07-15 12:00")]
    assert [warning.percent for warning in of(SlaWarning, log)] == [50, 90]
    assert len({event.due_at for event in of(SlaWarning, log)}) == 2


def test_reopened_after_a_withdrawal_it_goes_on_too() -> None:
    history = [(TEN, opened(1)), (ELEVEN, closed("withdrawn")), (NOON, reopened())]
    log = played(history, NOON, MORE, "resolution")
    assert kinds(log) == [ClockStarted, ClockCancelled, ClockResumed]
    assert log[-1].due_at == ny("2026-07-14 15:00")


def test_reopened_after_a_breach_there_is_no_second_verdict() -> None:
    history = [*ANSWERED, (ny("2026-07-14 15:00"), RESOLVED), (LATER, reopened(underway())), (LATER, RESOLVED)]
    log = played(history, LATER + hours(200), MORE, "resolution")
    assert kinds(log)[-2:] == [SlaBreached, AnsweredLate]


def test_reopened_with_a_severity_that_changed_meanwhile_it_counts_by_that_one() -> None:
    history = [*ANSWERED, (NOON, RESOLVED), (NOON, severity_changed(1, 2)), (ONE, reopened(underway(2)))]
    log = played(history, ONE, MORE, "resolution")
    assert kinds(log)[-2:] == [ClockResumed, ClockRescheduled]
    assert log[-1].due_at == ny("2026-07-15 11:00")


def test_severity_and_tier_apply_to_a_resolution_by_its_own_promise() -> None:
    friday = ny("2026-07-10 16:00")
    history = [
        (friday, opened(1)),
        (ny("2026-07-10 16:30"), severity_changed(1, 3)),
        (ny("2026-07-10 18:00"), entitled("patrol", severity=3)),
    ]
    log = played(history, friday, MORE, "resolution")
    assert [(event.cause, event.due_at) for event in of(ClockRescheduled, log)] == [
        ("severity", ny("2026-07-14 16:00")),
        ("entitlement", ny("2026-07-11 09:00")),
    ]


def test_a_severity_without_a_target_cancels_the_clock_and_one_with_a_target_takes_up_its_course() -> None:
    history = [(TEN, opened(1)), (ELEVEN, severity_changed(1, 4))]
    log = played(history, LATER, MORE, "resolution")
    assert (kinds(log), log[1].cause) == ([ClockStarted, ClockCancelled, ClockUnowed], "severity")
    assert (log[2].severity, log[2].consumed, log[2].changed_at) == (4, timedelta(0), ELEVEN)
    log = played([*history, (NOON, severity_changed(4, 2))], NOON, MORE, "resolution")
    assert (kinds(log)[-1], log[-1].started_at, log[-1].due_at) == (ClockStarted, TEN, ny("2026-07-15 10:00"))


def test_a_severity_that_gets_a_target_later_owes_it_from_the_original_start() -> None:
    history = [(TEN, opened(4)), (ELEVEN, entitled("patrol", severity=4)), (NOON, severity_changed(4, 2))]
    log = played(history, NOON, MORE, "resolution")
    assert kinds(log) == [ClockUnowed, ClockUnowed, ClockStarted]
    assert (log[-1].started_at, log[-1].due_at, log[-1].number) == (TEN, ny("2026-07-14 18:00"), "P-1042")
    past = played([(TEN, opened(4)), (LATER, severity_changed(4, 2))], LATER, MORE, "resolution")
    assert (kinds(past)[-1], past[-1].cause, past[-1].due_at) == (SlaBreached, "reclassified", ny("2026-07-15 10:00"))


def test_what_is_waited_while_nothing_is_owed_is_subtracted_should_it_be_owed_again() -> None:
    history = [
        (TEN, opened(4)),
        (ELEVEN, wrote("staff", awaits_reply=True)),
        (ONE, wrote("requester")),
        (TWO, severity_changed(4, 1)),
    ]
    assert played(history, TWO, PAUSING, "resolution")[-1].due_at == ny("2026-07-14 16:00")


def test_resolved_while_nothing_is_owed_no_severity_makes_it_owed_again() -> None:
    history = [(TEN, opened(4)), (ELEVEN, responded(4)), (NOON, RESOLVED), (ONE, severity_changed(4, 1))]
    assert kinds(played(history, LATER, MORE, "resolution")) == [ClockUnowed, ClockCancelled]
    log = played([*history, (TWO, reopened(underway(1)))], TWO, MORE, "resolution")
    assert (kinds(log)[-1], log[-1].due_at) == (ClockStarted, ny("2026-07-14 16:00"))


# The next reply


def test_the_next_reply_is_owed_from_the_first_unanswered_message_after_the_initial_response() -> None:
    history = [
        (TEN, opened(1)),
        (TEN, wrote("requester")),
        *ANSWERED[1:],
        (ELEVEN, ASKS),
        (ny("2026-07-14 11:10"), ASKS),
    ]
    log = played([*history, (ny("2026-07-14 11:20"), REPLY)], LATER, MORE, "next-reply")
    assert kinds(log) == [ClockStarted, SlaWarning, SlaMet]
    assert (log[0].started_at, log[0].due_at, log[0].number) == (ELEVEN, ny("2026-07-14 11:30"), "P-1042")
    assert log[2].elapsed == timedelta(minutes=20)


def test_a_next_reply_is_owed_again_and_again_and_each_late_one_is_a_breach_of_its_own() -> None:
    history = [*ANSWERED, (ELEVEN, ASKS), (NOON, REPLY), (ONE, ASKS), (TWO, REPLY), (LATER, ASKS)]
    log = played(history, LATER + hours(100), MORE, "next-reply")
    assert kinds(log) == [ClockStarted, SlaWarning, SlaBreached, AnsweredLate] * 2 + [
        ClockStarted,
        SlaWarning,
        SlaBreached,
    ]


def test_a_note_among_staff_is_no_reply() -> None:
    history = [*ANSWERED, (ELEVEN, ASKS), (ELEVEN, wrote("staff", underway(), public=False))]
    assert kinds(played(history, ELEVEN, MORE, "next-reply")) == [ClockStarted]


def test_while_a_late_reply_is_owed_another_question_starts_no_other_clock() -> None:
    log = played([*ANSWERED, (ELEVEN, ASKS), (NOON, ASKS), (ONE, ASKS)], LATER, MORE, "next-reply")
    assert kinds(log) == [ClockStarted, SlaWarning, SlaBreached]


@pytest.mark.parametrize(
    ("end", "last"), [(RESOLVED, SlaMet), (closed("resolved"), ClockCancelled), (closed("withdrawn"), ClockCancelled)]
)
def test_no_reply_is_owed_once_it_is_resolved_or_closed(end: object, last: type) -> None:
    assert kinds(played([*ANSWERED, (ELEVEN, ASKS), (ELEVEN, end)], LATER, MORE, "next-reply")) == [ClockStarted, last]


def test_a_question_at_a_severity_without_a_target_is_owed_a_reply_should_the_severity_change() -> None:
    history = [*ANSWERED, (ELEVEN, wrote("requester", underway(3))), (NOON, severity_changed(3, 2)), (ONE, REPLY)]
    log = played(history, LATER, MORE, "next-reply")
    assert kinds(log)[:2] == [ClockUnowed, ClockStarted]
    assert (log[1].due_at, log[-1].due_at) == (ONE, ONE)


# The next update


def test_from_the_initial_response_on_an_update_is_owed_and_from_each_public_message_the_next_one() -> None:
    history = [*ANSWERED, (ELEVEN, REPLY), (ELEVEN, wrote("staff", underway(), public=False)), (ONE, REPLY)]
    log = played([*history, (ONE, RESOLVED), (TWO, closed("resolved"))], LATER, MORE, "update")
    assert kinds(log) == [ClockStarted, SlaMet, ClockStarted, SlaBreached, AnsweredLate, ClockStarted, SlaMet]
    assert [event.due_at for event in of(ClockStarted, log)] == [ny("2026-07-14 11:20"), NOON, TWO]


def test_after_reopening_updates_are_owed_again() -> None:
    history = [*ANSWERED, (ELEVEN, RESOLVED), (NOON, reopened(underway()))]
    log = played(history, NOON, MORE, "update")
    assert (kinds(log), log[-1].due_at) == ([ClockStarted, SlaMet, ClockStarted], ONE)


def test_an_update_that_asks_the_requester_starts_the_next_one_paused() -> None:
    history = [*ANSWERED, (ELEVEN, wrote("staff", underway(), awaits_reply=True)), (LATER, ASKS)]
    log = played(history, LATER, PAUSING, "update")
    assert kinds(log) == [ClockStarted, SlaMet, ClockStarted, ClockPaused, ClockResumed]
    assert (log[-1].consumed, log[-1].due_at) == (timedelta(0), LATER + hours(1))
    running = played(history, LATER, MORE, "update")
    assert [breach.due_at for breach in of(SlaBreached, running)] == [NOON]


def test_closed_while_nothing_was_owed_a_reopened_ticket_owes_nothing_either() -> None:
    history = [(TEN, opened(1)), (ELEVEN, severity_changed(1, 4)), (ONE, closed("withdrawn"))]
    log = played([*history, (LATER, reopened(underway(4)))], LATER + hours(100), MORE, "resolution")
    assert kinds(log) == [ClockStarted, ClockCancelled, ClockUnowed, ClockCancelled, ClockResumed]
    assert log[-1].due_at is None
