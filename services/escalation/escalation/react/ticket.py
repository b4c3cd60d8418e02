"""How escalation reacts to what becomes of tickets and their clocks.

A missed objective (`ObjectiveMissed`) climbs no ladder (P10, P23): notifier tells the Support Manager.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from contracts.sla import AnsweredLate, BreachRetracted, ClockCancelled, SlaBreached
from contracts.tickets import Closed, InitialResponseGiven, Merged
from escalation.domain.commands import (
    EndEscalation,
    EscalationCommand,
    RaiseEscalation,
    RetractEscalation,
    SettleEscalation,
)
from escalation.domain.ladder import Ladders

RESPONSE: Final = "response"
"""The escalation of the response clock: an escalation is named after its clock."""

FURTHER = ("next-reply", "update", "resolution")
"""Escalations that sla-timer's facts end, in the order in which these happened; they may be raised again."""

Asked = list[tuple[str, EscalationCommand]]


def _breached(event: SlaBreached, at: datetime, ladders: Ladders) -> Asked:
    raised = RaiseEscalation(
        ticket_id=event.ticket_id,
        escalation=event.metric,
        severity=event.severity,
        breached_at=event.breached_at,
        ladders=ladders,
        number=event.number,
        calendar=event.calendar,
        policy=event.versions.policy,
    )
    return [(_stream(event.ticket_id, event.metric), raised)]


def _retracted(event: BreachRetracted, at: datetime, ladders: Ladders) -> Asked:
    return [] if event.metric == "objective" else [(_stream(event.ticket_id, event.metric), RetractEscalation())]


def _answered_late(event: AnsweredLate, at: datetime, ladders: Ladders) -> Asked:
    return _ended(event, EndEscalation(cause="answered"))


def _cancelled(event: ClockCancelled, at: datetime, ladders: Ladders) -> Asked:
    return _ended(event, EndEscalation(cause="closed"))


def _ended(event: AnsweredLate | ClockCancelled, end: EndEscalation) -> Asked:
    return [(_stream(event.ticket_id, event.metric), end)] if event.metric in FURTHER else []


def _answered(event: InitialResponseGiven, at: datetime, ladders: Ladders) -> Asked:
    settle = SettleEscalation(ticket_id=event.ticket_id, escalation=RESPONSE, cause="answered")
    return [(_stream(event.ticket_id, RESPONSE), settle)]


def _closed(event: Closed | Merged, at: datetime, ladders: Ladders) -> Asked:
    settle = SettleEscalation(ticket_id=event.ticket_id, escalation=RESPONSE, cause="closed")
    return [(_stream(event.ticket_id, RESPONSE), settle)]


def _stream(ticket_id: UUID, escalation: str) -> str:
    return f"escalation-{ticket_id}-{escalation}"


ASKS: dict[type[Any], Callable[[Any, datetime, Ladders], Asked]] = {
    SlaBreached: _breached,
    BreachRetracted: _retracted,
    AnsweredLate: _answered_late,
    ClockCancelled: _cancelled,
    InitialResponseGiven: _answered,
    Closed: _closed,
    Merged: _closed,
}
