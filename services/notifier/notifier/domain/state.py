"""The situations of a thread and of a notification."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from contracts.feedback import Terms
from contracts.notifications import AnyTemplate


class Staff(NamedTuple):
    """A recipient among the staff: a role, and the person if known. `owed`: what they were told is late."""

    role: str
    person: str | None
    owed: str = ""
    """The metric; empty for the first answer."""


class Recipient(NamedTuple):
    """A customer to whom mails go. `first`: the first that was requested to them."""

    subject_id: UUID
    email: str
    first: UUID | None = None


class Notice(NamedTuple):
    """A notification that was requested.

    `owed`: the metric that it says is late, empty for the first answer; of a call about a complaint, the escalation; of
    a survey's mail or reminder, the survey.
    """

    notification_id: UUID
    template: AnyTemplate
    owed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """What notifications need to know of their ticket, or feedback.

    `mails`: the Message-ID of each customer's last mail. `informed`: the staff who were told that something is late.
    `decided`: all notifications that were requested or suppressed. `first_to_requester`, `first_to_staff`: the first
    that was requested to each. `current`: the requested ones that still hold; `overtaken`: those that no longer do.
    `language`, `zone`, `terms`: as on ThreadOpened. `reviewer`: who reviews the complaint; None: it is none.
    `others`: who takes part beside the requester.
    """

    ticket_id: UUID
    subject_id: UUID
    number: str
    email: str
    mails: Mapping[UUID, str]
    engineer: str | None = None
    informed: tuple[Staff, ...] = ()
    decided: frozenset[UUID] = frozenset()
    first_to_requester: UUID | None = None
    first_to_staff: UUID | None = None
    current: tuple[Notice, ...] = ()
    overtaken: frozenset[UUID] = frozenset()
    language: str | None = None
    zone: str | None = None
    terms: Terms | None = None
    reviewer: str | None = None
    others: tuple[Recipient, ...] = ()

    @property
    def requester(self) -> Recipient:
        """The requester, or whoever gave feedback."""
        return Recipient(self.subject_id, self.email, self.first_to_requester)


@dataclass(frozen=True, slots=True)
class Nothing:
    """The ticket has no thread, or the notification has no outcome yet."""


@dataclass(frozen=True, slots=True)
class AwaitingAnswer:
    """The requester waits for the first answer, and it is not late. Threads of feedback stay so: it has no answer."""

    thread: Thread


@dataclass(frozen=True, slots=True)
class Overdue:
    """The requester waits for the first answer, and the promise is broken."""

    thread: Thread


@dataclass(frozen=True, slots=True)
class Answered:
    """The first answer was given, or is no longer wanted; a retraction may still be owed to `thread.informed`."""

    thread: Thread


@dataclass(frozen=True, slots=True)
class Sent:
    """The mail server took the mail."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """The mail failed or was suppressed."""


@dataclass(frozen=True, slots=True)
class Bounced:
    """The mail came back."""


@dataclass(frozen=True, slots=True)
class Marked:
    """Nothing is sent to the person's address."""


Conversation = AwaitingAnswer | Overdue | Answered
State = Nothing | Conversation | Sent | Unsent | Bounced | Marked

INITIAL: State = Nothing()
