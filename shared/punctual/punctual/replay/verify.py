"""Rebuild a service's read models, and compare them with the live ones in the same snapshot."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import asyncpg

from contracts.envelope import Fact
from kit.replay import Difference, Rebuilt, differences
from kit.service import Service
from punctual.replay.sources import from_kafka, from_postgres, heads

Source = Literal["postgres", "kafka"]


@dataclass(frozen=True)
class Verified:
    """What replay found for a service."""

    service: str
    rebuilt: Rebuilt
    differences: list[Difference]

    @property
    def rows(self) -> int:
        """How many rows were rebuilt."""
        return sum(len(rows) for rows in self.rebuilt.tables.values())


async def verify(
    service: Service,
    dsn: str,
    *,
    source: Source = "postgres",
    kafka: tuple[str, str] | None = None,
    until: datetime | None = None,
) -> Verified:
    """Rebuild from the log and compare every row and column that a projection sets.

    `kafka`: bootstrap servers and topic prefix. `until`: the state as of an instant; nothing to compare with then.
    """
    connection = await asyncpg.connect(dsn)
    try:
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            if source == "postgres":
                facts: AsyncIterator[Fact] = from_postgres(connection, service.topic)
            else:
                assert kafka
                facts = from_kafka(*kafka, service.topic, await heads(connection))
            rebuilt = await _rebuild(service, facts, until)
            found: list[Difference] = []
            if until is None:
                for table in rebuilt.tables:
                    live = await connection.fetch(f"SELECT * FROM {table}")
                    found += differences(table, (dict(row) for row in live), rebuilt)
    finally:
        await connection.close()
    return Verified(service.name, rebuilt, found)


async def _rebuild(service: Service, facts: AsyncIterator[Fact], until: datetime | None) -> Rebuilt:
    rebuilt = Rebuilt()
    async for fact in facts:
        rebuilt.apply(service.decider, service.project, fact, until)
    return rebuilt
