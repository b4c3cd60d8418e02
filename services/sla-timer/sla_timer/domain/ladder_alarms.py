"""The alarms of escalation: one at a time for each ladder, for the rung that is called next."""

from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.escalations import EscalationAcknowledged, EscalationRaised, EscalationResolved
from sla_timer.domain.commands import CancelAlarm, Command, SetAlarm
from sla_timer.domain.policies import Policies


def alarms(event: Any, at: datetime, policies: Policies) -> list[tuple[str, Command]]:
    """What a fact of escalation asks of alarms, each with its stream."""
    match event:
        case EscalationRaised(escalation=escalation, rung=rung) if due := event.next_at or event.next_in:
            # The alarm is named for the rung that it calls, and replaces the last one of its escalation.
            alarm = f"escalation-{escalation}-{rung + 1}"
            later = SetAlarm(at=at, ticket_id=event.ticket_id, alarm=alarm, due=due, policies=policies)
            return [(_stream(event.ticket_id, escalation), later)]
        case EscalationAcknowledged(escalation=escalation) | EscalationResolved(escalation=escalation):
            return [(_stream(event.ticket_id, escalation), CancelAlarm(at=at))]
        case _:
            return []


def _stream(ticket_id: UUID, escalation: str) -> str:
    return f"alarm-{ticket_id}-escalation-{escalation}"
