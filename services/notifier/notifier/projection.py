"""The read model of notifications, which is also the outbox, and the view of next calls: which row a fact changes."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from contracts.envelope import Fact
from contracts.escalations import EscalationScheduled
from contracts.names import ESCALATIONS, category_of
from contracts.notifications import (
    NotificationFailed,
    NotificationRequested,
    NotificationSent,
    NotificationSuppressed,
)
from kit.consume.views import Part, Parts, View
from kit.decider import Put


def project(fact: Fact, before: Any, after: Any) -> Iterable[Put]:
    """The row that a fact changes."""
    values = _values(fact)
    return [] if values is None else [Put("notifications", {"notification_id": fact.event.notification_id}, values)]


def _values(fact: Fact) -> dict[str, Any] | None:
    match fact.event:
        case NotificationRequested() as requested:
            return {
                "ticket_id": requested.ticket_id,
                "number": requested.number,
                "template": requested.template,
                "role": requested.role,
                "assignee": requested.assignee,
                "subject_id": requested.subject_id,
                "automatic": requested.automatic,
                "status": "requested",
                "requested_at": fact.happened_at,
                "lane": f"{requested.ticket_id}/{requested.role or 'requester'}",
                "shard_seq": fact.shard_seq,
            }
        case NotificationSent(message_id=message_id):
            return {"status": "sent", "reason": None, "sent_at": fact.happened_at, "message_id": message_id}
        case NotificationFailed(reason=reason, attempts=attempts):
            return {"status": "failed", "reason": reason, "attempts": attempts}
        case NotificationSuppressed() as suppressed:
            values: dict[str, Any] = {"status": "suppressed", "reason": suppressed.reason}
            if category_of(fact.stream) == "thread":  # it was never requested
                values |= {
                    "ticket_id": suppressed.ticket_id,
                    "template": suppressed.template,
                    "requested_at": fact.happened_at,
                }
            return values
        case _:
            return None


@dataclass(frozen=True, slots=True)
class NextCall:
    """When the rung after a call is called, once that is known."""

    at: datetime | None = None


def _scheduled(known: NextCall, fact: Fact) -> NextCall:
    return NextCall(fact.event.next_at)


def _next_at(parts: Parts) -> Mapping[str, Any]:
    return {"next_at": parts["escalations"].at}


NEXT_CALLS = View(
    table="next_calls",
    parts={ESCALATIONS: Part(column="escalations", initial=NextCall(), evolve=_scheduled, heeds=[EscalationScheduled])},
    joined=_next_at,
    key=lambda fact: {"set_by": fact.event.set_by},
)
"""A row for each call whose next one sla-timer has worked out."""
