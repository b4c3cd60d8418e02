"""What intake needs of the policy: the information that a ticket must have, and the calendars that may be agreed."""

from dataclasses import dataclass

from contracts import policy
from contracts.sla import PolicyPublished
from intake.domain.events import Detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The version in force, or None before one was heard of. `calendars`: its calendars; None: not known yet."""

    version: str | None
    required: tuple[Detail, ...]
    calendars: tuple[str, ...] | None

    def knows(self, calendar: str | None) -> bool:
        """Whether that calendar may be agreed. None always may; any may while no policy is known."""
        return calendar is None or self.calendars is None or calendar in self.calendars

    def published(self, event: PolicyPublished) -> "Policy":
        """The policy after this publication. Raises ValueError if we can't understand it."""
        return Policy(
            version=event.version,
            required=policy.required(event),
            calendars=tuple(sorted(policy.calendars(event))),
        )


SHIPPED = Policy(version=None, required=policy.DEFAULT_REQUIRED, calendars=None)
"""What the shipped policy requires, until one is heard of: a door doesn't wait for another service."""
