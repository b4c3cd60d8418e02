"""Ladders whose delays are support hours, and the escalations of what may be owed again and again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from tests.unit.escalation.test_react import BREACHED, fact

from contracts import policy
from contracts.alarms import Alarm
from contracts.escalations import EscalationExhausted, EscalationRaised, EscalationResolved, EscalationScheduled
from contracts.later import Later
from contracts.sla import AlarmRang, AlarmSet, AnsweredLate, ClockCancelled, Versions
from contracts.tickets import Merged
from escalation.domain import INITIAL, alarms, decide, evolve
from escalation.domain.commands import (
    Climb,
    EndEscalation,
    RaiseEscalation,
    RetractEscalation,
    Schedule,
    SettleEscalation,
)
from escalation.domain.ladder import DEFAULT, SHIPPED, Ladder, Ladders
from escalation.react import react

TICKET = BREACHED.ticket_id
BREACH = datetime(2026, 7, 10, 21, 30, tzinfo=UTC)
LATER = BREACH + timedelta(days=4)
SET_BY = UUID(int=7)
IN_SUPPORT_HOURS = Ladders({"v1": replace(DEFAULT, counts="support", rounds=2, every=timedelta(hours=40))}, "v1")
VERSIONS = Versions(policy="v1", calendar="c1", tzdata="2026a")
RAISE = RaiseEscalation(
    ticket_id=TICKET,
    escalation="resolution",
    severity=2,
    breached_at=BREACH,
    ladders=IN_SUPPORT_HOURS,
    calendar="office",
    policy="v1",
)


def terms(hours: float, since: datetime = BREACH) -> Later:
    return Later(since=since, calendar="office", policy="v1", support_time=timedelta(hours=hours))


def outcome(given: list[Any], when: Any) -> list[Any]:
    return decide(when, reduce(evolve, given, INITIAL))


def alarm(rung: int, later: Later | None) -> Alarm:
    name = f"escalation-resolution-{rung}"
    return Alarm(name=name, after=later) if later else Alarm(name=name, at=LATER)


def climb(rung: int, later: Later | None, set_by: UUID | None = None) -> Climb:
    return Climb(alarm=alarm(rung, later), set_by=set_by, ladders=IN_SUPPORT_HOURS)


def test_a_ladder_in_support_hours_says_in_what_terms_the_next_rung_is_called() -> None:
    [engineer] = outcome([], RAISE)
    assert (engineer.role, engineer.next_at, engineer.next_in) == ("engineer", None, terms(0.5))
    [manager] = outcome([engineer], climb(1, terms(0.5)))
    assert (manager.role, manager.next_in) == ("support-manager", terms(2))


def test_a_ladder_that_repeats_counts_its_rounds_in_support_hours_too() -> None:
    called: list[Any] = outcome([], RAISE)
    for rung in range(1, 8):
        called += outcome(called, climb(rung, called[-1].next_in))
    assert [event.next_in.support_time for event in called[3:7]] == [timedelta(hours=n) for n in (40, 40.5, 42, 48)]
    assert (called[-2].next_in, type(called[-1])) == (None, EscalationExhausted)


def test_an_alarm_that_was_asked_for_in_other_terms_is_stale() -> None:
    called = outcome([], RAISE)
    again = [*called, EscalationResolved(ticket_id=TICKET, escalation="resolution", cause="retracted")]
    again += outcome(again, replace(RAISE, breached_at=LATER))
    assert outcome(again, climb(1, terms(0.5))) == []
    assert outcome(again, climb(1, None)) == []
    assert outcome(again, climb(1, terms(0.5, LATER))) != []


def test_a_breach_of_hours_that_nobody_knows_is_climbed_in_elapsed_time() -> None:
    [engineer] = outcome([], replace(RAISE, calendar=None))
    assert (engineer.next_at, engineer.next_in) == (BREACH + timedelta(minutes=30), None)


def test_the_policy_says_what_a_ladder_counts() -> None:
    entry = policy.Ladder(rungs=(policy.Rung(role="engineer", after=0),), rounds=1, every=60, counts="support")
    assert Ladder.of(entry).counts == "support"
    assert Ladder.of(replace(entry, counts="elapsed")).counts == "elapsed"


def test_a_breach_tells_the_hours_that_it_was_counted_by_and_an_alarm_its_terms() -> None:
    [(stream, raised)] = react(fact(replace(BREACHED, metric="next-reply", calendar="office")))
    assert isinstance(raised, RaiseEscalation)
    assert (stream, raised.escalation) == (f"escalation-{TICKET}-next-reply", "next-reply")
    assert (raised.calendar, raised.policy) == ("office", BREACHED.versions.policy)
    rang = AlarmRang(ticket_id=TICKET, alarm="escalation-next-reply-1", due_at=LATER, later=terms(1), owner=stream)
    asked = Alarm(name="escalation-next-reply-1", after=terms(1))
    assert react(fact(rang)) == [(stream, Climb(alarm=asked, set_by=None, ladders=SHIPPED))]


def test_when_the_next_rung_is_called_is_on_record_as_soon_as_it_is_known() -> None:
    called = outcome([], RAISE)
    heard = Schedule(alarm=alarm(1, terms(0.5)), set_by=SET_BY, due_at=LATER)
    scheduled = EscalationScheduled(ticket_id=TICKET, escalation="resolution", rung=0, next_at=LATER, set_by=SET_BY)
    assert outcome(called, heard) == [scheduled]
    assert outcome([*called, scheduled], climb(1, terms(0.5), UUID(int=8))) == []
    assert outcome([*called, scheduled], climb(1, terms(0.5), SET_BY)) != []
    assert outcome(called, replace(heard, alarm=alarm(1, terms(2)))) == []
    elapsed = outcome([], replace(RAISE, calendar=None))
    assert outcome(elapsed, Schedule(alarm=alarm(1, None), set_by=SET_BY, due_at=LATER)) == []


def test_of_the_same_alarm_asked_for_by_two_climbs_the_later_one_calls() -> None:
    """The first climb was ended and begun anew before anything was heard of its alarm."""
    known = [*outcome([], RAISE), EscalationResolved(ticket_id=TICKET, escalation="resolution", cause="retracted")]
    known += outcome(known, RAISE)
    first, second = (Schedule(alarm=alarm(1, terms(0.5)), set_by=UUID(int=n), due_at=LATER) for n in (1, 2))
    for heard in (first, second):
        known += outcome(known, heard)
        assert outcome(known, heard) == []
    assert outcome(known, climb(1, terms(0.5), UUID(int=1))) == []
    [manager] = outcome(known, climb(1, terms(0.5), UUID(int=2)))
    assert manager.role == "support-manager"


def test_what_an_escalation_waits_for_is_the_alarm_of_its_next_rung() -> None:
    called = outcome([], RAISE)
    assert alarms(INITIAL) == ()
    assert alarms(reduce(evolve, called, INITIAL)) == (alarm(1, terms(0.5)),)
    ended = [*called, EscalationResolved(ticket_id=TICKET, escalation="resolution", cause="answered")]
    assert alarms(reduce(evolve, ended, INITIAL)) == ()


def test_of_alarms_that_were_set_only_those_of_escalations_in_terms_are_noted() -> None:
    owner = f"escalation-{TICKET}-resolution"
    event = AlarmSet(ticket_id=TICKET, alarm="x", due_at=LATER, later=terms(1), owner=owner, set_by=SET_BY)
    expected = Schedule(alarm=Alarm(name="x", after=terms(1)), set_by=SET_BY, due_at=LATER)
    assert react(fact(event)) == [(owner, expected)]
    assert react(fact(replace(event, later=None))) == []
    assert react(fact(replace(event, owner=f"complaint-{TICKET}"))) == []


def late(metric: Any) -> AnsweredLate:
    return AnsweredLate(
        ticket_id=TICKET,
        metric=metric,
        responded_at=LATER,
        due_at=BREACH,
        elapsed=timedelta(hours=9),
        versions=VERSIONS,
    )


def test_what_is_done_late_or_owed_no_more_ends_the_escalation_of_its_clock() -> None:
    over = ClockCancelled(ticket_id=TICKET, metric="update", cause="closed", versions=VERSIONS)
    assert react(fact(late("next-reply"))) == [(f"escalation-{TICKET}-next-reply", EndEscalation(cause="answered"))]
    assert react(fact(over)) == [(f"escalation-{TICKET}-update", EndEscalation(cause="closed"))]
    assert react(fact(late("response"))) == []


def test_what_is_owed_again_calls_again_and_a_first_answer_never_does() -> None:
    for name, calls in (("next-reply", 1), ("response", 0)):
        raised = replace(RAISE, escalation=name)
        [engineer] = outcome([], raised)
        assert isinstance(engineer, EscalationRaised)
        done = [engineer, *outcome([engineer], EndEscalation(cause="answered"))]
        assert [event.cause for event in done[1:]] == ["answered"]
        assert len(outcome(done, replace(raised, breached_at=LATER))) == calls


def test_where_nobody_is_called_nothing_ends() -> None:
    assert outcome([], EndEscalation(cause="answered")) == []
    assert outcome([], RetractEscalation()) == []


def test_merged_into_another_ticket_nobody_is_called_about_this_one() -> None:
    merged = Merged(ticket_id=TICKET, account_id=UUID(int=5), number="P-1", into=UUID(int=6), into_number="P-2")
    settled = SettleEscalation(ticket_id=TICKET, escalation="response", cause="closed")
    assert react(fact(merged)) == [(f"escalation-{TICKET}-response", settled)]


@pytest.mark.parametrize("metric", ["next-reply", "update", "resolution"])
def test_a_promise_beyond_the_first_answer_has_an_escalation_of_its_own(metric: Any) -> None:
    [(stream, _)] = react(fact(replace(BREACHED, metric=metric)))
    assert stream == f"escalation-{TICKET}-{metric}"
