"""A broker that loses acknowledged records, and an operator who has them sent again."""

import asyncio
from collections.abc import Iterable
from random import Random

from kit.relay.republish import Refused, republish
from kit.simulate.world import World
from kit.store import Unavailable


class Losses:
    """Makes the broker lose records of a service, in some runs."""

    def __init__(self, world: World, random: Random) -> None:
        self._world, self._random = world, random
        self._under_way = False

    def waiting(self) -> Iterable[str]:
        """What is not finished yet."""
        if self._under_way:
            yield "a topic is still to be sent again"

    async def run(self, within: float) -> None:
        """Lose records once, within so many seconds, and send them again."""
        await asyncio.sleep(self._random.random() * within)
        self._under_way = True
        name = self._random.choice(sorted(self._world.stores))
        topic, lanes = self._world.stores[name].topic, sorted(self._world.setting.lanes)
        lost = lanes if self._random.random() < 0.5 else [self._random.choice(lanes)]
        for lane in lost:
            self._world.broker.lose((topic, lane), self._random.choice((0.0, self._random.random())))
        self._world.tell(f"{topic} loses records in {lost}")
        await asyncio.sleep(self._random.random() * within / 4)
        while True:
            try:
                tool = self._world.tool(name)
                async for _ in republish(tool.store, tool.clock, lost, keys=True):
                    pass
                break
            except (Unavailable, Refused) as error:
                self._world.tell(f"operator: {topic} can't be sent again yet: {error}")
                await asyncio.sleep(1.0)
        self._world.tell(f"{topic} has been sent again")
        self._under_way = False
