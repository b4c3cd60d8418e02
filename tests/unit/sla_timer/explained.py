"""Clocks' logs as sla-timer would have recorded them, to be explained."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from uuid import UUID, uuid5

from tests.unit.sla_timer.story import OFFICE, STREAM, TICKET, History, after_rings, carried_out, recorded

from contracts.envelope import Fact, Meta, Recorded
from contracts.names import SLA
from contracts.sla import Metric
from sla_timer.domain import INITIAL
from sla_timer.domain.commands import Evidence, MigrateClock
from sla_timer.domain.refusals import NoClockYet
from sla_timer.domain.state import Situation
from sla_timer.history import AsOf
from sla_timer.policy.promise import Kind
from sla_timer.policy.versions import Policies
from sla_timer.proof import Proof, prove
from sla_timer.react import react
from sla_timer.react.asks import clock_of

SOON = timedelta(milliseconds=40)
"""How long after a fact sla-timer has recorded what follows."""


GRACE = timedelta(seconds=30)


def logged(
    history: History,
    until: datetime,
    policies: Policies = OFFICE,
    silence: tuple[datetime, datetime] | None = None,
    kind: Kind = "response",
) -> list[Fact]:
    """The log of a clock at `until`: what follows from a fact is recorded soon after it, what time brings when due.

    `silence`: facts from then on are heard of only at its end; what fell due meanwhile was announced without them.
    A command in place of a fact is carried out.
    """
    log: list[Fact] = []
    state: Situation = INITIAL

    def keep(events: Iterable[tuple[str | None, Any]], at: datetime) -> None:
        for _, event in events:
            log.append(fact(event, len(log) + 1, max(at, log[-1].recorded_at if log else at)))

    def ring(until: datetime, evidence: Evidence = "settled") -> None:
        nonlocal state
        found, state = after_rings(state, until, evidence)
        for name, event in found:
            keep([(name, event)], _due(event) + (SOON if evidence == "settled" else GRACE))

    for at, event in history:
        heard = silence[1] if silence and silence[0] <= at < silence[1] else at
        ring(heard, "settled" if heard == at else "grace")
        stream = clock_of(TICKET, kind)
        asked = [(stream, event)] if isinstance(event, MigrateClock) else react(recorded(at, event), policies)
        for _, command in (one for one in asked if one[0] == stream):
            with suppress(NoClockYet):
                found, state = carried_out(command, state)
                keep(found, heard + SOON)
    ring(until)
    return log


def _due(event: Any) -> datetime:
    at: datetime = getattr(event, "reached_at", None) or getattr(event, "breached_at", None) or event.due_at
    return at


def proved(
    log: Sequence[Fact],
    at: datetime,
    *,
    metric: Metric = "response",
    known_at: datetime | None = None,
    policies: Policies = OFFICE,
    rows: int = 1000,
) -> Proof:
    """The proof; everything in the log is known, unless `known_at` says otherwise. It holds."""
    proof = prove(*AsOf(at, at, known_at).of(log), metric, policies, TICKET, "P-1042", rows)
    assert proof.disagreements == []
    tiles = [(one.since, one.until) for one in proof.segments]
    assert all(first[1] == second[0] for first, second in pairwise(tiles))
    assert sum((one.counted for one in proof.segments), timedelta(0)) == proof.clock.consumed
    return proof


def table_of(proof: Proof) -> list[tuple[str, float]]:
    """Its table: reasons, and hours counted."""
    return [(one.reason, one.counted / timedelta(hours=1)) for one in proof.segments]


def fact(event: Any, version: int, recorded_at: datetime) -> Fact:
    """An event of the clock in its envelope."""
    return Recorded(
        topic=SLA,
        shard=0,
        shard_seq=version,
        stream=STREAM,
        version=version,
        event_id=uuid5(TICKET, str(version)),
        command_id=UUID(int=8),
        recorded_at=recorded_at,
        event=event,
        meta=Meta(actor="sla-timer", role="service"),
    )
