"""Replicas of services: new ones join, some are lost for good and without a word, some stand still for a while, and
some are cut off from the broker, for as long as they live, while another of the service still reaches it.

One that stands still for longer than its lease goes on with what it had in hand, as though the shards were still its.
"""

import asyncio
from random import Random

from kit.simulate.process import Process
from kit.simulate.world import World

MAX_REPLICAS = 4
"""Replicas of one service."""
MAX_STANDSTILL_SECONDS = 4.0
"""Seconds for which a replica stands still at most: some leases."""


class Replicas:
    """What becomes of them, in some runs."""

    def __init__(self, world: World, random: Random) -> None:
        self._world, self._random = world, random

    async def run(self, within: float) -> None:
        """Some change at some time. `within`: seconds in which they do, more or less."""
        for _ in range(self._random.choice((1, 3, 6))):
            await asyncio.sleep(self._random.random() * within / 3)
            name = self._random.choice(sorted(self._world.services))
            self._random.choice((self._join, self._lose, self._stand_still, self._cut_off))(name)

    def _join(self, name: str) -> None:
        if self._world.kept[name] < MAX_REPLICAS:
            self._world.tell(f"another replica of {name} joins")
            self._world.keep(name)

    def _lose(self, name: str) -> None:
        running = self._running(name)
        if running and self._world.kept[name] > 1:
            self._world.tell(f"a replica of {name} is lost")
            self._world.lose(self._random.choice(running))
            cut_off = [process for process in self._running(name) if process.connection.cut_off]
            if len(cut_off) == self._world.kept[name]:
                cut_off[0].connection.cut_off = False

    def _cut_off(self, name: str) -> None:
        reaching = [process for process in self._running(name) if not process.connection.cut_off]
        others = self._world.kept[name] - (len(self._running(name)) - len(reaching)) - 1
        if reaching and others:
            self._world.tell(f"a replica of {name} is cut off from the broker")
            self._random.choice(reaching).connection.cut_off = True

    def _running(self, name: str) -> list[Process]:
        return [process for process in self._world.processes if process.service.name == name and not process.lost]

    def _stand_still(self, name: str) -> None:
        if running := [process for process in self._world.processes if process.service.name == name]:
            span = self._random.random() * MAX_STANDSTILL_SECONDS
            self._world.tell(f"a replica of {name} stands still for {span:.1f} s")
            self._random.choice(running).stand_still(self._world.loop.time() + span)
