"""Who may do what: one table."""

from typing import get_args

from contracts.escalations import CalledRole, ComplaintReason, RoleCalled
from contracts.rights import Right
from contracts.roles import EXECUTIVES, STAFF, VENDOR, Roles
from escalation.domain.refusals import NotCalled, NotStaff

READ_ESCALATIONS = Right(VENDOR, "Escalations are shown to staff only.")

ASCENDING: tuple[CalledRole, ...] = get_args(CalledRole)
NOT_THE_VP: Roles = frozenset({"support-manager", "ceo"})


def may_acknowledge(by: str, call: RoleCalled | None) -> None:
    """Raises NotStaff, or NotCalled for a role that the call about a complaint is not for. `call`: None of a ladder."""
    if by not in STAFF:
        raise NotStaff(f"The role {by!r} isn't one of {', '.join(sorted(STAFF))}.")
    if call is None:
        return
    may = _acknowledges(call.reason, call.role)
    if by not in may:
        persons = " or ".join(role for role in ASCENDING if role in may)
        raise NotCalled(f"This call is for the {call.role}. It can be acknowledged by {persons}; you are {by}.")


def _acknowledges(reason: ComplaintReason, called: CalledRole) -> Roles:
    """Who may acknowledge a call about a complaint: the role that was called or one above it.

    An urgent one: the VP or the CEO, whoever of them was called (P22). If another than the VP reviews a complaint, it
    is about the VP, who then can't stop the calls.
    """
    match reason, called:
        case "urgent", _:
            return EXECUTIVES
        case "review", "support-manager":
            return NOT_THE_VP
        case _:
            return frozenset(ASCENDING[ASCENDING.index(called) :])
