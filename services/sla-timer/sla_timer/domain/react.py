"""What other services' facts ask of clocks and alarms. History brought in from elsewhere asks nothing."""

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
    CompleteInformation,
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
        case TicketOpened():
            return [(response_clock(event.ticket_id), _opened(fact, event, policies))]
        case InformationRequested():
            return [(response_clock(event.ticket_id), VoidClock(at=at, policies=policies))]
        case InformationCompleted():
            return [(response_clock(event.ticket_id), CompleteInformation(at=at, policies=policies))]
        case SeverityChanged(severity=severity):
            changed = ChangeSeverity(at=at, severity=severity, policies=policies)
            return [(response_clock(event.ticket_id), changed)]
        case EntitlementChanged(tier=tier, calendar=calendar):
            entitled = ChangeEntitlement(at=at, tier=tier, calendar=calendar, policies=policies)
            return [(response_clock(event.ticket_id), entitled)]
        case InitialResponseGiven():
            return [(response_clock(event.ticket_id), RecordResponse(at=at, policies=policies))]
        case Closed(cause="withdrawn"):
            return [(response_clock(event.ticket_id), WithdrawTicket(at=at, policies=policies))]
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


def _opened(fact: Fact, event: TicketOpened, policies: Policies) -> AwaitInformation | StartClock:
    kind = AwaitInformation if event.missing else StartClock
    return kind(
        at=fact.happened_at,
        ticket_id=event.ticket_id,
        severity=event.severity,
        tier=event.tier,
        calendar=event.calendar,
        policies=policies,
    )
