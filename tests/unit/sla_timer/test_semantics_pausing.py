"""SEMANTICS.md and P24: a ticket that waits for its requester, under a policy whose clocks stand still meanwhile.

Office hours are Mon–Fri 09:00–17:00 in New York.
`played` plays each history twice, timers first and facts first, and holds both logs equal.
"""

from datetime import timedelta

from tests.unit.sla_timer.story import (
    INFORMATION_RECEIVED,
    INFORMATION_REQUESTED,
    MORE,
    PAUSING,
    RESPONDED,
    after,
    after_rings,
    carried_out,
    closed,
    completed,
    entitled,
    hours,
    kinds,
    ny,
    of,
    opened,
    played,
    recorded,
    responded,
    severity_changed,
    underway,
    wrote,
)

from contracts.sla import (
    AnsweredLate,
    BreachRetracted,
    ClockCancelled,
    ClockPaused,
    ClockRescheduled,
    ClockResumed,
    ClockStarted,
    ObjectiveMissed,
    SlaBreached,
    SlaMet,
    SlaWarning,
)
from sla_timer.domain import timers
from sla_timer.react import react

TEN = ny("2026-07-14 10:00")
ELEVEN = ny("2026-07-14 11:00")
NOON = ny("2026-07-14 12:00")
LATER = ny("2026-08-14 10:00")
ASKED = wrote("staff", awaits_reply=True)
ANSWER = wrote("requester")


def test_waiting_for_the_requester_pauses_no_clock_unless_the_policy_says_so() -> None:
    log = played([(TEN, opened(1)), (ny("2026-07-14 10:20"), ASKED)], LATER, MORE)
    assert [breach.due_at for breach in of(SlaBreached, log)] == [ELEVEN]
    assert not of(ClockPaused, log)


def test_while_paused_nothing_falls_due_and_afterwards_the_rest_is_counted() -> None:
    history = [(TEN, opened(1)), (ny("2026-07-14 10:20"), ASKED), (ny("2026-07-14 16:00"), ANSWER)]
    log = played(history, LATER, PAUSING)
    [paused], [resumed] = of(ClockPaused, log), of(ClockResumed, log)
    assert (paused.consumed, resumed.consumed) == (timedelta(minutes=20), timedelta(minutes=20))
    assert (resumed.cause, resumed.due_at) == ("requester", ny("2026-07-14 16:40"))
    assert [breach.due_at for breach in of(SlaBreached, log)] == [ny("2026-07-14 16:40")]
    assert timers(after(history[:2], PAUSING)) == ()


def test_only_the_overlap_of_the_pause_with_support_hours_is_subtracted() -> None:
    friday = ny("2026-07-10 16:30")
    history = [(friday, opened(1)), (ny("2026-07-10 16:45"), ASKED), (ny("2026-07-13 09:05"), ANSWER)]
    [resumed] = of(ClockResumed, played(history, friday, PAUSING))
    assert resumed.due_at == ny("2026-07-13 09:50")
    overnight = [(friday, opened(1)), (ny("2026-07-10 17:00"), ASKED), (ny("2026-07-13 09:00"), ANSWER)]
    [resumed] = of(ClockResumed, played(overnight, friday, PAUSING))
    assert resumed.due_at == ny("2026-07-13 09:30")


def test_warnings_are_recomputed_on_resume_and_each_is_given_once() -> None:
    history = [(TEN, opened(1)), (ny("2026-07-14 10:35"), ASKED), (NOON, ANSWER)]
    log = played(history, LATER, PAUSING)
    assert [(warning.percent, warning.reached_at) for warning in of(SlaWarning, log)] == [
        (50, ny("2026-07-14 10:30")),
        (75, ny("2026-07-14 12:10")),
        (90, ny("2026-07-14 12:19")),
    ]


def test_an_answer_while_paused_is_in_time_and_there_was_no_deadline() -> None:
    [met] = of(SlaMet, played([(TEN, opened(1)), (ny("2026-07-14 10:20"), ASKED), (LATER, RESPONDED)], LATER, PAUSING))
    assert (met.elapsed, met.due_at) == (timedelta(minutes=20), None)


def test_information_of_the_requester_ends_the_waiting_too_and_another_question_does_not() -> None:
    half_past = ny("2026-07-14 10:30")
    history = [(TEN, opened(1)), (half_past, ASKED), (ELEVEN, ASKED), (NOON, INFORMATION_RECEIVED)]
    log = played(history, NOON, PAUSING)
    assert kinds(log) == [ClockStarted, SlaWarning, ClockPaused, ClockResumed]
    assert (log[2].paused_at, log[3].resumed_at) == (half_past, NOON)


def test_a_message_that_awaits_nothing_and_a_note_among_staff_pause_nothing() -> None:
    for message in (wrote("staff"), wrote("staff", public=False, awaits_reply=True)):
        assert kinds(played([(TEN, opened(1)), (TEN, message)], TEN, PAUSING)) == [ClockStarted]


