from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any
from uuid import UUID

import pytest

from contracts.alarms import Alarm
from contracts.escalations import (
    CalledRole,
    EscalationAcknowledged,
    EscalationEvent,
    EscalationExhausted,
    EscalationForestalled,
    EscalationRaised,
    EscalationResolved,
)
from contracts.later import Delay
from contracts.sla import PolicyPublished
from escalation.domain import INITIAL, alarms, decide, evolve
from escalation.domain.commands import (
    AcknowledgeEscalation,
    Climb,
    EscalationCommand,
    RaiseEscalation,
    RetractEscalation,
    SettleEscalation,
)
from escalation.domain.ladder import DEFAULT, Ladder, Ladders, Step
from escalation.domain.refusals import NoOpenEscalation, NotStaff

TICKET = UUID("0193a1c0-0000-7000-8000-000000000001")
BREACH = datetime(2026, 7, 13, 15, tzinfo=UTC)
HALF_AN_HOUR, TWO_HOURS, EIGHT_HOURS = timedelta(minutes=30), timedelta(hours=2), timedelta(hours=8)
REACHES: tuple[CalledRole, ...] = ("engineer", "support-manager", "vp", "ceo")
SHORT = Ladder(steps=DEFAULT.steps[:2])


def raised(rung: int, role: CalledRole, next_at: datetime | None, breached_at: datetime = BREACH) -> EscalationRaised:
    return EscalationRaised(
        ticket_id=TICKET,
        escalation="response",
        cause="breach",
        severity=2,
        breached_at=breached_at,
        rung=rung,
        role=role,
        next_at=next_at,
        number="P-1042",
    )


def only(ladder: Ladder) -> Ladders:
    """Where no other was ever published."""
    return Ladders({"only": ladder}, "only")


def breach(at: datetime = BREACH, ladder: Ladder = DEFAULT) -> RaiseEscalation:
    return RaiseEscalation(
        ticket_id=TICKET, escalation="response", severity=2, breached_at=at, ladders=only(ladder), number="P-1042"
    )


ENGINEER = raised(0, "engineer", BREACH + HALF_AN_HOUR)
MANAGER = raised(1, "support-manager", BREACH + TWO_HOURS)
VP = raised(2, "vp", BREACH + EIGHT_HOURS)
CEO = raised(3, "ceo", None)
EXHAUSTED = EscalationExhausted(ticket_id=TICKET, escalation="response")
ANSWERED = SettleEscalation(ticket_id=TICKET, escalation="response", cause="answered")
CLOSED = SettleEscalation(ticket_id=TICKET, escalation="response", cause="closed")
RESOLVED = EscalationResolved(ticket_id=TICKET, escalation="response", cause="answered")
RETRACTED = EscalationResolved(ticket_id=TICKET, escalation="response", cause="retracted")
FORESTALLED = EscalationForestalled(ticket_id=TICKET, escalation="response", cause="answered")
BY_ENGINEER = AcknowledgeEscalation(by="engineer")


def acknowledged(rung: int) -> EscalationAcknowledged:
    return EscalationAcknowledged(ticket_id=TICKET, escalation="response", rung=rung)


def climb(rung: int, due_at: datetime, ladder: Ladder = DEFAULT) -> Climb:
    return Climb(alarm=alarm(rung, due_at), set_by=None, ladders=only(ladder))


def alarm(rung: int, at: datetime) -> Alarm:
    return Alarm(name=f"escalation-response-{rung}", at=at)


def outcome(given: list[EscalationEvent], when: EscalationCommand) -> list[EscalationEvent]:
    return decide(when, reduce(evolve, given, INITIAL))


def test_a_breach_calls_the_engineer_at_once_and_says_when_the_next_one_is_called() -> None:
    assert outcome([], breach()) == [ENGINEER]


def test_hearing_of_the_same_breach_again_calls_nobody_again() -> None:
    assert outcome([ENGINEER], breach()) == []
    assert outcome([ENGINEER, acknowledged(0)], breach()) == []


def test_each_alarm_calls_the_next_rung() -> None:
    assert outcome([ENGINEER], climb(1, BREACH + HALF_AN_HOUR)) == [MANAGER]
    assert outcome([ENGINEER, MANAGER], climb(2, BREACH + TWO_HOURS)) == [VP]


def test_rungs_that_came_due_during_an_outage_are_called_in_order_each_once() -> None:
    called = outcome([], breach())
    for rung, delay in enumerate((HALF_AN_HOUR, TWO_HOURS, EIGHT_HOURS), 1):
        overdue = climb(rung, BREACH + delay)
        called += outcome(called, overdue)
        assert outcome(called, overdue) == []
    assert called == [ENGINEER, MANAGER, VP, CEO, EXHAUSTED]


def test_the_last_rung_exhausts_the_ladder() -> None:
    assert outcome([ENGINEER, MANAGER, VP], climb(3, BREACH + EIGHT_HOURS)) == [CEO, EXHAUSTED]


