"""What follows from a command. `[]` means: already so."""

from contracts.roles import CUSTOMERS
from intake.domain import account as accounts
from intake.domain.commands import (
    AddParticipant,
    Assign,
    ChangeAccount,
    ChangeEntitlement,
    ChangeLocale,
    ChangePriority,
    ChangeSeverity,
    Close,
    Command,
    FollowUp,
    GiveInitialResponse,
    HeedPolicy,
    Import,
    MarkMessage,
    NoteDelivery,
    NoteWaitingMails,
    OpenTicket,
    PassOn,
    PostMessage,
    ProvideInformation,
    RegisterAccount,
    RemoveParticipant,
    RequestInformation,
    Resolve,
)
from intake.domain.events import AccountRegistered, IntakeEvent, PassedOn, TicketEvent, TicketOpened, identity_of
from intake.domain.evolve import evolve
from intake.domain.refusals import TicketUnknown
from intake.domain.rights import admit
from intake.domain.state import Account, Nothing, Passed, Situation, State, not_answered, reopened
from intake.domain.ticket import conversation, handling, marking, participants


def decide(command: Command, state: State) -> list[IntakeEvent]:
    """The events, in order. Raises a Refusal: first about the role, then the ticket, the situation, the words."""
    admit(command)
    match command:
        case RegisterAccount():
            return [*accounts.register(command, state)]
        case ChangeAccount():
            return [*accounts.change(command, state)]
        case PassOn(mail=event) | NoteDelivery(notice=event) | NoteWaitingMails(noted=event):
            return _passed_on(event, state)
        case Import(fact=fact):
            return _imported(fact, state)
        case OpenTicket():
            return _opened(command) if isinstance(state, Nothing) else []
        case _:
            return [*_follow_up(command, _ticket_for(command, state))]


def _passed_on(event: PassedOn, state: State) -> list[IntakeEvent]:
    """Each once, also if it is asked for under another id."""
    is_new = isinstance(state, Nothing) or (isinstance(state, Passed) and identity_of(event) not in state.on)
    return [event] if is_new else []


def _opened(command: OpenTicket) -> list[IntakeEvent]:
    opened = conversation.open_ticket(command)
    begun = evolve(Nothing(), opened[0])
    assert not isinstance(begun, Nothing | Account | Passed)
    return [*opened, *participants.named_in_opening(command, begun.ticket)]


def _imported(fact: IntakeEvent, state: State) -> list[IntakeEvent]:
    """What begins a ticket or an account does so once; what follows needs it to be there."""
    if isinstance(fact, AccountRegistered | TicketOpened):
        return [fact] if isinstance(state, Nothing) else []
    if isinstance(state, Nothing):
        raise TicketUnknown("Bring in its opening first.")
    return [fact]


def _ticket_for(command: FollowUp, state: State) -> Situation:
    """The ticket, unless it is another account's: then, for a customer, there is none."""
    if isinstance(state, Nothing | Account | Passed):
        raise TicketUnknown
    if command.by in CUSTOMERS and command.account_id != state.ticket.account_id:
        raise TicketUnknown
    return state


def _follow_up(command: FollowUp, state: Situation) -> list[TicketEvent]:
    match command:
        case ProvideInformation():
            return conversation.provide(command, state)
        case RequestInformation():
            return conversation.request(command, state)
        case HeedPolicy():
            return conversation.heed(command, state)
        case PostMessage():
            return _post(command, state)
        case AddParticipant():
            return participants.add(command, state)
        case RemoveParticipant():
            return participants.remove(command, state)
        case MarkMessage():
            return marking.mark(command, state)
        case GiveInitialResponse():
            return conversation.respond(command, state)
        case ChangeSeverity():
            return handling.change_severity(command, state)
        case ChangePriority():
            return handling.change_priority(command, state)
        case Assign():
            return handling.assign(command, state)
        case ChangeEntitlement():
            return handling.change_entitlement(command, state)
        case ChangeLocale():
            return handling.change_locale(command, state)
        case Resolve():
            return handling.resolve(command, state)
        case Close():
            return handling.close(command, state)
        case _:
            return handling.reopen(command, state)


def _post(command: PostMessage, state: Situation) -> list[TicketEvent]:
    """A requester who writes on a resolved or closed ticket takes it up again; staff may write without."""
    if command.by not in CUSTOMERS:
        if command.states and command.public and not_answered(state):
            response = conversation.as_response(command)
            admit(response)
            return conversation.respond(response, state)
        return conversation.post(command, state)
    posted = conversation.post(command, reopened(state))
    return [*handling.reopen(command, state), *posted, *participants.joining(command, state.ticket)]
