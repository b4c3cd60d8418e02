"""Rights: which roles may do something. Each service has one table of them, `domain/rights.py`."""

from dataclasses import dataclass
from typing import ClassVar

from contracts.refusals import Refusal
from contracts.roles import KEYHOLDERS, Role, Roles


class NotAllowed(Refusal):
    """Your role may not do this."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "role-not-allowed"


@dataclass(frozen=True, slots=True)
class Right:
    """Something that only these `roles` may do. `otherwise`: the answer to others; if empty, it lists the roles."""

    roles: Roles
    otherwise: str = ""

    def demand(self, role: Role) -> None:
        """Raises NotAllowed for a role that doesn't have this right."""
        if role not in self.roles:
            listed = f"This takes one of the roles {', '.join(sorted(self.roles))}; yours is {role}."
            raise NotAllowed(self.otherwise or listed)


READ_WORDS = Right(KEYHOLDERS, "Analysts have the log without keys: facts, but no words of persons.")
"""What persons said; a customer's right ends at its own account."""
