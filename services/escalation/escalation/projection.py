"""The read model of escalations: which row a fact changes."""

from collections.abc import Iterable, Mapping
from typing import Any

from contracts.envelope import Fact
from contracts.escalations import (
    EscalationAcknowledged,
    EscalationExhausted,
    EscalationRaised,
    EscalationResolved,
    EscalationScheduled,
    RoleCalled,
)
from escalation.domain.state import Called
from kit.decider import Put

NOBODY_YET: Mapping[str, None] = {
    "acknowledged_at": None,
    "acknowledged_by": None,
    "resolved_at": None,
    "cause": None,
}


def project(fact: Fact, before: Any, after: Any) -> Iterable[Put]:
    """Which row a fact changes. A forestalled escalation has none: nobody was ever called."""
    values = _values(fact, before)
    if values is None:
        return []
    key = {"ticket_id": fact.event.ticket_id, "escalation": fact.event.escalation}
    return [Put("escalations", key, values | {"version": fact.version})]


def _values(fact: Fact, before: Any) -> dict[str, Any] | None:
    match fact.event:
        case EscalationRaised() as raised:
            return _rung(raised, fact)
        case RoleCalled() as called:
            return _call(called, fact, joins=isinstance(before, Called))
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


def _rung(raised: EscalationRaised, fact: Fact) -> dict[str, Any]:
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
        values |= {"raised_at": fact.happened_at, **NOBODY_YET}
    return values


def _call(called: RoleCalled, fact: Fact, *, joins: bool) -> dict[str, Any]:
    """A call about a complaint. `joins`: somebody was called before, and that is not over."""
    first = {} if joins else {"raised_at": fact.happened_at}
    return first | {
        "status": "open",
        "number": called.number,
        "reason": called.reason,
        "rung": called.turn,
        "role": called.role,
        "called_at": fact.happened_at,
        "next_at": None,
        **NOBODY_YET,
    }
