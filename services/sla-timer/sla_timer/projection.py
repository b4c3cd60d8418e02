"""The read model of clocks: which rows an event changes."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from contracts.envelope import Fact
from contracts.sla import (
    AnsweredLate,
    BreachRetracted,
    ClockAwaited,
    ClockCancelled,
    ClockEvent,
    ClockPaused,
    ClockRescheduled,
    ClockResumed,
    ClockStarted,
    ClockUnowed,
    PolicyPublished,
    SlaBreached,
    SlaMet,
    SlaWarning,
)
from kit.decider import Put
from kit.policy_book import policy_row
from sla_timer.domain.clock.status import STATES, state_of
from sla_timer.domain.state import AwaitingInformation, Cancelled

FRESH = dict.fromkeys(("due_at", "target", "warned", "responded_at", "elapsed", "breached_at", "paused_at", "consumed"))
"""Columns that are empty when a clock starts, also when it starts again."""


def project(fact: Fact, before: Any, after: Any) -> Iterable[Put]:
    """The rows that an event changes. `before`, `after`: the stream's states."""
    event = fact.event
    if isinstance(event, PolicyPublished):
        # Every shard says so in one transaction: one row is enough, and the same version holds in all.
        return [policy_row(fact)] if fact.shard == 0 else []
    if not isinstance(event, ClockEvent):
        return []
    values = _values(event) | {"state": state_of(after), "updated_at": fact.recorded_at}
    if isinstance(before, AwaitingInformation) and before.metric not in (None, event.metric):
        # The severity changed while the clock was awaited, and with it the metric: the row awaited is void.
        values |= {"number": before.number, "account_id": before.account_id}
        void = {"state": STATES[Cancelled], "updated_at": fact.recorded_at}
        return [_put(event.ticket_id, before.metric, void), _put(event.ticket_id, event.metric, values)]
    return [_put(event.ticket_id, event.metric, values)]


def _put(ticket_id: UUID, metric: str, values: dict[str, Any]) -> Put:
    return Put("clocks", {"ticket_id": ticket_id, "metric": metric}, values)


def _values(event: ClockEvent) -> dict[str, Any]:
    match event:
        case ClockAwaited():
            return _owner(event) | {name: getattr(event, name) for name in ("severity", "tier", "unknown_calendar")}
        case ClockStarted():
            return _owner(event) | FRESH | _promise(event) | {"received_at": event.received_at}
        case ClockUnowed():
            return _owner(event) | FRESH | _terms(event) | {"received_at": event.received_at}
        case ClockRescheduled():
            return _promise(event) | {"paused_at": None}
        case ClockPaused(paused_at=paused_at, consumed=consumed):
            return {"due_at": None, "paused_at": paused_at, "consumed": consumed}
        case ClockResumed(due_at=due_at):
            return {"due_at": due_at, "paused_at": None, "responded_at": None, "elapsed": None}
        case ClockCancelled(cause="incomplete"):
            return dict.fromkeys(("calendar", "policy", "received_at", "started_at", "due_at", "target", "warned"))
        case SlaWarning(percent=percent):
            return {"warned": percent}
        case (
            SlaMet(responded_at=responded_at, elapsed=elapsed)
            | AnsweredLate(responded_at=responded_at, elapsed=elapsed)
        ):
            return {"responded_at": responded_at, "elapsed": elapsed}
        case SlaBreached(breached_at=breached_at):
            return {"breached_at": breached_at}
        case BreachRetracted():
            return {"breached_at": None}
        case _:
            return {}


def _owner(event: ClockAwaited | ClockStarted | ClockUnowed) -> dict[str, Any]:
    return {"number": event.number, "account_id": event.account_id}


def _promise(event: ClockStarted | ClockRescheduled) -> dict[str, Any]:
    return _terms(event) | {"due_at": event.due_at, "target": event.target}


def _terms(event: ClockStarted | ClockRescheduled | ClockUnowed) -> dict[str, Any]:
    return {
        "severity": event.severity,
        "tier": event.tier,
        "calendar": event.calendar,
        "unknown_calendar": event.unknown_calendar,
        "policy": event.versions.policy,
        "started_at": event.started_at,
    }