def test_paused_again_and_again_it_is_all_subtracted() -> None:
    history = [
        (TEN, opened(2)),
        (ELEVEN, ASKED),
        (NOON, ANSWER),
        (ny("2026-07-14 13:00"), ASKED),
        (ny("2026-07-14 15:00"), ANSWER),
    ]
    assert of(ClockResumed, played(history, TEN, PAUSING))[-1].due_at == ny("2026-07-14 17:00")


def test_severity_raised_while_running_same_start_same_pauses_new_target() -> None:
    history = [(TEN, opened(3)), (ELEVEN, ASKED), (NOON, ANSWER), (ny("2026-07-14 13:00"), severity_changed(3, 2))]
    [changed] = of(ClockRescheduled, played(history, TEN, PAUSING))
    assert (changed.started_at, changed.due_at) == (TEN, ny("2026-07-14 15:00"))


def test_a_pause_survives_a_severity_change() -> None:
    history = [(TEN, opened(3)), (ELEVEN, ASKED), (NOON, severity_changed(3, 2)), (ny("2026-07-14 13:00"), ANSWER)]
    log = played(history, ny("2026-07-14 13:00"), PAUSING)
    assert kinds(log) == [ClockStarted, ClockPaused, ClockRescheduled, ClockPaused, ClockResumed]
    assert (log[3].consumed, log[4].due_at) == (hours(1), ny("2026-07-14 16:00"))


def test_a_severity_raised_while_paused_whose_target_is_used_up_is_one_breach_now() -> None:
    history = [(TEN, opened(2)), (NOON, ASKED), (ny("2026-07-14 13:00"), severity_changed(2, 1)), (LATER, ANSWER)]
    log = played(history, LATER, PAUSING)
    [breach] = of(SlaBreached, log)
    assert (breach.cause, breach.due_at, breach.breached_at) == ("reclassified", ELEVEN, ny("2026-07-14 13:00"))
    assert not of(ClockResumed, log)


def test_how_late_an_answer_is_counts_on_from_a_severity_that_broke_the_promise_while_it_stood_still() -> None:
    three, four = ny("2026-07-14 15:00"), ny("2026-07-14 16:00")
    directly = [(TEN, opened(2)), (NOON, ASKED), (three, severity_changed(2, 1)), (four, RESPONDED)]
    by_the_objective = [
        *directly[:2],
        (ny("2026-07-14 13:00"), severity_changed(2, 4)),
        (three, severity_changed(4, 1)),
    ]
    for history in (directly, [*by_the_objective, (four, RESPONDED)]):
        [answered] = of(AnsweredLate, played(history, LATER, PAUSING))
        assert answered.elapsed == hours(3)


def test_a_pause_survives_the_way_by_severity_4_and_back() -> None:
    history = [
        (TEN, opened(2)),
        (ELEVEN, ASKED),
        (NOON, severity_changed(2, 4)),
        (ny("2026-07-14 13:00"), severity_changed(4, 2)),
        (ny("2026-07-14 14:00"), ANSWER),
    ]
    [resumed] = of(ClockResumed, played(history, TEN, PAUSING))
    assert (resumed.metric, resumed.consumed, resumed.due_at) == ("response", hours(1), ny("2026-07-14 17:00"))


def test_an_objective_counts_elapsed_time_and_all_of_a_pause_is_subtracted() -> None:
    history = [(TEN, opened(4)), (NOON, ASKED), (ny("2026-07-15 12:00"), ANSWER)]
    log = played(history, LATER, PAUSING)
    assert of(ClockResumed, log)[0].due_at == TEN + hours(48)
    assert [missed.due_at for missed in of(ObjectiveMissed, log)] == [TEN + hours(48)]


def test_what_is_waited_after_a_missed_objective_is_subtracted_should_it_become_a_promise() -> None:
    missed = ny("2026-07-15 10:00")
    history = [
        (TEN, opened(4)),
        (missed + hours(1), ASKED),
        (missed + hours(6), ANSWER),
        (missed + hours(6.5), severity_changed(4, 3)),
    ]
    log = played(history, LATER, PAUSING)
    assert kinds(log)[:4] == [ClockStarted, ObjectiveMissed, ClockPaused, ClockResumed]
    assert log[3].due_at is None
    [breach] = of(SlaBreached, log)
    assert breach.due_at == ny("2026-07-15 10:00")


