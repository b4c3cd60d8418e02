"""The alarms of escalation: one at a time for each ladder, for the rung that is called next."""

from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.escalations import EscalationAcknowledged, EscalationRaised, EscalationResolved
from sla_timer.domain.commands import CancelAlarm, Command, SetAlarm


def alarms(event: Any, at: datetime) -> list[tuple[str, Command]]:
    """What a fact of escalation asks of alarms, each with its stream."""
    match event:
        case EscalationRaised(escalation=escalation, rung=rung, next_at=next_at) if next_at:
            # The alarm is named for the rung that it calls, and replaces the last one of its escalation.
            alarm = f"escalation-{escalation}-{rung + 1}"
            later = SetAlarm(at=at, ticket_id=event.ticket_id, alarm=alarm, due_at=next_at)
            return [(_stream(event.ticket_id, escalation), later)]
        case EscalationAcknowledged(escalation=escalation) | EscalationResolved(escalation=escalation):
            return [(_stream(event.ticket_id, escalation), CancelAlarm(at=at))]
        case _:
            return []


def _stream(ticket_id: UUID, escalation: str) -> str:
    return f"alarm-{ticket_id}-escalation-{escalation}"
