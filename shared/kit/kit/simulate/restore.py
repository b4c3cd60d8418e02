"""A database that goes back in time: restored from a backup, or replaced by a copy that lacked the last events.

What the broker has by then is adopted. What it never got is lost, as in real life; `lost` lists these events, so that
nothing else may be missing. Erasures are stored apart from all backups, and are applied again at once.
"""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable
from math import inf
from random import Random
from typing import Any
from uuid import UUID

from contracts.wire import envelope_from
from kit.simulate.store import Database
from kit.simulate.world import World
from kit.store.values import Known, Row

NOT_RESTORED = frozenset({"clock", "server", "erased"})
"""Tables and attributes that a restore leaves as they are."""
MIN_OUTAGE_SECONDS = 1.5
"""Seconds for which the database is away, at least."""
LOOK_EVERY_SECONDS = 0.1
"""Seconds between looks whether a condition holds."""


class Restores:
    """Restores a service's database, in some runs. `lost`: by topic, the events that the broker never got."""

    def __init__(self, world: World, random: Random) -> None:
        self._world, self._random = world, random
        self._under_way = False
        self.lost: dict[str, list[Row]] = defaultdict(list)
        self.gone: dict[str, set[tuple[Any, ...]]] = defaultdict(set)
        """By table of a read model, the keys of rows that the backup lacks."""
        self.services: set[str] = set()
        """The services whose database went back."""

    def waiting(self) -> Iterable[str]:
        """What is not finished yet."""
        if self._under_way:
            yield "a database is still to be restored"

    def commands(self, topic: str) -> set[UUID]:
        """The ids of commands of which the broker lacks events."""
        return {row.command_id for row in self.lost[topic]}

    async def run(self, within: float) -> None:
        """Go back, perhaps twice, within so many seconds each."""
        for _ in range(self._random.choice((1, 1, 2))):
            await asyncio.sleep(self._random.random() * within)
            self._under_way = True
            await self._go_back(self._whose(), within / 4)
            self._under_way = False

    def _whose(self) -> str:
        return self._random.choice(sorted(self._world.stores))

    async def _go_back(self, name: str, span: float) -> None:
        world, database = self._world, self._world.stores[name]
        await self._until(lambda: database.tables.verified.keys() >= set(world.setting.lanes))
        async with database.lock():
            backup = _copied({key: value for key, value in vars(database.tables).items() if key not in NOT_RESTORED})
        world.tell(f"a backup is taken of {name}")
        await asyncio.sleep(self._random.random() * span)
        if self._random.random() < 0.5:  # nothing that was recorded may be lost
            await self._until(lambda: not _unread(database, world), 20.0)
        async with database.lock():
            database.away = True
            processes = [process for process in world.processes if process.service.name == name]
            for process in processes if self._random.random() < 0.5 else []:
                process.die()
        world.tell(f"{name}'s database is away")
        await asyncio.sleep(MIN_OUTAGE_SECONDS)
        await self._until(lambda: not world.broker.under_way[database.topic])
        self._put_back(database, backup)
        database.away = False
        self.services.add(name)
        world.tell(f"{name}'s database has gone back in time; lost are {len(self.lost[database.topic])} events")

    async def _until(self, so: Callable[[], bool], timeout_seconds: float = inf) -> None:
        until = self._world.loop.time() + timeout_seconds
        while self._world.loop.time() < until:
            if so():
                return
            await asyncio.sleep(LOOK_EVERY_SECONDS)

    def _put_back(self, database: Database, backup: dict[str, Any]) -> None:
        tables = database.tables
        self.lost[database.topic] += _unread(database, self._world)
        for table, rows in tables.models.items():
            self.gone[table] |= rows.keys() - backup["models"].get(table, {}).keys()
        heard = _led_to_nothing(database)
        for name, value in backup.items():
            setattr(tables, name, value)
        tables.commands = heard | tables.commands
        tables.server += "+"
        tables.unrelayed -= tables.erased
        for subject in tables.erased:
            tables.keys.pop(subject, None)
            subjects = tables.models.get("subjects", {})
            for key in [key for key, row in subjects.items() if row["subject_id"] == subject]:
                del subjects[key]


def _unread(database: Database, world: World) -> list[Row]:
    """The events that a reader of the topic doesn't get, from its beginning up to its first hole."""
    found: list[Row] = []
    for lane in world.setting.lanes:
        read = 0
        for message in world.broker.logs[database.topic, lane]:
            read += envelope_from(message.headers).shard_seq == read + 1
        found += database.tables.log[lane][read:]
    return found


def _led_to_nothing(database: Database) -> dict[tuple[int, UUID], Known]:
    """The commands without events, of which the broker knows nothing. In real life retries of them are decided again,
    perhaps otherwise (see docs/decisions, "A database that went back in time"). The simulation keeps them, so that this
    known effect doesn't hide others."""
    tables = database.tables
    written = {row.command_id for log in tables.log.values() for row in log}
    return {key: known for key, known in tables.commands.items() if key[1] not in written}


def _copied(value: Any) -> Any:
    """A deep copy of containers; the values in them never change."""
    if isinstance(value, dict):
        return {key: _copied(one) for key, one in value.items()}
    return type(value)(value) if isinstance(value, list | set) else value
