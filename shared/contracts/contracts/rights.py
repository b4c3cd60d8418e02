"""Who may do what: each service has one table of it, `domain/rights.py`, made of these."""

from dataclasses import dataclass
from typing import ClassVar

from contracts.refusals import Refusal
from contracts.roles import Role, Roles


class NotAllowed(Refusal):
    """Your role may not do this."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "role-not-allowed"


@dataclass(frozen=True, slots=True)
class Right:
    """What only some `roles` may do; `otherwise` is what the others are told. Without it they are told the roles."""

    roles: Roles
    otherwise: str = ""

    def demand(self, role: Role) -> None:
        """Raises NotAllowed for a role that doesn't have this right."""
        if role not in self.roles:
            listed = f"This takes one of the roles {', '.join(sorted(self.roles))}; yours is {role}."
            raise NotAllowed(self.otherwise or listed)
