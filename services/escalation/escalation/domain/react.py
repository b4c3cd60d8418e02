"""What other services' facts ask of escalation.

A missed objective (`ObjectiveMissed`) climbs no ladder (P10, P23): notifier tells the Support Manager.
"""

from typing import Final

from contracts.envelope import Fact
from contracts.sla import AlarmRang, AnsweredLate, BreachRetracted, ClockCancelled, SlaBreached
from contracts.tickets import Closed, InitialResponseGiven, Merged
from escalation.domain.commands import (
    Climb,
    EndEscalation,
    EscalationCommand,
    RaiseEscalation,
    RetractEscalation,
    SettleEscalation,
)
from escalation.domain.ladder import DEFAULT, Ladder

RESPONSE: Final = "response"
"""The escalation of the response clock: an escalation has the name of the clock that it is about."""

FURTHER = ("next-reply", "update", "resolution")
"""Escalations that end by what sla-timer says, in the order in which it happened, and may come again."""


def react(fact: Fact, policy: Ladder = DEFAULT) -> list[tuple[str, EscalationCommand]]:
    """The commands that follow from a fact, each with the stream it is for. History brought in calls nobody."""
    if fact.imported:
        return []
    event = fact.event
    match event:
        case SlaBreached(ticket_id=ticket_id, metric=metric):
            raised = RaiseEscalation(
                ticket_id=ticket_id,
                escalation=metric,
                severity=event.severity,
                breached_at=event.breached_at,
                ladder=policy,
                number=event.number,
                calendar=event.calendar,
                policy=event.versions.policy,
            )
            return [(f"escalation-{ticket_id}-{metric}", raised)]
        case BreachRetracted(ticket_id=ticket_id, metric=metric) if metric != "objective":
            return [(f"escalation-{ticket_id}-{metric}", RetractEscalation())]
        case AnsweredLate(ticket_id=ticket_id, metric=metric) if metric in FURTHER:
            return [(f"escalation-{ticket_id}-{metric}", EndEscalation(cause="answered"))]
        case ClockCancelled(ticket_id=ticket_id, metric=metric) if metric in FURTHER:
            return [(f"escalation-{ticket_id}-{metric}", EndEscalation(cause="closed"))]
        case AlarmRang():
            return _climb(event, policy)
        case InitialResponseGiven(ticket_id=ticket_id):
            answered = SettleEscalation(ticket_id=ticket_id, escalation=RESPONSE, cause="answered")
            return [(f"escalation-{ticket_id}-{RESPONSE}", answered)]
        case Closed(ticket_id=ticket_id) | Merged(ticket_id=ticket_id):
            closed = SettleEscalation(ticket_id=ticket_id, escalation=RESPONSE, cause="closed")
            return [(f"escalation-{ticket_id}-{RESPONSE}", closed)]
        case _:
            return []


def _climb(rang: AlarmRang, ladder: Ladder) -> list[tuple[str, EscalationCommand]]:
    """Alarms of ours are called `escalation-<escalation>-<rung>`."""
    head, _, rung = rang.alarm.rpartition("-")
    category, _, escalation = head.partition("-")
    if category != "escalation" or not escalation or not rung.isdecimal():
        return []
    climb = Climb(rung=int(rung), due_at=rang.due_at, ladder=ladder, later=rang.later)
    return [(f"escalation-{rang.ticket_id}-{escalation}", climb)]
