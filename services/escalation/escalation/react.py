"""How escalation reacts to other services' facts.

A missed objective (`ObjectiveMissed`) climbs no ladder (P10, P23): notifier tells the Support Manager.
"""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from contracts.alarms import alarm_asked_for
from contracts.envelope import Fact
from contracts.names import category_of
from contracts.old_alarms import owner_of
from contracts.sla import AlarmRang, AlarmSet, AnsweredLate, BreachRetracted, ClockCancelled, SlaBreached
from contracts.tickets import Closed, InitialResponseGiven, Merged
from escalation.domain.commands import (
    Climb,
    EndEscalation,
    EscalationCommand,
    RaiseEscalation,
    RetractEscalation,
    Schedule,
    SettleEscalation,
)
from escalation.domain.ladder import SHIPPED, Ladders

RESPONSE: Final = "response"
"""The escalation of the response clock: an escalation is named after its clock."""

FURTHER = ("next-reply", "update", "resolution")
"""Escalations that sla-timer's facts end, in the order in which these happened; they may be raised again."""


Asked = list[tuple[str, EscalationCommand]]


def react(fact: Fact, policy: Ladders = SHIPPED) -> Asked:
    """The commands that follow from a fact, each with its stream. Imported history calls nobody."""
    asks = ASKS.get(type(fact.event))
    return [] if asks is None or fact.imported else asks(fact.event, policy)


def _breached(event: SlaBreached, ladders: Ladders) -> Asked:
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


def _retracted(event: BreachRetracted, ladders: Ladders) -> Asked:
    return [] if event.metric == "objective" else [(_stream(event.ticket_id, event.metric), RetractEscalation())]


def _answered_late(event: AnsweredLate, ladders: Ladders) -> Asked:
    return _ended(event, EndEscalation(cause="answered"))


def _cancelled(event: ClockCancelled, ladders: Ladders) -> Asked:
    return _ended(event, EndEscalation(cause="closed"))


def _ended(event: AnsweredLate | ClockCancelled, end: EndEscalation) -> Asked:
    return [(_stream(event.ticket_id, event.metric), end)] if event.metric in FURTHER else []


def _answered(event: InitialResponseGiven, ladders: Ladders) -> Asked:
    settle = SettleEscalation(ticket_id=event.ticket_id, escalation=RESPONSE, cause="answered")
    return [(_stream(event.ticket_id, RESPONSE), settle)]


def _closed(event: Closed | Merged, ladders: Ladders) -> Asked:
    settle = SettleEscalation(ticket_id=event.ticket_id, escalation=RESPONSE, cause="closed")
    return [(_stream(event.ticket_id, RESPONSE), settle)]


def _climb(rang: AlarmRang, ladders: Ladders) -> Asked:
    owner = _ours(rang)
    return [(owner, Climb(alarm=alarm_asked_for(rang), set_by=rang.set_by, ladders=ladders))] if owner else []


def _schedule(event: AlarmSet, ladders: Ladders) -> Asked:
    """An alarm that was asked for in terms has an instant only now."""
    owner = _ours(event)
    if not owner or event.set_by is None or event.later is None:
        return []
    return [(owner, Schedule(alarm=alarm_asked_for(event), set_by=event.set_by, due_at=event.due_at))]


def _ours(event: AlarmSet | AlarmRang) -> str | None:
    """The stream of the escalation that asked for the alarm; None: another stream did."""
    owner = owner_of(event)
    return owner if owner and category_of(owner) == "escalation" else None


def _stream(ticket_id: UUID, escalation: str) -> str:
    return f"escalation-{ticket_id}-{escalation}"


ASKS: dict[type[Any], Callable[[Any, Ladders], Asked]] = {
    SlaBreached: _breached,
    BreachRetracted: _retracted,
    AnsweredLate: _answered_late,
    ClockCancelled: _cancelled,
    AlarmSet: _schedule,
    AlarmRang: _climb,
    InitialResponseGiven: _answered,
    Closed: _closed,
    Merged: _closed,
}
