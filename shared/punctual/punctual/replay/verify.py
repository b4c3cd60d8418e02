"""Rebuild a service's read models, and compare them with the live ones in the same snapshot."""

from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import asyncpg

from contracts.envelope import Fact
from kit.process.service import Service
from kit.replay.replay import Difference, Rebuilt, uncollected
from punctual.replay.fresh import fresh_database
from punctual.replay.into import write
from punctual.replay.kafka import Broker, from_kafka
from punctual.replay.live import compare, snapshot, untouched
from punctual.replay.postgres import from_postgres, heads

Source = Literal["postgres", "kafka"]
Tell = Callable[[int, int | None], None]
"""(events folded, of how many; None: unknown)"""


@dataclass(frozen=True)
class Verified:
    """What replay found for a service.

    `untouched`: its tables that no projection writes, with their numbers of rows; they are not compared. `database`:
    the address of the new database, if it was kept.
    """

    service: str
    rebuilt: Rebuilt
    differences: list[Difference]
    untouched: dict[str, int] = field(default_factory=dict)
    compared: bool = True
    database: str | None = None

    @property
    def rows(self) -> int:
        """How many rows were rebuilt."""
        return sum(len(rows) for rows in self.rebuilt.tables.values())


async def verify(
    service: Service,
    dsn: str | None,
    *,
    source: Source = "postgres",
    kafka: tuple[str, str] | None = None,
    until: datetime | None = None,
    admin: str | None = None,
    keep: bool = False,
    tell: Tell = lambda done, total: None,
) -> Verified:
    """Rebuild from the log and compare every row and column that a projection sets.

    `dsn`: the service's database; None reads Kafka to its present end and compares nothing. `kafka`: bootstrap servers
    and topic prefix. `until`: the state as of an instant; nothing to compare with then. `admin`: the address of a role
    that may create databases; then the rebuilt rows are written to a new one and read from there; `keep` leaves it in
    place. Without `admin` they are compared in memory.
    """
    broker = Broker(*kafka) if kafka else None
    if dsn is None:
        assert broker
        rebuilt = await rebuild(service, from_kafka(broker, service.topic), until, None, tell)
        _, database = await _written(service, rebuilt, admin if keep else None, keep)
        return Verified(service.name, rebuilt, [], {}, False, database)
    async with snapshot(dsn) as live:
        upto = await heads(live)
        rebuilt = await rebuild(
            service, _facts(live, service, source, broker, upto, until), until, sum(upto.values()), tell
        )
        if until is not None:
            _, database = await _written(service, rebuilt, admin if keep else None, keep)
            return Verified(service.name, rebuilt, [], {}, False, database)
        again, database = await _written(service, rebuilt, admin, keep)
        found = await compare(live, again)
        return Verified(service.name, rebuilt, found, await untouched(live, service, rebuilt), True, database)


async def rebuild(
    service: Service, facts: AsyncGenerator[Iterable[Fact], None], until: datetime | None, total: int | None, tell: Tell
) -> Rebuilt:
    """Fold the facts and project them to rows."""
    rebuilt = Rebuilt()
    with uncollected():
        async with aclosing(facts) as batches:
            async for batch in batches:
                for fact in batch:
                    rebuilt.apply(service.decider, service.project, fact, until)
                tell(rebuilt.events, total)
    return rebuilt


def _facts(
    live: asyncpg.Connection,
    service: Service,
    source: Source,
    broker: Broker | None,
    upto: dict[int, int],
    until: datetime | None,
) -> AsyncGenerator[Iterable[Fact], None]:
    if source == "postgres":
        return from_postgres(live, service.topic, upto, until)
    assert broker
    return from_kafka(broker, service.topic, upto)


async def _written(service: Service, rebuilt: Rebuilt, admin: str | None, keep: bool) -> tuple[Rebuilt, str | None]:
    """The rows as a new database returns them, and its address if it is kept; without `admin`, the same rows."""
    if admin is None:
        return rebuilt, None
    async with fresh_database(admin, service.name, keep=keep) as fresh:
        await write(fresh.dsn, rebuilt)
        return await fresh.reread(rebuilt), fresh.shown if keep else None
