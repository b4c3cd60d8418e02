"""What the list of escalations shows after each fact."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from contracts.envelope import Fact, Meta, Recorded
from contracts.escalations import (
    CalledRole,
    EscalationAcknowledged,
    EscalationExhausted,
    EscalationForestalled,
    EscalationRaised,
    EscalationResolved,
    EscalationScheduled,
    RoleCalled,
)
from escalation.domain import INITIAL, evolve
from escalation.projection import project

TICKET = UUID("7d444840-9dc0-11d1-b245-5ffdce74fad2")
START = datetime(2026, 11, 23, 12, tzinfo=UTC)


def raised(rung: int, role: CalledRole) -> EscalationRaised:
    return EscalationRaised(
        ticket_id=TICKET,
        escalation="response",
        cause="breach",
        severity=1,
        breached_at=START,
        rung=rung,
        role=role,
        next_at=START + timedelta(hours=1),
        number="P-1042",
    )


def fact(event: Any, version: int) -> Fact:
    return Recorded(
        topic="t",
        shard=1,
        shard_seq=version,
        stream=f"escalation-{TICKET}-response",
        version=version,
        event_id=uuid4(),
        command_id=uuid4(),
        recorded_at=START + timedelta(minutes=version),
        event=event,
        meta=Meta(actor="tess", role="engineer"),
    )


def shown(*events: Any) -> dict[str, Any]:
    row: dict[str, Any] = {}
    state = INITIAL
    for version, event in enumerate(events, 1):
        before, state = state, evolve(state, event)
        for put in project(fact(event, version), before, state):
            assert (put.table, put.key) == ("escalations", {"ticket_id": TICKET, "escalation": event.escalation})
            row |= put.values
    return row


NAMES: dict[str, Any] = {"ticket_id": TICKET, "escalation": "response"}


def test_each_rung_moves_the_call_but_not_the_beginning() -> None:
    row = shown(raised(0, "engineer"), raised(1, "support-manager"))
    assert (row["number"], row["status"], row["rung"], row["role"]) == ("P-1042", "open", 1, "support-manager")
    assert (row["raised_at"], row["called_at"]) == (START + timedelta(minutes=1), START + timedelta(minutes=2))


def test_an_acknowledgement_says_who_and_that_nobody_is_next() -> None:
    row = shown(raised(0, "engineer"), EscalationAcknowledged(**NAMES, rung=0))
    assert (row["status"], row["acknowledged_by"], row["next_at"]) == ("acknowledged", "tess", None)


def test_an_exhausted_ladder_shows_the_last_rung() -> None:
    row = shown(raised(0, "engineer"), EscalationExhausted(**NAMES))
    assert (row["status"], row["rung"], row["next_at"]) == ("exhausted", 0, None)


def test_a_retracted_breach_that_comes_again_begins_anew() -> None:
    retracted = EscalationResolved(**NAMES, cause="retracted")
    acknowledged = EscalationAcknowledged(**NAMES, rung=0)
    row = shown(raised(0, "engineer"), acknowledged, retracted, raised(0, "engineer"))
    assert (row["status"], row["cause"], row["acknowledged_by"], row["resolved_at"]) == ("open", None, None, None)
    assert row["raised_at"] == START + timedelta(minutes=4)


def test_what_was_forestalled_is_not_shown() -> None:
    assert shown(EscalationForestalled(**NAMES, cause="answered")) == {}


ABOUT: dict[str, Any] = {"ticket_id": TICKET, "escalation": "review"}


def call(role: CalledRole, turn: int) -> RoleCalled:
    return RoleCalled(**ABOUT, reason="review", role=role, turn=turn, number="F-7", since=START)


def test_a_call_about_a_complaint_says_why_and_has_no_severity() -> None:
    row = shown(call("vp", 0))
    assert (row["number"], row["status"], row["reason"], row["rung"], row["role"]) == ("F-7", "open", "review", 0, "vp")
    assert (row.get("severity"), row.get("breached_at"), row["next_at"]) == (None, None, None)
    assert row["raised_at"] == row["called_at"] == START + timedelta(minutes=1)


def test_the_next_call_moves_the_call_but_not_the_beginning() -> None:
    scheduled = EscalationScheduled(**ABOUT, rung=0, next_at=START, set_by=uuid4())
    assert shown(call("vp", 0), scheduled)["next_at"] == START
    row = shown(call("vp", 0), scheduled, call("vp", 1))
    assert (row["rung"], row["next_at"], row["status"]) == (1, None, "open")
    assert (row["raised_at"], row["called_at"]) == (START + timedelta(minutes=1), START + timedelta(minutes=3))


def test_another_role_that_is_called_has_not_acknowledged() -> None:
    row = shown(call("vp", 0), EscalationAcknowledged(**ABOUT, rung=0), call("support-manager", 0))
    assert (row["status"], row["role"], row["acknowledged_by"]) == ("open", "support-manager", None)
    assert row["raised_at"] == START + timedelta(minutes=1)


def test_a_complaint_that_is_one_again_begins_anew() -> None:
    ended = EscalationResolved(**ABOUT, cause="closed", at=START)
    assert shown(call("vp", 0), ended)["cause"] == "closed"
    row = shown(call("vp", 0), ended, call("vp", 0))
    assert (row["status"], row["cause"], row["resolved_at"]) == ("open", None, None)
    assert row["raised_at"] == START + timedelta(minutes=3)
