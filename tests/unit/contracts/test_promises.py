"""A promise, by what its stream has on record and what sla-timer tells it: kept, broken, cancelled, or replaced."""

from datetime import UTC, datetime, timedelta
from typing import Literal
from uuid import UUID

import pytest

from contracts.alarms import Alarm
from contracts.promises import Promise, Term, Verdict
from contracts.sla import AlarmCancelled, AlarmRang, AlarmSet

ID, FIRST, SECOND = UUID(int=1), UUID(int=2), UUID(int=3)
TICK = timedelta(microseconds=1)
PROMISED_AT, T, LATER = (datetime(2026, 7, day, 10, tzinfo=UTC) for day in (14, 16, 17))
BY_T, BY_LATER = Alarm(name="reply", at=T), Alarm(name="reply", at=LATER)
PROMISED = Promise.of(BY_T).recorded(PROMISED_AT)
DUE = PROMISED.due(0, T, FIRST)


def scheduled(at: datetime = T, name: str = "reply") -> AlarmSet:
    return AlarmSet(ticket_id=ID, alarm=name, due_at=at, set_by=FIRST)


def rang(at: datetime = T, set_by: UUID = FIRST, name: str = "reply") -> AlarmRang:
    return AlarmRang(ticket_id=ID, alarm=name, due_at=at, set_by=set_by)


def cancelled(set_by: UUID | None = FIRST) -> AlarmCancelled:
    return AlarmCancelled(ticket_id=ID, alarm="reply", set_by=set_by)


def test_its_stream_waits_for_its_alarm_until_it_is_kept_or_cancelled() -> None:
    assert PROMISED.alarms == (BY_T,)
    assert PROMISED.end("kept").alarms == PROMISED.end("cancelled").alarms == ()


def test_when_something_was_recorded_is_noted_once() -> None:
    assert PROMISED.terms == (Term(alarm=BY_T, since=PROMISED_AT),)
    kept = PROMISED.end("kept").recorded(T - TICK)
    assert kept.terms == (Term(alarm=BY_T, since=PROMISED_AT, ended="kept", ended_at=T - TICK),)
    assert kept.recorded(LATER) == kept


def test_of_keeping_and_cancelling_the_first_counts() -> None:
    assert PROMISED.end("kept").end("cancelled") == PROMISED.end("kept")


def test_put_anew_it_waits_for_the_other_instant() -> None:
    assert PROMISED.replaced(BY_LATER).alarms == (BY_LATER,)


def test_it_is_not_put_anew_for_the_same_instant_nor_once_it_is_over() -> None:
    assert PROMISED.replaced(BY_T) == PROMISED
    assert PROMISED.end("kept").replaced(BY_LATER) == PROMISED.end("kept")


def test_an_alarm_that_is_set_belongs_to_the_term_that_asked_for_it() -> None:
    twice = PROMISED.replaced(BY_LATER)
    assert (twice.term_of(scheduled()), twice.term_of(scheduled(LATER))) == (0, 1)
    assert PROMISED.term_of(scheduled(name="another")) is None
    assert DUE.term_of(scheduled()) is None, "that is known"


@pytest.mark.parametrize("how", ["kept", "cancelled"])
def test_what_was_done_before_it_is_due_is_the_verdict_whichever_is_told(how: Literal["kept", "cancelled"]) -> None:
    ended = DUE.end(how).recorded(T - TICK)
    assert ended.verdict(rang()) == ended.verdict(cancelled()) == Verdict(outcome=how, due_at=T, at=T - TICK)


def test_what_was_done_when_it_was_due_came_too_late() -> None:
    late = DUE.end("kept").recorded(T)
    assert late.verdict(rang()) == Verdict(outcome="broken", due_at=T, at=T)
    assert late.verdict(cancelled()) is None, "its ring is still to be told"


def test_what_is_done_in_the_transaction_that_tells_of_the_ring_is_no_longer_in_time() -> None:
    assert DUE.end("kept").verdict(rang()) == Verdict(outcome="broken", due_at=T, at=T)


def test_one_that_was_put_anew_before_it_was_due_is_not_judged_by_its_first_instant() -> None:
    anew = DUE.replaced(BY_LATER).recorded(T - TICK).due(1, LATER, SECOND)
    assert anew.verdict(rang()) is None
    assert anew.verdict(rang(LATER, SECOND)) == Verdict(outcome="broken", due_at=LATER, at=LATER)


def test_one_that_is_promised_for_an_instant_in_the_past_is_broken_when_it_is_promised() -> None:
    past = Promise.of(BY_T).recorded(LATER).due(0, T, FIRST)
    assert past.verdict(rang()) == Verdict(outcome="broken", due_at=T, at=LATER)


def test_what_is_told_of_other_alarms_or_of_one_whose_instant_is_not_known_gives_no_verdict() -> None:
    assert DUE.verdict(rang(name="another")) is None
    assert DUE.verdict(rang(set_by=SECOND)) is None
    assert PROMISED.verdict(rang()) is None


def test_a_cancellation_of_older_times_does_not_say_which_event_had_set_the_alarm() -> None:
    kept = DUE.end("kept").recorded(T - TICK)
    assert kept.verdict(cancelled(set_by=None)) == Verdict(outcome="kept", due_at=T, at=T - TICK)
