"""Replicas of services: new ones join, some are lost for good and without a word, some stand still for a while.

One that stands still for longer than its lease goes on with what it had in hand, as though the shards were still its.
"""

import asyncio
from random import Random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kit.simulate.world import World

AT_MOST = 4
"""Replicas of one service."""
STILL = 4.0
"""Seconds for which a replica stands still at most: some leases."""


class Replicas:
    """What becomes of them, in some runs."""

    def __init__(self, world: "World", random: Random) -> None:
        self._world, self._random = world, random

    async def run(self, within: float) -> None:
        """Some change at some time. `within`: seconds in which they do, more or less."""
        for _ in range(self._random.choice((1, 3, 6))):
            await asyncio.sleep(self._random.random() * within / 3)
            name = self._random.choice(sorted(self._world.services))
            self._random.choice((self._join, self._lose, self._stand_still))(name)

    def _join(self, name: str) -> None:
        if self._world.kept[name] < AT_MOST:
            self._world.tell(f"another replica of {name} joins")
            self._world.keep(name)

    def _lose(self, name: str) -> None:
        running = [process for process in self._world.processes if process.service.name == name and not process.lost]
        if running and self._world.kept[name] > 1:
            self._world.tell(f"a replica of {name} is lost")
            self._world.lose(self._random.choice(running))

    def _stand_still(self, name: str) -> None:
        if running := [process for process in self._world.processes if process.service.name == name]:
            span = self._random.random() * STILL
            self._world.tell(f"a replica of {name} stands still for {span:.1f} s")
            self._random.choice(running).stand_still(self._world.loop.time() + span)
