"""What a ticket's thread says of one of its mails at the moment of sending."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.envelope import Recorded
from contracts.notifications import NotificationRequested, ThreadOvertaken
from notifier.domain.overtaking import CALL, VERDICT
from notifier.senders.letters import Request


@dataclass(frozen=True, slots=True)
class Asked:
    """`overtaken`: its words are no longer true. `retracts`: the notices that it takes back, of a retraction."""

    request: Request
    overtaken: bool = False
    retracts: tuple[UUID, ...] = ()


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
