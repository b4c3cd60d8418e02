"""Who may do what: one table."""

from typing import get_args

from contracts.escalations import CalledRole, ComplaintReason
from contracts.rights import Right
from contracts.roles import EXECUTIVES, STAFF, VENDOR, Roles

ACKNOWLEDGE = STAFF
READ_ESCALATIONS = Right(VENDOR, "Escalations are shown to staff only.")

ASCENDING: tuple[CalledRole, ...] = get_args(CalledRole)
NOT_THE_VP: Roles = frozenset({"support-manager", "ceo"})


def acknowledges(reason: ComplaintReason, called: CalledRole) -> Roles:
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
