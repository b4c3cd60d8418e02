"""What follows when a ticket is assessed, assigned, resolved, closed or reopened."""

from contracts.roles import CUSTOMERS
from contracts.texts import LINE_BYTES, required_text
from intake.domain import events as facts
from intake.domain.commands import (
    Assign,
    ChangeEntitlement,
    ChangeLocale,
    ChangePriority,
    ChangeSeverity,
    Close,
    PostMessage,
    Reopen,
    Resolve,
)
from intake.domain.refusals import NotAnswered, NotContacted, TicketClosed
from intake.domain.rights import may_end
from intake.domain.state import Closed, Open, Resolved, Situation, Ticket, WaitingForInformation, reopened, underway

Facts = list[facts.TicketEvent]
WROTE_AGAIN = "The requester wrote again."


def change_severity(command: ChangeSeverity, state: Situation) -> Facts:
    """Only after initial contact, and with a reason (P6)."""
    ticket = _assessable(state)
    reason = required_text(command.reason, "reason")
    if command.severity == ticket.severity:
        return []
    return [
        facts.SeverityChanged(
            ticket_id=ticket.ticket_id,
            subject_id=ticket.subject_id,
            before=ticket.severity,
            severity=command.severity,
            tier=ticket.tier,
            calendar=ticket.calendar,
            reason=reason,
        )
    ]


def change_priority(command: ChangePriority, state: Situation) -> Facts:
    """Only after initial contact, and with a reason (P6)."""
    ticket = _assessable(state)
    reason = required_text(command.reason, "reason")
    if command.priority == ticket.priority:
        return []
    return [
        facts.PriorityChanged(
            ticket_id=ticket.ticket_id,
            subject_id=ticket.subject_id,
            before=ticket.priority,
            priority=command.priority,
            reason=reason,
        )
    ]


def _assessable(state: Situation) -> Ticket:
    ticket = _not_closed(state)
    if ticket.contact is None:
        raise NotContacted("Write to the requester first; an automatic reply is no contact.")
    return ticket


def _not_closed(state: Situation) -> Ticket:
    if isinstance(state, Closed):
        raise TicketClosed("Reopen it first.")
    return state.ticket


def assign(command: Assign, state: Situation) -> Facts:
    """Assign the ticket to an engineer."""
    ticket = _not_closed(state)
    engineer = required_text(command.engineer, "engineer", LINE_BYTES)
    if engineer == ticket.assignee:
        return []
    return [facts.Assigned(ticket_id=ticket.ticket_id, engineer=engineer, before=ticket.assignee)]


def change_entitlement(command: ChangeEntitlement, state: Situation) -> Facts:
    """Follow the account, never back to an older version of it; a closed ticket follows no more (P14)."""
    ticket = state.ticket
    entitlement = command.entitlement
    same = (entitlement.tier, entitlement.calendar) == (ticket.tier, ticket.calendar)
    if isinstance(state, Closed) or same or entitlement.account_version <= ticket.account_version:
        return []
    return [
        facts.EntitlementChanged(
            ticket_id=ticket.ticket_id,
            account_id=ticket.account_id,
            account_version=entitlement.account_version,
            severity=ticket.severity,
            tier=entitlement.tier,
            calendar=entitlement.calendar,
        )
    ]


def change_locale(command: ChangeLocale, state: Situation) -> Facts:
    """Follow the account, never back to an older version of it; a closed ticket follows once it is reopened."""
    ticket, locale = state.ticket, command.locale
    if isinstance(state, Closed) or locale == ticket.locale or command.account_version <= ticket.locale_version:
        return []
    return [
        facts.TicketLocaleChanged(
            ticket_id=ticket.ticket_id,
            account_id=ticket.account_id,
            account_version=command.account_version,
            language=locale.language,
            zone=locale.zone,
        )
    ]


def resolve(command: Resolve, state: Situation) -> Facts:
    """Resolve the ticket; only after the initial response."""
    match state:
        case Resolved():
            return []
        case Closed():
            raise TicketClosed("Reopen it first.")
        case WaitingForInformation() | Open():
            raise NotAnswered("Give the initial response; it may state the resolution.")
        case _:
            ticket = state.ticket
            return [
                facts.Resolved(
                    ticket_id=ticket.ticket_id,
                    subject_id=ticket.subject_id,
                    resolution=required_text(command.resolution, "resolution"),
                )
            ]


def close(command: Close, state: Situation) -> Facts:
    """Close the ticket: as resolved only after the initial response, as withdrawn at any time."""
    may_end(command, state.ticket)
    match command.cause, state:
        case _, Closed():
            return []
        case "resolved", WaitingForInformation() | Open():
            raise NotAnswered("Give it first; only the requester may do without, by withdrawing.", field="cause")
        case _:
            ticket = state.ticket
            return [
                facts.Closed(
                    ticket_id=ticket.ticket_id,
                    account_id=ticket.account_id,
                    subject_id=ticket.subject_id,
                    number=ticket.number,
                    cause=command.cause,
                    closing=ticket.closings + 1,
                    email=ticket.email,
                    severity=ticket.severity,
                    tier=ticket.tier,
                    engineer=ticket.assignee,
                    language=ticket.locale.language,
                    zone=ticket.locale.zone,
                    asks=ticket.asks,
                )
            ]


def reopen(command: Reopen | PostMessage, state: Situation) -> Facts:
    """Reopen the ticket in the situation in which it was left; one that was not ended stays open."""
    if not isinstance(state, Resolved | Closed):
        return []
    ticket = state.ticket
    by_customer = command.subject_id if command.by in CUSTOMERS else None
    return [
        facts.Reopened(
            ticket_id=ticket.ticket_id,
            subject_id=by_customer or ticket.subject_id,
            reason=required_text(command.reason, "reason") if isinstance(command, Reopen) else WROTE_AGAIN,
            underway=underway(reopened(state)),
            message_id=command.message_id if isinstance(command, PostMessage) else None,
            closing=ticket.closings or None,
        )
    ]
