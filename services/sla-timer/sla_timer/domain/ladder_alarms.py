"""The alarms of escalation: one at a time for each ladder, for the rung that is called next."""

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.escalations import EscalationAcknowledged, EscalationRaised, EscalationResolved
from sla_timer.domain.commands import CancelAlarm, Command, SetAlarm
from sla_timer.domain.policies import Policies

Asked = list[tuple[str, Command]]


def _raised(event: EscalationRaised, at: datetime, policies: Policies) -> Asked:
    due = event.next_at or event.next_in
    if due is None:
        return []
    # The alarm is named for the rung that it calls, and replaces the last one of its escalation.
    alarm = f"escalation-{event.escalation}-{event.rung + 1}"
    later = SetAlarm(at=at, ticket_id=event.ticket_id, alarm=alarm, due=due, policies=policies)
    return [(_stream(event.ticket_id, event.escalation), later)]


def _over(event: EscalationAcknowledged | EscalationResolved, at: datetime, policies: Policies) -> Asked:
    return [(_stream(event.ticket_id, event.escalation), CancelAlarm(at=at))]


def _stream(ticket_id: UUID, escalation: str) -> str:
    return f"alarm-{ticket_id}-escalation-{escalation}"


ALARMS: dict[type[Any], Callable[[Any, datetime, Policies], Asked]] = {
    EscalationRaised: _raised,
    EscalationAcknowledged: _over,
    EscalationResolved: _over,
}
