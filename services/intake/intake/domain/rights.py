"""Who may do what: one table."""

from collections.abc import Mapping
from typing import Any

from contracts.rights import Right
from contracts.roles import ADMINISTRATORS, CUSTOMERS, DESK, EXECUTIVES, LEAD, MACHINES, STAFF, VENDOR, Roles
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
    Reopen,
    RequestInformation,
    Resolve,
)
from intake.domain.refusals import NotesAreInternal, NotWithdrawable, NotYoursToClose
from intake.domain.state import Ticket

LICENSING: Roles = ADMINISTRATORS | MACHINES | {"account-manager"}

MAY: Mapping[type[Any], Roles] = {
    RegisterAccount: LICENSING,
    ChangeAccount: LICENSING,
    OpenTicket: CUSTOMERS | DESK | LEAD,
    ProvideInformation: CUSTOMERS | DESK,
    RequestInformation: DESK,
    HeedPolicy: MACHINES,
    PostMessage: CUSTOMERS | DESK | LEAD | EXECUTIVES,
    AddParticipant: DESK | LEAD,
    RemoveParticipant: DESK | LEAD,
    MarkMessage: STAFF,
    GiveInitialResponse: DESK,
    ChangeSeverity: DESK,
    ChangePriority: DESK,
    Assign: DESK | LEAD,
    ChangeEntitlement: MACHINES,
    ChangeLocale: MACHINES,
    Resolve: DESK,
    Close: CUSTOMERS | DESK | LEAD,
    Reopen: CUSTOMERS | DESK | LEAD,
    PassOn: CUSTOMERS,
    NoteDelivery: MACHINES,
    NoteWaitingMails: MACHINES,
    Import: MACHINES,
}
"""The roles that may give each command."""

NAME_PARTICIPANTS = Right(MAY[AddParticipant], "Name colleagues in Cc of a mail, or have them write on the ticket.")
READ_MAILS = Right(DESK | LEAD | ADMINISTRATORS)
SORT_MAILS = Right(DESK | LEAD | ADMINISTRATORS)
READ_ATTACHMENTS = Right(STAFF, "An engineer can send you what you need of it.")
LIST_ACCOUNTS = Right(VENDOR, "Your own account is at /v1/accounts/{account_id}.")


def admit(command: Command) -> None:
    """Raises NotAllowed for a role that may not give this command."""
    Right(MAY[type(command)]).demand(command.by)


def may_write(command: PostMessage) -> None:
    """Raises NotesAreInternal for a customer who writes a note among staff."""
    if command.by in CUSTOMERS and not command.public:
        raise NotesAreInternal("Leave out `public`, or say true.", field="public")


def may_end(command: Close, ticket: Ticket) -> None:
    """Raises a Refusal for a person who may not end the ticket so. Colleagues of the requester may only write on it."""
    on_its_side = command.by == "account-admin" or (
        command.by == "requester" and command.subject_id == ticket.subject_id
    )
    if command.cause == "withdrawn" and not on_its_side:
        raise NotWithdrawable("Ask them to; staff close it as resolved, after the initial response.", field="cause")
    if command.by in CUSTOMERS and not on_its_side:
        raise NotYoursToClose("You may write on it: ask them to close it.")
