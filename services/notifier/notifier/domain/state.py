"""The situations of a thread and of a notification."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from contracts.notifications import Template


class Staff(NamedTuple):
    """Someone of the vendor: a role, and who it is, where that is known."""

    role: str
    person: str | None
    owed: str = ""
    """What they were told is late, if it is not the first answer."""


class Notice(NamedTuple):
    """A notification that was requested. `owed`: what it says is late, if it is not the first answer."""

    notification_id: UUID
    template: Template
    owed: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Thread:
    """What a ticket's notifications need to know of it.

    `mail`: the Message-ID of the mail that opened it. `told`: the staff who know of what is late.
    `said`: the notifications decided. `first_out`, `first_in`: the first of them to the requester and to staff.
    `current`: those requested whose words still hold. `overtaken`: those whose words hold no longer.
    """

    ticket_id: UUID
    subject_id: UUID
    number: str
    email: str
    mail: str | None
    engineer: str | None = None
    told: tuple[Staff, ...] = ()
    said: frozenset[UUID] = frozenset()
    first_out: UUID | None = None
    first_in: UUID | None = None
    current: tuple[Notice, ...] = ()
    overtaken: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Nothing:
    """No such ticket is known here, or nothing has become of the notification yet."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The requester waits for an answer, and it is not too late."""

    thread: Thread


@dataclass(frozen=True, slots=True)
class Overdue:
    """The requester waits for an answer, and the promise is broken."""

    thread: Thread


@dataclass(frozen=True, slots=True)
class Answered:
    """The requester has had an answer or none is wanted any more; `thread.told` may still be owed a retraction."""

    thread: Thread


@dataclass(frozen=True, slots=True)
class Sent:
    """The mail server took it."""


@dataclass(frozen=True, slots=True)
class Unsent:
    """It failed or was suppressed."""


Conversation = Waiting | Overdue | Answered
State = Nothing | Conversation | Sent | Unsent

INITIAL: State = Nothing()
