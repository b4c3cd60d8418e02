"""Who may do what: one table."""

from collections.abc import Mapping
from typing import Any

from contracts.roles import CUSTOMERS, Role
from intake.domain.commands import (
    Assign,
    ChangeEntitlement,
    ChangePriority,
    ChangeSeverity,
    ChangeTier,
    Close,
    Command,
    GiveInitialResponse,
    HeedPolicy,
    Import,
    OpenTicket,
    PostMessage,
    ProvideInformation,
    RegisterAccount,
    Reopen,
    RequestInformation,
    Resolve,
)
from intake.domain.refusals import NotAllowed, NotWithdrawable, NotYoursToClose
from intake.domain.state import Ticket

Roles = frozenset[Role]

DESK: Roles = frozenset({"engineer", "account-manager"})
"""The TSE and TAM who work tickets (P2); a message of theirs is a contact (P6)."""
LEAD: Roles = frozenset({"support-manager"})
UPSTAIRS: Roles = frozenset({"vp", "ceo"})
LICENSING: Roles = frozenset({"admin", "account-manager", "service"})

MAY: Mapping[type[Any], Roles] = {
    RegisterAccount: LICENSING,
    ChangeTier: LICENSING,
    OpenTicket: CUSTOMERS | DESK | LEAD,
    ProvideInformation: CUSTOMERS | DESK,
    RequestInformation: DESK,
    HeedPolicy: frozenset({"service"}),
    PostMessage: CUSTOMERS | DESK | LEAD | UPSTAIRS,
    GiveInitialResponse: DESK,
    ChangeSeverity: DESK,
    ChangePriority: DESK,
    Assign: DESK | LEAD,
    ChangeEntitlement: frozenset({"service"}),
    Resolve: DESK,
    Close: CUSTOMERS | DESK | LEAD,
    Reopen: CUSTOMERS | DESK | LEAD,
    Import: frozenset({"service"}),
}


def admit(command: Command) -> None:
    """Raises NotAllowed for a role that may not give this command."""
    allowed = MAY[type(command)]
    if command.by not in allowed:
        raise NotAllowed(f"This takes one of the roles {', '.join(sorted(allowed))}; yours is {command.by}.")


def may_end(command: Close, ticket: Ticket) -> None:
    """Raises a Refusal for who may not end that ticket so: colleagues of the requester may write on it, no more."""
    on_its_side = command.by == "account-admin" or (
        command.by == "requester" and command.subject_id == ticket.subject_id
    )
    if command.cause == "withdrawn" and not on_its_side:
        raise NotWithdrawable("Ask them to; staff close it as resolved, after the initial response.", field="cause")
    if command.by in CUSTOMERS and not on_its_side:
        raise NotYoursToClose("You may write on it: ask them to close it.")
