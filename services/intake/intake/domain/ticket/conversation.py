"""What follows from opening a ticket, from information, messages and the initial response."""

from contracts.roles import CUSTOMERS, DESK
from contracts.texts import LINE_BYTES, bounded_text, is_blank, required_text
from intake.domain import events as facts
from intake.domain.commands import (
    NO_DETAILS,
    GiveInitialResponse,
    HeedPolicy,
    OpenTicket,
    PostMessage,
    ProvideInformation,
    RequestInformation,
)
from intake.domain.refusals import (
    AccountUnknown,
    AlreadyAnswered,
    NobodyAsked,
    NothingAsked,
    StatesNothing,
    TicketClosed,
)
from intake.domain.rights import may_write
from intake.domain.state import Closed, Resolved, Responded, Situation, Ticket, WaitingForInformation, underway
from intake.domain.ticket.information import in_order, merged, missing, news, only, tidy
from intake.domain.ticket.labels import labelled

Facts = list[facts.TicketEvent]


def open_ticket(command: OpenTicket) -> Facts:
    """Open the ticket; it waits if required information is missing (P8, P12)."""
    request, entitlement = command.request, command.entitlement
    if entitlement is None:
        raise AccountUnknown("Register it first, or name another.", field="account_id")
    details = merged(tidy(labelled(request.description).details), tidy(request.details))
    return [
        facts.TicketOpened(
            ticket_id=request.ticket_id,
            number=request.number,
            account_id=request.account_id,
            account_version=entitlement.account_version,
            subject_id=request.subject_id,
            channel=request.channel,
            severity=request.severity,
            priority=request.priority,
            tier=entitlement.tier,
            calendar=entitlement.calendar,
            details=details,
            missing=missing(request.policy.required, details, request.description),
            title=required_text(request.title, "title", LINE_BYTES),
            description=bounded_text(request.description, "description"),
            email=request.email,
            claimed_at=request.claimed_at,
            mail=request.mail,
            thread=request.thread,
            related=request.related,
            policy=request.policy.version,
            language=command.locale.language,
            zone=command.locale.zone,
            machine=request.machine,
            own=request.own,
            attachments=request.attachments,
            reply_to=request.reply_to,
            unread=request.unread,
            severity_unread=request.severity_unread,
        )
    ]


def provide(command: ProvideInformation, state: Situation) -> Facts:
    """Record information; it may complete what the ticket waits for (P12)."""
    if isinstance(state, Closed):
        raise TicketClosed("Reopen it first, or write a message.")
    description = None if is_blank(command.description) else bounded_text(command.description or "", "description")
    told = merged(tidy(labelled(description or "").details), tidy(command.details))
    details = news(state.ticket.details, told, _wanted(state))
    if details == NO_DETAILS and description is None:
        return []
    return _heard(command, state, details, description)


def _answered(command: PostMessage, state: WaitingForInformation) -> Facts:
    """What a message says of the information that its ticket waits for. An answer without any is recorded too: it says
    what is still missing."""
    if command.description is None:
        read = labelled(command.body)
        told, words = merged(tidy(read.details), tidy(command.details)), read.rest
    else:
        told = merged(only(tidy(command.form), state.missing), tidy(command.details))
        words = command.description
    details = news(state.ticket.details, told, state.missing)
    is_description = "description" in state.missing and not is_blank(words)
    return _heard(command, state, details, bounded_text(words, "body") if is_description else None)


def _wanted(state: Situation) -> tuple[facts.Detail, ...]:
    return state.missing if isinstance(state, WaitingForInformation) else ()


def _heard(
    command: ProvideInformation | PostMessage, state: Situation, details: facts.Details, description: str | None
) -> Facts:
    said = facts.InformationReceived(
        ticket_id=state.ticket.ticket_id,
        subject_id=command.subject_id or state.ticket.subject_id,
        details=details,
        missing=missing(_wanted(state), details, description),
        description=description,
        message_id=command.message_id if isinstance(command, PostMessage) else None,
        machine=command.machine if isinstance(command, PostMessage) else False,
    )
    return [_completed(said, state.ticket) if isinstance(state, WaitingForInformation) and not said.missing else said]


