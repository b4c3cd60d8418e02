"""A broker's topics, and what goes wrong with them: held up, cut off, or lost."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from kit.bus import Headers, Place
from kit.memory_bus import MemoryBus
from kit.simulate.faults import Faults
from kit.simulate.loop import VirtualLoop


class Broker(MemoryBus):
    """The topics."""

    def __init__(
        self,
        loop: VirtualLoop,
        random: Random,
        faults: Callable[[], Faults],
        partitions: dict[str, int],
    ) -> None:
        super().__init__(partitions)
        self.loop, self.random, self.faults = loop, random, faults
        self.held: dict[tuple[str, str], float] = {}
        """Until when a group gets nothing of a topic."""
        self.cut: dict[str, float] = {}
        """Until when a topic takes no records."""
        self.under_way: Counter[str] = Counter()
        """How many records are on their way to a topic."""
        self._waiting: dict[str, list[asyncio.Future[None]]] = {topic: [] for topic in partitions}

    def put(self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: Headers) -> int:
        """Append a record and wake who waits for this topic; its offset."""
        offset = super().put(topic, partition, key, value, headers)
        waiting, self._waiting[topic] = self._waiting[topic], []
        for one in waiting:
            _wake(one)
        return offset

    def lose(self, place: Place, share: float) -> None:
        """Forget a partition's records but for that share of them, the first ones."""
        del self.logs[place][int(len(self.logs[place]) * share) :]

    async def wait(self, topics: Sequence[str], patience: float) -> None:
        """Until something comes to one of these, or for so long."""
        arrived: asyncio.Future[None] = self.loop.create_future()
        for topic in topics:
            self._waiting[topic] = [one for one in self._waiting[topic] if not one.done()]
            self._waiting[topic].append(arrived)
        timer = self.loop.call_later(patience, _wake, arrived)
        try:
            await arrived
        finally:
            timer.cancel()


def _wake(waiting: "asyncio.Future[None]") -> None:
    if not waiting.done():
        waiting.set_result(None)
