"""What intake takes of the policy: the information that a ticket must have, and the calendars that may be agreed."""

from dataclasses import dataclass

from contracts import policy
from contracts.sla import PolicyPublished
from intake.domain.events import Detail


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """The version in force. `calendars`: those it has; None: nobody has told us yet."""

    version: str | None
    required: tuple[Detail, ...]
    calendars: tuple[str, ...] | None

    def knows(self, calendar: str | None) -> bool:
        """Whether that calendar may be agreed: none always; any, while we know of no policy."""
        return calendar is None or self.calendars is None or calendar in self.calendars

    def published(self, event: PolicyPublished) -> "Policy":
        """With another version in force. Raises ValueError for one that says nothing we understand."""
        return Policy(
            version=event.version,
            required=policy.required(event),
            calendars=tuple(sorted(policy.calendars(event))),
        )


SHIPPED = Policy(version=None, required=policy.DEFAULT_REQUIRED, calendars=None)
"""Until a policy is heard of: what the one that ships requires. A door doesn't wait for another service."""
