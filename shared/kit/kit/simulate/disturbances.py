"""Disturbs processes, one after the other."""

import asyncio

from kit.simulate.process import Process
from kit.simulate.world import World


class Disturbances:
    """Crashes, stops, lost shards, delayed topics, senders that are cut off, and clocks that jump."""

    def __init__(self, world: World) -> None:
        self._world = world

    async def run(self) -> None:
        """Disturb as often as the faults say, until the world is healed."""
        world = self._world
        while world.faults.disturbances:
            await asyncio.sleep(world.random.expovariate(world.faults.disturbances))
            if not world.faults.disturbances or not world.processes:
                return
            process = world.random.choice(world.processes)
            world.random.choice(
                (self._crash, self._crash, world.stop, self._lose, self._hold, self._cut, self._cut, self._jump)
            )(process)

    def _crash(self, process: Process) -> None:
        self._world.tell(f"{process.service.name} crashes")
        process.light() if self._world.random.random() < 0.7 else process.die()

    def _lose(self, process: Process) -> None:
        self._world.tell(f"{process.service.name} loses its shards, and doesn't know")
        self._world.run(self._world.take_away(process))

    def _hold(self, process: Process) -> None:
        world = self._world
        if process.service.listens:
            topic, span = world.random.choice(process.service.listens), world.random.random() * 3
            world.tell(f"{process.service.name} gets nothing of {topic} for {span:.1f} s")
            world.broker.held[process.service.name, topic] = world.loop.time() + span

    def _cut(self, process: Process) -> None:
        span = self._world.random.random() * 6
        self._world.tell(f"{process.service.topic} takes nothing for {span:.1f} s")
        self._world.broker.cut[process.service.topic] = self._world.loop.time() + span

    def _jump(self, process: Process) -> None:
        process.clock.skew = self._world.skew()
        wrong = process.clock.skew.total_seconds()
        self._world.tell(f"the clock of {process.service.name} is wrong by {wrong:.3f} s")
