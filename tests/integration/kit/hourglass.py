"""A small service for the timers' tests: hourglasses that are turned, and ring when they have run out."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from tests.integration.kit.flow import CLOCK
from tests.integration.kit.toy import MASTER, META

from contracts.names import SLA, shard_of
from contracts.sla import AlarmRang, AlarmSet
from kit.log.perform import Core
from kit.log.request import CommandRequest, Done, Result
from kit.personal.vault import Vault, subjects_of
from kit.store import Store
from kit.timers.edge import Edge, Evidence
from kit.timers.timers import PARKED_GRACE_SECONDS, Ringing, Timers


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """Turn it: it runs out then."""

    ticket_id: UUID
    due_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunOut:
    """It has run out, says a timer."""

    generation: int
    evidence: Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class RunsOut:
    """When it will."""

    kind: str
    due_at: datetime
    generation: int


@dataclass(frozen=True, slots=True)
class Glass:
    ticket_id: UUID | None = None
    turned: int = 0
    due_at: datetime | None = None
    rang: int = 0


class Hourglass:
    """The decider. `half_at` tells of a second timer, beside the sand's own."""

    def __init__(self, half_at: datetime | None = None) -> None:
        self.half_at = half_at

    INITIAL = Glass()

    def decide(self, command: Any, state: Glass, /) -> list[Any]:
        match command:
            case Turn(ticket_id=ticket, due_at=due_at):
                return [AlarmSet(ticket_id=ticket, alarm="sand", due_at=due_at)]
            case RunOut(generation=generation, evidence=evidence) if state.due_at and generation == state.turned:
                assert state.ticket_id
                return [AlarmRang(ticket_id=state.ticket_id, alarm=evidence, due_at=state.due_at)]
        return []

    def evolve(self, state: Glass, event: Any, /) -> Glass:
        match event:
            case AlarmSet(ticket_id=ticket, due_at=due_at):
                return replace(state, ticket_id=ticket, turned=state.turned + 1, due_at=due_at)
            case AlarmRang():
                return replace(state, due_at=None, rang=state.rang + 1)
        return state

    def timers(self, state: Glass) -> tuple[RunsOut, ...]:
        if not state.due_at:
            return ()
        sand = RunsOut(kind="sand", due_at=state.due_at, generation=state.turned)
        return (RunsOut(kind="half", due_at=self.half_at, generation=state.turned), sand) if self.half_at else (sand,)


def core(half_at: datetime | None = None) -> Core:
    return Core(topic=SLA, decider=Hourglass(half_at), vault=Vault(MASTER, makes=subjects_of))


async def turn(store: Store, due_at: datetime, own: Core, *tickets: UUID) -> list[Result]:
    """Turn the hourglasses of these tickets."""
    requests = [
        CommandRequest(
            command_id=uuid4(),
            stream=f"ticket-{ticket}",
            command=Turn(ticket_id=ticket, due_at=due_at),
            meta=META,
        )
        for ticket in tickets
    ]
    async with store.transaction() as tx:
        results = await own.perform(tx, requests, CLOCK.now())
    assert all(isinstance(result, Done) for result in results), results
    return results


async def rings(store: Store, ticket: UUID) -> list[str]:
    """On what evidence a ticket's hourglass has rung, each time."""
    async with store.transaction() as tx:
        facts = (await tx.history([f"ticket-{ticket}"])).get(f"ticket-{ticket}", [])
    return [fact.event.alarm for fact in facts if isinstance(fact.event, AlarmRang)]


def timers(
    store: Store,
    own: Core,
    edge: Edge,
    *,
    waits: bool = True,
    at_end: bool = False,
    parked: Callable[[], set[UUID]] = set,
    parked_grace: float = PARKED_GRACE_SECONDS,
) -> Timers:
    """Those who ring them, for the edge's shards."""
    made = Timers(
        name="hourglass",
        store=store,
        core=own,
        clock=CLOCK,
        edge=edge,
        ringing=Ringing(
            command=lambda timer, evidence, now: RunOut(generation=timer.generation, evidence=evidence),
            waits_for_edge=lambda timer: waits,
        ),
        at_end=lambda shard: at_end,
        parked=parked,
        parked_grace=parked_grace,
    )
    own.when_timers_are_set(made.add)
    made.own(edge.shards())
    return made


def edge_of(*tickets: UUID, grace: float = 1000.0) -> Edge:
    """An edge over the tickets' shards, of which nothing is known yet."""
    made = Edge(grace)
    for ticket in tickets:
        made.begin(shard_of(ticket), 0, CLOCK.elapsed())
    return made
