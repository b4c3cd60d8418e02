"""Replicas of services: new ones join, some are lost for good, some stand still for a while, and some are cut off from
the broker for the rest of their lives, while another replica of the service reaches it.

A replica that stands still for longer than its lease then goes on with its work, as if the shards were still its own.
"""

import asyncio
from random import Random

from kit.simulate.process import Process
from kit.simulate.world import World

MAX_REPLICAS = 4
"""Replicas of one service."""
MAX_STANDSTILL_SECONDS = 4.0
"""Seconds for which a replica stands still at most."""


class Replicas:
    """Changes replicas, in some runs."""

    def __init__(self, world: World, random: Random) -> None:
        self._world, self._random = world, random

    async def run(self, within: float) -> None:
        """Change some replicas within about so many seconds."""
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
