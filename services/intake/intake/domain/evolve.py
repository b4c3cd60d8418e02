"""What the facts add up to. Never fails: a fact has already happened."""

from contracts.replacing import replace
from intake.domain import events as facts
from intake.domain.state import (
    Account,
    Closed,
    Contact,
    Locale,
    Nothing,
    Open,
    Passed,
    Resolved,
    Responded,
    Situation,
    State,
    Ticket,
    WaitingForInformation,
    reopened,
    with_ticket,
)
from intake.domain.ticket.information import in_order, merged, named_in


def evolve(state: State, event: facts.IntakeEvent) -> State:
    """The state after the event; a fact that doesn't fit the state changes nothing."""
    match state, event:
        case Nothing(), _:
            return _beginning(state, event)
        case Passed(on=before), _:
            return Passed(before | {facts.identity_of(event)}) if isinstance(event, facts.PassedOn) else state
        case Account(), facts.TierChanged(tier=tier, calendar=calendar):
            return replace(state, tier=tier, calendar=calendar)
        case Account(), facts.LocaleChanged(language=language, zone=zone):
            return replace(state, locale=Locale(language, zone))
        case Account(), _:
            return state
        case _:
            return _onward(state, event)


def _beginning(state: Nothing, event: facts.IntakeEvent) -> State:
    match event:
        case facts.FeedbackMailReceived() | facts.DeliveryNoticeReceived() | facts.WaitingMailsNoted():
            return Passed(frozenset({facts.identity_of(event)}))
        case facts.AccountRegistered():
            return Account(
                account_id=event.account_id,
                name=event.name,
                tier=event.tier,
                calendar=event.calendar,
                domains=event.domains,
                locale=Locale(event.language, event.zone),
            )
        case facts.TicketOpened():
            ticket = Ticket(
                ticket_id=event.ticket_id,
                number=event.number,
                account_id=event.account_id,
                account_version=event.account_version,
                subject_id=event.subject_id,
                severity=event.severity,
                priority=event.priority,
                tier=event.tier,
                calendar=event.calendar,
                details=event.details,
                email=event.email,
                locale=Locale(event.language, event.zone),
                locale_version=event.account_version,
                asks="nobody" if event.own else "portal" if event.machine else "mail",
            )
            return WaitingForInformation(ticket, event.missing) if event.missing else Open(ticket)
        case _:
            return state


def _onward(state: Situation, event: facts.IntakeEvent) -> Situation:
    ticket = state.ticket
    match event, state:
        case facts.MessagePosted(), _:
            return with_ticket(state, _written_on(ticket, event))
        case facts.InformationRequested(missing=missing), WaitingForInformation() | Open():
            wanted, asked = (state.missing, state.asked) if isinstance(state, WaitingForInformation) else ((), ())
            asked = in_order({*asked, *named_in(event, wanted)})
            return WaitingForInformation(_contacted(ticket, "information-request"), missing, asked)
        case facts.InformationReceived(details=told, missing=missing), WaitingForInformation(asked=asked):
            asked = tuple(name for name in asked if name in missing)
            return WaitingForInformation(replace(ticket, details=merged(ticket.details, told)), missing, asked)
        case facts.InformationCompleted(details=told), WaitingForInformation():
            return Open(replace(ticket, details=merged(ticket.details, told)))
        case facts.InitialResponseGiven(), WaitingForInformation() | Open():
            return Responded(_contacted(ticket, "initial-response"))
        case facts.Resolved(), Responded():
            return Resolved(ticket)
        case facts.Closed(closing=closing), WaitingForInformation() | Open() | Responded():
            return Closed(replace(state, ticket=replace(ticket, closings=closing)))
        case facts.Closed(closing=closing), Resolved():
            return Closed(Responded(replace(ticket, closings=closing)))
        case facts.Reopened(), _:
            return reopened(state)
        case _:
            return with_ticket(state, _told(ticket, event))


def _told(ticket: Ticket, event: facts.IntakeEvent) -> Ticket:
    """The ticket after a fact that may come in any situation."""
    match event:
        case facts.InformationReceived(details=told):
            return replace(ticket, details=merged(ticket.details, told))
        case facts.SeverityChanged(severity=severity):
            return replace(ticket, severity=severity)
        case facts.PriorityChanged(priority=priority):
            return replace(ticket, priority=priority)
        case facts.Assigned(engineer=engineer):
            return replace(ticket, assignee=engineer)
        case facts.EntitlementChanged(account_version=version, tier=tier, calendar=calendar):
            return replace(ticket, account_version=version, tier=tier, calendar=calendar)
        case facts.MessageMarked(message_id=message_id):
            return replace(ticket, marked=ticket.marked | {message_id})
        case facts.ParticipantAdded(subject_id=subject):
            there, gone = ticket.participants | {subject}, ticket.removed - {subject}
            return replace(ticket, participants=there, removed=gone)
        case facts.ParticipantRemoved(subject_id=subject):
            there, gone = ticket.participants - {subject}, ticket.removed | {subject}
            return replace(ticket, participants=there, removed=gone)
        case facts.TicketLocaleChanged(account_version=version, language=language, zone=zone):
            return replace(ticket, locale_version=version, locale=Locale(language, zone))
        case _:
            return ticket


def _written_on(ticket: Ticket, message: facts.MessagePosted) -> Ticket:
    if message.author == "requester" and not message.machine and ticket.asks == "portal":
        return replace(ticket, asks="mail")
    return _contacted(ticket, "message") if message.contact else ticket


def _contacted(ticket: Ticket, contact: Contact) -> Ticket:
    return ticket if ticket.contact else replace(ticket, contact=contact)