def test_a_pause_after_a_missed_objective_survives_a_change_of_tier() -> None:
    missed = ny("2026-07-15 10:00")
    history = [
        (TEN, opened(4)),
        (missed + hours(1), ASKED),
        (missed + hours(2), entitled("patrol")),
        (missed + hours(6), severity_changed(4, 3)),
        (missed + hours(7), ANSWER),
    ]
    log = played(history, LATER, PAUSING)
    assert kinds(log)[:5] == [ClockStarted, ObjectiveMissed, ClockPaused, ClockRescheduled, ClockPaused]
    # Seven hours on the first day and two on the second; what was waited since is none of it.
    assert {paused.consumed for paused in of(ClockPaused, log)} == {hours(9)}
    [breach] = of(SlaBreached, log)
    assert breach.due_at == ny("2026-07-15 10:00")


def test_tier_changed_while_paused_the_pause_goes_on_and_the_rest_is_counted_in_the_new_calendar() -> None:
    friday = ny("2026-07-10 16:00")
    saturday = ny("2026-07-11 10:00")
    history = [
        (friday, opened(2)),
        (ny("2026-07-10 16:30"), ASKED),
        (ny("2026-07-10 18:00"), entitled("patrol")),
        (saturday, ANSWER),
    ]
    [resumed] = of(ClockResumed, played(history, friday, PAUSING))
    assert (resumed.consumed, resumed.due_at) == (hours(0.5), saturday + hours(3.5))


def test_paused_before_it_starts_it_has_used_up_nothing() -> None:
    saturday = ny("2026-07-11 10:00")
    early = [(saturday, opened(1)), (saturday + hours(1), ASKED), (saturday + hours(2), ANSWER)]
    assert of(ClockResumed, played(early, saturday, PAUSING))[0].due_at == ny("2026-07-13 10:00")
    late = [*early[:2], (ny("2026-07-13 12:00"), ANSWER)]
    [resumed] = of(ClockResumed, played(late, saturday, PAUSING))
    assert (resumed.consumed, resumed.due_at) == (timedelta(0), ny("2026-07-13 13:00"))


def test_found_incomplete_while_paused_the_clock_is_voided_and_starts_anew() -> None:
    history = [(TEN, opened(1)), (ny("2026-07-14 10:20"), ASKED), (ELEVEN, INFORMATION_REQUESTED), (NOON, completed(1))]
    log = played(history, NOON, PAUSING)
    assert kinds(log) == [ClockStarted, ClockPaused, ClockCancelled, ClockStarted]
    assert log[-1].due_at == ny("2026-07-14 13:00")


def test_withdrawn_while_paused_the_clock_is_cancelled() -> None:
    log = played([(TEN, opened(1)), (TEN, ASKED), (LATER, closed("withdrawn"))], LATER, PAUSING)
    assert kinds(log) == [ClockStarted, ClockPaused, ClockCancelled]


def test_several_events_at_one_instant_the_deadline_comes_before_the_pause() -> None:
    log = played([(TEN, opened(1)), (ELEVEN, ASKED)], LATER, PAUSING)
    assert kinds(log)[-1] is SlaBreached
    warned = played([(TEN, opened(1)), (ny("2026-07-14 10:30"), ASKED)], LATER, PAUSING)
    assert kinds(warned) == [ClockStarted, SlaWarning, ClockPaused]


def test_an_initial_response_that_awaits_a_reply_stops_the_response_clock_and_pauses_the_resolution() -> None:
    history = [(TEN, opened(1)), (ny("2026-07-14 10:20"), responded(awaits_reply=True))]
    assert kinds(played(history, LATER, PAUSING)) == [ClockStarted, SlaMet]
    assert kinds(played(history, LATER, PAUSING, "resolution")) == [ClockStarted, ClockPaused]


def test_asked_before_t_and_seen_after_it_the_breach_is_retracted() -> None:
    _, state = after_rings(after([(TEN, opened(1))], PAUSING), NOON, "grace")
    [command] = [one for stream, one in react(recorded(ny("2026-07-14 10:30"), ASKED), PAUSING) if "response" in stream]
    log, _ = carried_out(command, state)
    assert [type(event) for _, event in log] == [BreachRetracted, ClockPaused]


def test_a_message_that_asks_nothing_more_does_not_end_the_wait() -> None:
    """What staff asked before is still to be answered: the next update stands still like everything else."""
    history = [
        (TEN, opened(1)),
        (TEN, RESPONDED),
        (ny("2026-07-14 10:20"), wrote("staff", underway(), awaits_reply=True)),
        (ny("2026-07-14 10:30"), wrote("staff", underway())),
    ]
    log = played(history, LATER, PAUSING, "update")
    assert not of(SlaBreached, log)
    assert kinds(log)[-2:] == [ClockStarted, ClockPaused]
    answered = played([*history, (ELEVEN, ANSWER)], LATER, PAUSING, "update")
    assert [one.due_at for one in of(SlaBreached, answered)] == [NOON]
    again = played([*history, (ELEVEN, ANSWER), (ELEVEN, wrote("staff", underway()))], LATER, PAUSING, "update")
    assert [one.due_at for one in of(SlaBreached, again)] == [NOON]
