"""People who are erased: their keys are deleted everywhere, service after service, while the desk goes on."""

import asyncio
from dataclasses import replace
from random import Random
from typing import Any
from uuid import UUID

from contracts.names import KEYS
from kit.memory import MemoryTx
from kit.simulate.troubled import TroubledWorld
from kit.store import Unavailable


class Erasures:
    """What the procedure of erasure will do. `erased`: of whom no service has a key any more."""

    def __init__(self, world: TroubledWorld, random: Random) -> None:
        self._world, self._random = world, random
        self.erased: set[UUID] = set()

    async def happen(self, within: float) -> None:
        """Erase somebody, in some runs. `within`: seconds."""
        if self._random.random() < 0.4:
            await asyncio.sleep(self._random.random() * within)
            models = self._world.stores["intake"].tables.models
            subjects = {row["subject_id"] for row in models.get("subjects", {}).values()}
            known: list[UUID] = sorted(subjects - _opening(models))
            if known:
                await self._erase(self._random.choice(known))

    async def _erase(self, subject: UUID) -> None:
        for name in sorted(self._world.services, key=lambda name: name != "intake"):
            if not await self._at(name, subject):
                return  # has written meanwhile
            await self._world.restart(name)  # a process remembers the keys that it has used
            await asyncio.sleep(self._random.choice((0.0, self._random.random())))
        self._clean_the_topic(subject)

    async def _at(self, name: str, subject: UUID) -> bool:
        while True:
            try:
                async with self._world.stores[name].transaction() as tx:
                    if subject in _opening(tx.tables.models):
                        return False
                    if subject not in self.erased:
                        self._world.tell(f"{subject} is erased")
                        self.erased.add(subject)
                    _forget(tx, subject)
                    # Whoever writes again from the same address is somebody new.
                    subjects = tx.tables.models.get("subjects", {})
                    for key in [key for key, row in subjects.items() if row["subject_id"] == subject]:
                        tx.drop(subjects, key)
                return True
            except Unavailable:
                await asyncio.sleep(0.1)

    def _clean_the_topic(self, subject: UUID) -> None:
        """As compaction after a tombstone does."""
        for place, log in self._world.broker.logs.items():
            if place[0] == KEYS:
                log[:] = [replace(one, value=None) if one.key == str(subject).encode() else one for one in log]


def _opening(models: dict[str, Any]) -> set[UUID]:
    """Of whom a mail is still to open a ticket: could it not be performed any more, there would be none that the mails
    after it belong to."""
    rows = models.get("mails", {}).values()
    return {row["sealed_for"] for row in rows if (row["state"], row["target"]) == ("stored", "ticket")}


def _forget(tx: MemoryTx, subject: UUID) -> None:
    tables = tx.tables
    if subject in tables.keys:
        tx.drop(tables.keys, subject)
    if subject in tables.unrelayed:
        tables.unrelayed.discard(subject)
        tx._undo.append(lambda: tables.unrelayed.add(subject))
    tables.erased.add(subject)
    tx._undo.append(lambda: tables.erased.discard(subject))