def _completed(last: facts.InformationReceived, ticket: Ticket) -> facts.InformationCompleted:
    return facts.InformationCompleted(
        ticket_id=last.ticket_id,
        subject_id=last.subject_id,
        severity=ticket.severity,
        tier=ticket.tier,
        calendar=ticket.calendar,
        details=last.details,
        description=last.description,
        policy=last.policy,
        message_id=last.message_id,
        machine=last.machine,
    )


def heed(command: HeedPolicy, state: Situation) -> Facts:
    """Wait only for what the policy in force requires or staff asked for; never for more than before."""
    policy = command.policy
    if not isinstance(state, WaitingForInformation) or policy.version is None:
        return []
    still = tuple(name for name in state.missing if name in policy.required or name in state.asked)
    if still == state.missing:
        return []
    ticket = state.ticket
    less = facts.InformationReceived(
        ticket_id=ticket.ticket_id,
        subject_id=ticket.subject_id,
        details=NO_DETAILS,
        missing=still,
        policy=policy.version,
    )
    return [less if still else _completed(less, ticket)]


def request(command: RequestInformation, state: Situation) -> Facts:
    """Ask for information: no clock runs until it comes. Not after the initial response."""
    match state:
        case Responded() | Resolved() | Closed(was=Responded()):
            raise AlreadyAnswered("Ask in a message: it no longer touches the response clock.")
        case Closed():
            raise TicketClosed("Reopen it first.")
        case _:
            wanted = in_order(command.missing)
            if not wanted:
                raise NothingAsked("Name at least one of the required details.", field="missing")
            still = state.missing if isinstance(state, WaitingForInformation) else ()
            return [
                facts.InformationRequested(
                    ticket_id=state.ticket.ticket_id,
                    subject_id=state.ticket.subject_id,
                    missing=in_order({*wanted, *still}),
                    reason=required_text(command.reason, "reason"),
                    named=wanted,
                )
            ]


def as_response(command: PostMessage) -> GiveInitialResponse:
    """What staff wrote by mail, as the initial response that it says it is."""
    return GiveInitialResponse(
        ticket_id=command.ticket_id,
        by=command.by,
        message_id=command.message_id,
        states=command.states,
        body=command.body,
        mail=command.mail,
        thread=command.thread,
        attachments=command.attachments,
    )


def post(command: PostMessage, state: Situation) -> Facts:
    """Record a message. If the ticket waits, required information in a requester's message counts."""
    customer = command.by in CUSTOMERS
    may_write(command)
    if command.awaits_reply and (customer or not command.public):
        raise NobodyAsked("Leave it out, or say false.", field="awaits_reply")
    ticket = state.ticket
    writer = command.subject_id if customer and command.subject_id else ticket.subject_id
    message = facts.MessagePosted(
        ticket_id=ticket.ticket_id,
        subject_id=writer,
        message_id=command.message_id,
        channel=command.channel,
        author="requester" if customer else "staff",
        public=command.public,
        contact=command.public and command.by in DESK,
        body=required_text(command.body, "body"),
        mail=command.mail,
        thread=command.thread,
        awaits_reply=command.awaits_reply,
        underway=underway(state),
        machine=command.machine,
        email=command.email if writer != ticket.subject_id else None,
        attachments=command.attachments,
    )
    return [message, *_answered(command, state)] if customer and isinstance(state, WaitingForInformation) else [message]


def respond(command: GiveInitialResponse, state: Situation) -> Facts:
    """Give the initial response, once: a resolution or a plan, in words (P13)."""
    match state:
        case Responded() | Resolved() | Closed(was=Responded()):
            raise AlreadyAnswered("Write a message instead.")
        case Closed():
            raise TicketClosed("Reopen it first.")
        case _:
            if command.states is None:
                raise StatesNothing("Say whether it states a resolution or a plan.", field="states")
            ticket = state.ticket
            return [
                facts.InitialResponseGiven(
                    ticket_id=ticket.ticket_id,
                    subject_id=ticket.subject_id,
                    message_id=command.message_id,
                    severity=ticket.severity,
                    tier=ticket.tier,
                    calendar=ticket.calendar,
                    waiting=isinstance(state, WaitingForInformation),
                    states=command.states,
                    body=required_text(command.body, "body"),
                    awaits_reply=command.awaits_reply,
                    number=ticket.number,
                    account_id=ticket.account_id,
                    mail=command.mail,
                    thread=command.thread,
                    attachments=command.attachments,
                )
            ]
