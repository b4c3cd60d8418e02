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
    Import,
    OpenTicket,
    PostMessage,
    ProvideInformation,
    RegisterAccount,
    Reopen,
    RequestInformation,
    Resolve,
)
from intake.domain.refusals import NotAllowed

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