def test_all_delays_count_from_the_breach() -> None:
    assert [DEFAULT.delay(rung) for rung in range(5)] == [timedelta(0), HALF_AN_HOUR, TWO_HOURS, EIGHT_HOURS, None]
    assert tuple(DEFAULT.role(rung) for rung in range(4)) == REACHES


def test_an_alarm_that_rings_twice_climbs_once() -> None:
    assert outcome([ENGINEER, MANAGER], climb(1, BREACH + HALF_AN_HOUR)) == []


def test_an_alarm_of_an_earlier_climb_is_stale() -> None:
    later = BREACH + timedelta(minutes=10)
    again = raised(0, "engineer", later + HALF_AN_HOUR, later)
    assert outcome([ENGINEER, RETRACTED, again], climb(1, BREACH + HALF_AN_HOUR)) == []
    assert outcome([ENGINEER, RETRACTED, again], climb(1, later + HALF_AN_HOUR)) != []


@pytest.mark.parametrize("end", [acknowledged(0), RESOLVED, RETRACTED, EXHAUSTED])
def test_an_alarm_after_the_end_calls_nobody(end: EscalationEvent) -> None:
    assert outcome([ENGINEER, end], climb(1, BREACH + HALF_AN_HOUR)) == []


def test_an_alarm_for_a_rung_that_the_policy_has_since_removed_exhausts_the_ladder() -> None:
    assert outcome([ENGINEER, MANAGER], climb(2, BREACH + TWO_HOURS, SHORT)) == [EXHAUSTED]


def test_a_ladder_that_repeats_begins_anew_and_numbers_its_rungs_on() -> None:
    twice = Ladder(steps=SHORT.steps, rounds=2, every=timedelta(hours=1))
    anew = raised(2, "engineer", BREACH + timedelta(minutes=90))
    last = raised(3, "support-manager", None)
    second = raised(1, "support-manager", BREACH + timedelta(hours=1))
    assert outcome([ENGINEER], climb(1, BREACH + HALF_AN_HOUR, twice)) == [second]
    assert outcome([ENGINEER, second], climb(2, BREACH + timedelta(hours=1), twice)) == [anew]
    assert outcome([ENGINEER, second, anew], climb(3, BREACH + timedelta(minutes=90), twice)) == [last, EXHAUSTED]


@pytest.mark.parametrize("role", ["engineer", "account-manager", "support-manager", "vp", "ceo"])
def test_an_acknowledgement_by_staff_stops_the_ladder(role: str) -> None:
    assert outcome([ENGINEER, MANAGER], AcknowledgeEscalation(by=role)) == [acknowledged(1)]


def test_an_exhausted_ladder_can_still_be_acknowledged() -> None:
    assert outcome([ENGINEER, MANAGER, VP, CEO, EXHAUSTED], AcknowledgeEscalation(by="ceo")) == [acknowledged(3)]


def test_acknowledging_twice_changes_nothing() -> None:
    assert outcome([ENGINEER, acknowledged(0)], BY_ENGINEER) == []


@pytest.mark.parametrize("given", [[], [FORESTALLED], [ENGINEER, RESOLVED], [ENGINEER, RETRACTED]])
def test_where_nobody_is_called_there_is_nothing_to_acknowledge(given: list[EscalationEvent]) -> None:
    with pytest.raises(NoOpenEscalation):
        outcome(given, BY_ENGINEER)


@pytest.mark.parametrize("role", ["requester", "account-admin", "analyst", "admin", "service", ""])
def test_only_staff_can_acknowledge(role: str) -> None:
    with pytest.raises(NotStaff, match="engineer"):
        outcome([ENGINEER], AcknowledgeEscalation(by=role))


@pytest.mark.parametrize("given", [[ENGINEER], [ENGINEER, acknowledged(0)], [ENGINEER, CEO, EXHAUSTED]])
def test_an_answer_resolves_it_and_a_second_one_changes_nothing(given: list[EscalationEvent]) -> None:
    assert outcome(given, ANSWERED) == [RESOLVED]
    assert outcome([*given, RESOLVED], ANSWERED) == []
    assert outcome([*given, RESOLVED], CLOSED) == []


def test_closing_resolves_it() -> None:
    assert outcome([ENGINEER], CLOSED) == [EscalationResolved(ticket_id=TICKET, escalation="response", cause="closed")]


def test_an_answer_that_is_heard_of_before_the_breach_forestalls_the_ladder() -> None:
    assert outcome([], ANSWERED) == [FORESTALLED]
    assert outcome([FORESTALLED], CLOSED) == []
    assert outcome([FORESTALLED], breach()) == []


@pytest.mark.parametrize("given", [[ENGINEER], [ENGINEER, acknowledged(0)], [ENGINEER, CEO, EXHAUSTED]])
def test_a_retracted_breach_ends_it(given: list[EscalationEvent]) -> None:
    assert outcome(given, RetractEscalation()) == [RETRACTED]


