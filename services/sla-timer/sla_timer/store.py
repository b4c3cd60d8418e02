"""The read model of clocks: promises as they stand."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from contracts.envelope import Fact
from contracts.sla import (
    BreachRetracted,
    ClockCancelled,
    ClockRescheduled,
    ClockStarted,
    ObjectiveMissed,
    PolicyPublished,
    SlaBreached,
    SlaMet,
    SlaWarning,
)
from kit.decider import Put
from kit.policy_book import row_of

OF_TICKET = "SELECT * FROM clocks WHERE ticket_id = $1 ORDER BY metric"

RUNNING = """
SELECT * FROM clocks
WHERE state = 'running' AND ($1::timestamptz IS NULL OR due_at < $1)
ORDER BY due_at, ticket_id LIMIT $2
"""


def project(fact: Fact, before: Any, after: Any) -> Iterable[Put]:
    """Which row a fact changes."""
    event = fact.event
    if isinstance(event, PolicyPublished):
        # Every shard says so; one row is enough.
        return [row_of(fact)] if fact.shard == 0 else []
    values = _values(event)
    if values is None:
        return []
    key = {"ticket_id": event.ticket_id, "metric": event.metric}
    return [Put("clocks", key, values | {"updated_at": fact.recorded_at})]


def _values(event: Any) -> dict[str, Any] | None:
    match event:
        case ClockStarted():
            return _promise(event, event.received_at) | {"warned": None, "breached_at": None}
        case ClockRescheduled():
            return _promise(event, None)
        case ClockCancelled():
            return {"state": "cancelled"}
        case SlaWarning(percent=percent):
            return {"warned": percent}
        case SlaMet(responded_at=responded_at, elapsed=elapsed):
            return {"state": "met", "responded_at": responded_at, "elapsed": elapsed}
        case SlaBreached(breached_at=breached_at):
            return {"state": "breached", "breached_at": breached_at}
        case ObjectiveMissed():
            return {"state": "missed"}
        case BreachRetracted():
            return {"state": "running", "breached_at": None}
        case _:
            return None


def _promise(event: ClockStarted | ClockRescheduled, received_at: datetime | None) -> dict[str, Any]:
    row = {
        "state": "running",
        "severity": event.severity,
        "tier": event.tier,
        "calendar": event.calendar,
        "policy": event.versions.policy,
        "started_at": event.started_at,
        "due_at": event.due_at,
        "target": event.target,
    }
    return row | ({"received_at": received_at} if received_at else {})
