"""When all is done: every event relayed, heard and acted on, every mail sent, nothing overdue."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta

import asyncpg

from kit.process.service import Service
from punctual.demo.doors import Doors

Heads = dict[str, dict[int, int]]
"""Per topic and shard, the last event."""

HEADS = "SELECT shard, seq FROM heads WHERE seq > 0"
RELAYED = "SELECT shard, seq FROM relay_cursor WHERE seq > 0"
HEARD = "SELECT source, shard, seq FROM consumer_cursor WHERE seq > 0"
OVERDUE = "SELECT count(*) FROM timers WHERE due_at < $1"
PARKED = "SELECT count(*) FROM parked"
TOLERANCE_SECONDS = 0.5
"""Real seconds for which a timer may be due before it counts as overdue."""
DRAIN_TIMEOUT_SECONDS = 25.0


class Ledger:
    """What the services' databases say of their progress. Opened and closed by `async with`."""

    def __init__(self, services: Sequence[Service], doors: Doors) -> None:
        self._services, self._doors = services, doors
        self._databases: dict[str, asyncpg.Connection] = {}

    async def __aenter__(self) -> "Ledger":
        for service in self._services:
            self._databases[service.name] = await asyncpg.connect(self._doors.environment.dsns[service.name])
        return self

    async def __aexit__(self, *_: object) -> None:
        for connection in self._databases.values():
            await connection.close()

    async def heads(self) -> Heads:
        """Where every log ends now."""
        return {one.topic: await self._by_shard(one, HEADS) for one in self._services}

    async def _by_shard(self, service: Service, query: str) -> dict[int, int]:
        rows = await self._databases[service.name].fetch(query)
        return {row[0]: row[1] for row in rows}

    async def drained(self) -> Heads:
        """Wait until nothing is under way; where the logs end then. Raises TimeoutError saying what is still open."""
        until = asyncio.get_running_loop().time() + DRAIN_TIMEOUT_SECONDS
        before: Heads | None = None
        while True:
            open_ends = await self.open_ends()
            heads = await self.heads()
            if not open_ends and heads == before:
                return heads
            before = heads if not open_ends else None
            if asyncio.get_running_loop().time() > until:
                raise TimeoutError("; ".join(open_ends) or "the logs go on growing")
            await asyncio.sleep(0.25)

    async def open_ends(self) -> list[str]:
        """What is not done yet, in words."""
        heads = await self.heads()
        clock = self._doors.environment.clock
        found: list[str] = []
        for service in self._services:
            database = self._databases[service.name]
            if await self._by_shard(service, RELAYED) != heads[service.topic]:
                found.append(f"{service.name} has events to relay")
            heard: Heads = {topic: {} for topic in service.listens}
            for source, shard, seq in await database.fetch(HEARD):
                heard.setdefault(source, {})[shard] = seq
            found += [f"{service.name} is behind {topic}" for topic in service.listens if heard[topic] != heads[topic]]
            due = clock.now() - timedelta(seconds=TOLERANCE_SECONDS) * clock.speed
            if late := await database.fetchval(OVERDUE, due):
                found.append(f"{late} timers are overdue")
            if parked := await database.fetchval(PARKED):
                found.append(f"{parked} records are parked in {service.name}")
        if waiting := await self._doors.pages("notifier", "/v1/notifications", status="requested", limit=500):
            found.append(f"{len(waiting)} mails wait to be sent")
        if stored := await self._doors.pages("intake", "/v1/mails", state="stored"):
            found.append(f"{len(stored)} mails wait to be read")
        return found
