"""What a ticket's thread says of one of its mails at the moment of sending."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from msgspec import structs

from contracts.envelope import Recorded
from contracts.notifications import NotificationRequested, ThreadOvertaken
from contracts.replacing import replace
from notifier.domain import next_call
from notifier.domain.overtaking import CALL, VERDICT
from notifier.senders.letters import Request


@dataclass(frozen=True, slots=True)
class Asked:
    """`overtaken`: its words are no longer true. `retracts`: the notices that it takes back, of a retraction.

    `next_at`: when the next one is called, of a call that was requested in terms, once that is known.
    """

    request: Request
    overtaken: bool = False
    retracts: tuple[UUID, ...] = ()
    next_at: datetime | None = None

    @property
    def in_terms(self) -> bool:
        """Whether it is a call that can't name the instant of the next one yet."""
        return self.next_at is None and next_call.lacks_instant(self.request.event.about)

    @property
    def said(self) -> Request:
        """The request, with all that is known now."""
        about = self.request.event.about
        if about is None or self.next_at is None:
            return self.request
        event = replace(self.request.event, about=next_call.named(about, self.next_at))
        return structs.replace(self.request, event=event)

    def pause(self, waited: float) -> float | None:
        """Real seconds until it asks again for that instant, so many after it was requested; None: it waits no more."""
        if self.overtaken or not self.in_terms:
            return None
        return next_call.pause(self.request.event.about, waited)


def asked(thread: Sequence[Recorded[Any]], notification_id: UUID) -> Asked:
    """Read a thread's facts, in order. Raises LookupError if it never requested that notification."""
    requests = {fact.event.notification_id: fact for fact in thread if isinstance(fact.event, NotificationRequested)}
    request = requests[notification_id]
    gone = {one for fact in thread if isinstance(fact.event, ThreadOvertaken) for one in fact.event.notifications}
    said = [fact.event for fact in requests.values()]
    return Asked(request, notification_id in gone, _retracted(said, request.event))


def _retracted(said: Sequence[NotificationRequested], retraction: NotificationRequested) -> tuple[UUID, ...]:
    """The notices to the same person about the same promise, since the last retraction."""
    found: list[UUID] = []
    if retraction.template != "breach-retracted":
        return ()
    for one in said[: said.index(retraction)]:
        if (one.role, one.assignee, _owed(one)) != (retraction.role, retraction.assignee, _owed(retraction)):
            continue
        if one.template == "breach-retracted":
            found.clear()
        elif one.template in VERDICT | CALL:
            found.append(one.notification_id)
    return tuple(found)


def _owed(one: NotificationRequested) -> str:
    return (one.about or {}).get("metric", "")
