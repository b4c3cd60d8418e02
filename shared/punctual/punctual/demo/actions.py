"""What people do in the demo, and when. Each action goes through a public door: HTTP, SMTP, or the link in a mail."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal
from uuid import UUID, uuid5

Tier = Literal["enlist", "patrol", "command", "assessment"]
Way = Literal["portal", "chat", "email"]
Form = Literal["plain", "multipart", "attachment", "twice"]
"""How a mail is made. `twice`: the sender's server delivers it two times, and later the sender is away."""

_NAMES = UUID("0f1a3c52-8f1e-5b0e-9d57-1c5a4a0e7b60")


@dataclass(frozen=True, slots=True)
class Account:
    """A customer."""

    name: str
    tier: Tier
    domain: str

    @property
    def id(self) -> UUID:
        """Ours to choose, so that requesters' tokens can be issued before it is registered."""
        return uuid5(_NAMES, self.domain)


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """Something that somebody does at that instant."""

    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Open(Action):
    """The requester asks for help. `details`: the required information that is given at once."""

    severity: int
    priority: str
    title: str
    description: str
    details: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inform(Action):
    """The requester says what was missing."""

    details: dict[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask(Action):
    """An engineer finds the information incomplete."""

    missing: tuple[str, ...]
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Write(Action):
    """A message to the other side."""

    by: Literal["requester", "engineer"]
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assign(Action):
    """The ticket's engineer takes it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Respond(Action):
    """The initial response."""

    states: Literal["resolution", "plan"]
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assess(Action):
    """Another severity."""

    severity: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve(Action):
    """The matter is settled."""

    resolution: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Close(Action):
    """Close the ticket: after a resolution, or because its requester withdrew it, which needs no answer."""

    cause: Literal["resolved", "withdrawn"] = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reopen(Action):
    """Not the end after all."""

    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate(Action):
    """The requester has read the survey mail about that closing, follows its link and rates the support."""

    closing: int
    rating: int
    comment: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """All that happens to one ticket. `acknowledges`: the role that takes its escalation on, if any does."""

    incident: str
    account: Account
    person: str
    email: str
    engineer: str
    way: Way
    actions: tuple[Action, ...]
    form: Form = "plain"
    acknowledges: str | None = None
    closings: int = field(default=0)