@pytest.mark.parametrize("given", [[], [FORESTALLED], [ENGINEER, RETRACTED], [ENGINEER, RESOLVED]])
def test_where_nobody_was_called_a_retraction_changes_nothing(given: list[EscalationEvent]) -> None:
    assert outcome(given, RetractEscalation()) == []


def test_after_a_retraction_another_breach_climbs_from_the_bottom() -> None:
    later = BREACH + EIGHT_HOURS
    assert outcome([ENGINEER, MANAGER, RETRACTED], breach(later)) == [
        raised(0, "engineer", later + HALF_AN_HOUR, later)
    ]


def test_a_ladder_of_one_rung_is_exhausted_at_once() -> None:
    one = Ladder(steps=DEFAULT.steps[:1])
    assert outcome([], breach(ladder=one)) == [raised(0, "engineer", None), EXHAUSTED]
    assert alarms(evolve(INITIAL, raised(0, "engineer", None))) == ()


def test_facts_that_do_not_fit_leave_the_situation_as_it_is() -> None:
    assert evolve(INITIAL, EXHAUSTED) == INITIAL


@pytest.mark.parametrize(
    ("steps", "rounds", "every"),
    [
        ((), 1, timedelta(days=1)),
        (DEFAULT.steps, 0, timedelta(days=1)),
        (DEFAULT.steps[1:], 1, timedelta(days=1)),
        ((DEFAULT.steps[0], *DEFAULT.steps[:0:-1]), 1, timedelta(days=1)),
        (DEFAULT.steps, 2, EIGHT_HOURS),
        ((Step(role="vp", after=-HALF_AN_HOUR),), 1, timedelta(days=1)),
    ],
)
def test_a_ladder_that_can_not_be_climbed_is_refused(steps: tuple[Step, ...], rounds: int, every: timedelta) -> None:
    with pytest.raises(ValueError, match="ladder"):
        Ladder(steps=steps, rounds=rounds, every=every)


def publication(version: str, *roles: str) -> PolicyPublished:
    """A policy whose ladder calls these, half an hour apart."""
    rungs = [{"role": role, "after": 1800 * n} for n, role in enumerate(roles)]
    ladder = {"rungs": rungs, "rounds": 1, "every": 86400}
    feedback = {"calendar": f"calendar {version}", "acknowledge_working_days": 2, "review_days": 7}
    resolved = {"ladders": {"breach": ladder}, "feedback": feedback}
    return PolicyPublished(shard=3, version=version, name="Ours", tzdata="2026f", holidays="0.1", resolved=resolved)


TWO = reduce(
    Ladders.published, [publication("one", "engineer", "ceo"), publication("two", "engineer", "vp")], Ladders()
)


def test_the_ladder_comes_from_the_published_policy() -> None:
    steps = (Step(role="engineer", after=timedelta(0)), Step(role="ceo", after=HALF_AN_HOUR))
    assert TWO.named("one") == Ladder(steps=steps)


@pytest.mark.parametrize(
    ("named", "in_force", "role"), [("one", "two", "ceo"), ("two", "one", "vp"), (None, "one", "ceo")]
)
def test_the_whole_ladder_is_climbed_of_the_version_that_the_promise_was_broken_under(
    named: str | None, in_force: str, role: str
) -> None:
    """One that is published meanwhile changes nothing of it; where none is named, the last one in that shard counts."""
    ladders = TWO.in_shard(in_force)
    first: list[Any] = [*outcome([], replace(breach(), ladders=ladders, policy=named))]
    assert [(call.role, call.policy) for call in first] == [("engineer", named)]
    last: list[Any] = [*outcome(first, Climb(alarm=alarm(1, BREACH + HALF_AN_HOUR), set_by=None, ladders=ladders))]
    assert (last[0].role, last[1:]) == (role, [EXHAUSTED])


@pytest.mark.parametrize(
    ("ladders", "calendar", "policy"),
    [
        (TWO, "calendar two", "two"),
        (TWO.in_shard("one"), "calendar one", "one"),
        (Ladders(), "weekdays", "shipped"),
    ],
)
def test_complaints_are_called_about_again_by_the_working_days_of_the_policy_in_force(
    ladders: Ladders, calendar: str, policy: str
) -> None:
    assert ladders.next_working_day == Delay(calendar=calendar, policy=policy, working_days=1)


def test_a_policy_without_a_ladder_for_breaches_is_not_understood() -> None:
    with pytest.raises(ValueError, match="ladder for a breach"):
        Ladders().published(replace(publication("odd", "vp"), resolved={"ladders": {}}))
    with pytest.raises(ValueError, match="nothing of ladders"):
        Ladders().published(replace(publication("odd", "vp"), resolved={}))


def test_nor_is_a_policy_without_the_calendar_of_the_vendor() -> None:
    whole = publication("odd", "vp")
    with pytest.raises(ValueError, match="nothing of feedback"):
        Ladders().published(replace(whole, resolved={"ladders": whole.resolved["ladders"]}))
