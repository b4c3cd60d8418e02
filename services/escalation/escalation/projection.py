"""The read model of escalations: which row a fact changes."""

from collections.abc import Iterable
from typing import Any

from contracts.envelope import Fact
from contracts.escalations import (
    EscalationAcknowledged,
    EscalationExhausted,
    EscalationRaised,
    EscalationResolved,
    EscalationScheduled,
)
from kit.decider import Put


def project(fact: Fact, before: Any, after: Any) -> Iterable[Put]:
    """Which row a fact changes. A forestalled escalation has none: nobody was ever called."""
    values = _values(fact)
    if values is None:
        return []
    key = {"ticket_id": fact.event.ticket_id, "escalation": fact.event.escalation}
    return [Put("escalations", key, values | {"version": fact.version})]


def _values(fact: Fact) -> dict[str, Any] | None:
    match fact.event:
        case EscalationRaised() as raised:
            return _call(raised, fact)
        case EscalationScheduled(next_at=next_at):
            return {"next_at": next_at}
        case EscalationAcknowledged():
            return {
                "status": "acknowledged",
                "next_at": None,
                "acknowledged_at": fact.happened_at,
                "acknowledged_by": fact.meta.actor,
            }
        case EscalationExhausted():
            return {"status": "exhausted", "next_at": None}
        case EscalationResolved(cause=cause):
            return {"status": "resolved", "next_at": None, "resolved_at": fact.happened_at, "cause": cause}
        case _:
            return None


def _call(raised: EscalationRaised, fact: Fact) -> dict[str, Any]:
    values = {
        "status": "open",
        "number": raised.number,
        "severity": raised.severity,
        "rung": raised.rung,
        "role": raised.role,
        "breached_at": raised.breached_at,
        "called_at": fact.happened_at,
        "next_at": raised.next_at,
    }
    if raised.rung == 0:  # the first call, perhaps again after a retraction
        values |= {
            "raised_at": fact.happened_at,
            "acknowledged_at": None,
            "acknowledged_by": None,
            "resolved_at": None,
            "cause": None,
        }
    return values
