"""In which role somebody acts: what a token carries, what each event's `meta` names, what the cores decide by (P2)."""

from typing import Literal, get_args

Role = Literal[
    "requester",
    "account-admin",
    "engineer",
    "account-manager",
    "support-manager",
    "vp",
    "ceo",
    "analyst",
    "admin",
    "service",
]
ROLES: tuple[Role, ...] = get_args(Role)
CUSTOMERS: frozenset[Role] = frozenset({"requester", "account-admin"})
"""Who acts for one account, and sees nothing of others."""
