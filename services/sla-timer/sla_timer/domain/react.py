"""What other services' facts ask of clocks and alarms. History brought in from elsewhere asks nothing."""

from typing import Any
from uuid import UUID

from contracts.envelope import Fact
from contracts.escalations import EscalationAcknowledged, EscalationRaised, EscalationResolved
from contracts.tickets import (
    Closed,
    EntitlementChanged,
    InformationCompleted,
    InformationRequested,
    InitialResponseGiven,
    SeverityChanged,
    TicketOpened,
)
from sla_timer.domain.commands import (
    AwaitInformation,
    CancelAlarm,
    ChangeEntitlement,
    ChangeSeverity,
    Command,
    RecordResponse,
    SetAlarm,
    StartClock,
    VoidClock,
    WithdrawTicket,
)
from sla_timer.domain.policies import Policies


def react(fact: Fact, policies: Policies) -> list[tuple[str, Command]]:
    """The commands that follow from a fact, each with the stream it is for."""
    if fact.imported:
        return []
    at, event = fact.happened_at, fact.event
    match event:
        case TicketOpened(missing=missing) if missing:
            awaited = AwaitInformation(at=at, policies=policies, **_ticket(event), **_owner(event))
            return [(response_clock(event.ticket_id), awaited)]
        case TicketOpened():
            started = StartClock(at=at, policies=policies, **_ticket(event), **_owner(event))
            return [(response_clock(event.ticket_id), started)]
        case InformationCompleted():
            return [(response_clock(event.ticket_id), StartClock(at=at, policies=policies, **_ticket(event)))]
        case InitialResponseGiven():
            return [(response_clock(event.ticket_id), RecordResponse(at=at, policies=policies, **_ticket(event)))]
        case InformationRequested(ticket_id=ticket_id):
            return [(response_clock(ticket_id), VoidClock(at=at))]
        case SeverityChanged(ticket_id=ticket_id, severity=severity):
            return [(response_clock(ticket_id), ChangeSeverity(at=at, severity=severity, policies=policies))]
        case EntitlementChanged(ticket_id=ticket_id, tier=tier, calendar=calendar):
            entitled = ChangeEntitlement(at=at, tier=tier, calendar=calendar, policies=policies)
            return [(response_clock(ticket_id), entitled)]
        case Closed(ticket_id=ticket_id, cause="withdrawn"):
            return [(response_clock(ticket_id), WithdrawTicket(at=at))]
        case EscalationRaised(escalation=escalation, rung=rung, next_at=next_at) if next_at:
            # The alarm is named for the rung that it calls, and replaces the last one of its escalation.
            alarm = f"escalation-{escalation}-{rung + 1}"
            later = SetAlarm(at=at, ticket_id=event.ticket_id, alarm=alarm, due_at=next_at)
            return [(_ladder_alarm(event.ticket_id, escalation), later)]
        case EscalationAcknowledged(escalation=escalation) | EscalationResolved(escalation=escalation):
            return [(_ladder_alarm(event.ticket_id, escalation), CancelAlarm(at=at))]
        case _:
            return []


def response_clock(ticket_id: UUID) -> str:
    """The stream of the promise of a first answer, in either form: response clock or objective."""
    return f"clock-{ticket_id}-response"


def _ladder_alarm(ticket_id: UUID, escalation: str) -> str:
    return f"alarm-{ticket_id}-escalation-{escalation}"


def _ticket(event: TicketOpened | InformationCompleted | InitialResponseGiven) -> dict[str, Any]:
    """What the ticket is entitled to at that moment."""
    return {
        "ticket_id": event.ticket_id,
        "severity": event.severity,
        "tier": event.tier,
        "calendar": event.calendar,
    }


def _owner(event: TicketOpened) -> dict[str, Any]:
    """What people call the ticket, and whose it is."""
    return {"number": event.number, "account_id": event.account_id}
