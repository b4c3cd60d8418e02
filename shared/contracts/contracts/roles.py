"""The roles in which somebody acts: in tokens, in each event's `meta`, and in the decisions of cores (P2)."""

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
Roles = frozenset[Role]

CUSTOMERS: Roles = frozenset({"requester", "account-admin"})
"""They act for one account, and see nothing of others."""
DESK: Roles = frozenset({"engineer", "account-manager"})
"""The TSE and TAM who work tickets (P2); a message of theirs is a contact (P6)."""
LEAD: Roles = frozenset({"support-manager"})
EXECUTIVES: Roles = frozenset({"vp", "ceo"})
STAFF: Roles = DESK | LEAD | EXECUTIVES
"""The people of the support, from the desk to the CEO."""
ADMINISTRATORS: Roles = frozenset({"admin"})
MACHINES: Roles = frozenset({"service"})
"""A service itself, or a program that acts for the desk."""
VENDOR: Roles = frozenset(ROLES) - CUSTOMERS
"""All who are no customers: staff, analysts, administrators, services."""
KEYHOLDERS: Roles = frozenset(ROLES) - {"analyst"}
"""They may read what persons said. Analysts have the log without keys: facts, but no words of persons."""
