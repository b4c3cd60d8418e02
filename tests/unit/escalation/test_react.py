from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.unit.escalation.calls import OPENED

from contracts.alarms import Alarm
from contracts.envelope import Fact, Meta, Recorded
from contracts.sla import AlarmRang, BreachRetracted, ObjectiveMissed, SlaBreached, Versions
from contracts.tickets import Assigned, Closed, InitialResponseGiven
from escalation.domain.commands import Climb, RaiseEscalation, RetractEscalation, SettleEscalation
from escalation.domain.ladder import SHIPPED, Ladders
from escalation.react import react

TICKET = UUID("0193a1c0-0000-7000-8000-000000000001")
SOMEONE = UUID("0193a1c0-0000-7000-8000-000000000002")
BREACH = datetime(2026, 7, 13, 15, tzinfo=UTC)
STREAM = f"escalation-{TICKET}-response"
VERSIONS = Versions(policy="p", calendar="c", tzdata="t")


def fact(event: Any, occurred_at: datetime | None = None) -> Fact:
    return Recorded(
        topic="punctual.sla.v1",
        shard=0,
        shard_seq=1,
        stream="clock",
        version=1,
        event_id=SOMEONE,
        command_id=SOMEONE,
        recorded_at=BREACH,
        event=event,
        meta=Meta(actor="sla-timer", role="service", occurred_at=occurred_at),
    )


BREACHED = SlaBreached(
    ticket_id=TICKET,
    metric="response",
    cause="deadline",
    evidence="settled",
    severity=1,
    due_at=BREACH,
    breached_at=BREACH,
    versions=VERSIONS,
)


def rang(alarm: str, owner: str | None = None) -> AlarmRang:
    return AlarmRang(ticket_id=TICKET, alarm=alarm, due_at=BREACH, owner=owner, set_by=SOMEONE if owner else None)


def test_a_breach_raises_the_escalation_of_its_clock() -> None:
    ladders = Ladders()
    command = RaiseEscalation(
        ticket_id=TICKET, escalation="response", severity=1, breached_at=BREACH, ladders=ladders, policy=VERSIONS.policy
    )
    assert react(fact(BREACHED), ladders) == [(STREAM, command)]


def test_a_retraction_ends_it() -> None:
    retracted = BreachRetracted(
        ticket_id=TICKET, metric="response", cause="answered-in-time", breached_at=BREACH, versions=VERSIONS
    )
    assert react(fact(retracted)) == [(STREAM, RetractEscalation())]


def test_an_initial_response_or_the_closing_settles_it() -> None:
    answered = InitialResponseGiven(
        ticket_id=TICKET,
        subject_id=SOMEONE,
        message_id=SOMEONE,
        severity=1,
        tier="enlist",
        calendar=None,
        waiting=False,
        states="plan",
        body="We will …",
    )
    closed = Closed(
        ticket_id=TICKET, account_id=SOMEONE, subject_id=SOMEONE, number="P-1", cause="withdrawn", closing=1
    )
    assert react(fact(answered)) == [
        (STREAM, SettleEscalation(ticket_id=TICKET, escalation="response", cause="answered"))
    ]
    assert react(fact(closed)) == [(STREAM, SettleEscalation(ticket_id=TICKET, escalation="response", cause="closed"))]


def test_the_alarm_of_a_rung_climbs_to_it() -> None:
    alarm = Alarm(name="escalation-response-2", at=BREACH)
    climb = Climb(alarm=alarm, set_by=SOMEONE, ladders=SHIPPED)
    assert react(fact(rang("escalation-response-2", STREAM))) == [(STREAM, climb)]


def test_of_an_alarm_from_before_owners_were_told_the_name_says_whose_it_is() -> None:
    alarm = Alarm(name="escalation-response-2", at=BREACH)
    assert react(fact(rang("escalation-response-2"))) == [(STREAM, Climb(alarm=alarm, set_by=None, ladders=SHIPPED))]
    assert react(fact(rang("escalation-next-reply-1")))[0][0] == f"escalation-{TICKET}-next-reply"


@pytest.mark.parametrize("alarm", ["review-1", "escalation-response", "escalation--1", "escalation-1", "", "-"])
def test_other_alarms_are_none_of_its_business(alarm: str) -> None:
    assert react(fact(rang(alarm))) == []
    assert react(fact(rang("escalation-response-1", f"complaint-{TICKET}"))) == []


def test_a_missed_objective_climbs_no_ladder() -> None:
    assert react(fact(ObjectiveMissed(ticket_id=TICKET, metric="objective", due_at=BREACH, versions=VERSIONS))) == []


def test_other_facts_ask_for_nothing() -> None:
    assert react(fact(Assigned(ticket_id=TICKET, engineer="ada", before=None))) == []


def test_history_brought_in_calls_nobody() -> None:
    assert react(fact(BREACHED, occurred_at=BREACH - timedelta(days=400))) == []
    assert react(fact(OPENED, occurred_at=BREACH - timedelta(days=400))) == []
