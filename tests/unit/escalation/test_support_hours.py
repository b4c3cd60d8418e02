"""Ladders whose delays are support hours, and the escalations of what may be owed again and again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from tests.unit.escalation.test_react import BREACHED, fact

from contracts import policy
from contracts.escalations import EscalationExhausted, EscalationRaised, EscalationResolved
from contracts.later import Later
from contracts.sla import AlarmRang, AnsweredLate, ClockCancelled, Versions
from contracts.tickets import Merged
from escalation.domain import INITIAL, decide, evolve, react
from escalation.domain.commands import Climb, EndEscalation, RaiseEscalation, RetractEscalation, SettleEscalation
from escalation.domain.ladder import DEFAULT, SHIPPED, Ladder, Ladders

TICKET = BREACHED.ticket_id
BREACH = datetime(2026, 7, 10, 21, 30, tzinfo=UTC)
LATER = BREACH + timedelta(days=4)
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


def climb(rung: int, later: Later | None, due_at: datetime = LATER) -> Climb:
    return Climb(rung=rung, due_at=due_at, ladders=IN_SUPPORT_HOURS, later=later)


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
    rang = AlarmRang(ticket_id=TICKET, alarm="escalation-next-reply-1", due_at=LATER, later=terms(1))
    expected = Climb(rung=1, due_at=LATER, ladders=SHIPPED, later=terms(1))
    assert react(fact(rang)) == [(f"escalation-{TICKET}-next-reply", expected)]


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
