"""A broker's topics, which are delayed, cut off or lose records."""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from random import Random

from kit.bus import Headers, Place
from kit.memory_bus import MemoryBus
from kit.simulate.faults import Faults
from kit.simulate.loop import VirtualLoop


class Broker(MemoryBus):
    """The broker's topics."""

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
        """By (group, topic), the time until which the group gets nothing of it."""
        self.cut: dict[str, float] = {}
        """By topic, the time until which it takes no records."""
        self.under_way: Counter[str] = Counter()
        """By topic, how many records are on their way to it."""
        self._waiting: dict[str, list[asyncio.Future[None]]] = {topic: [] for topic in partitions}

    def put(self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: Headers) -> int:
        """Append a record and wake readers of this topic. Returns its offset."""
        offset = super().put(topic, partition, key, value, headers)
        waiting, self._waiting[topic] = self._waiting[topic], []
        for one in waiting:
            _wake(one)
        return offset

    def lose(self, place: Place, share: float) -> None:
        """Lose a partition's records, except for the first `share` of them."""
        del self.logs[place][int(len(self.logs[place]) * share) :]

    async def wait(self, topics: Sequence[str], wait_seconds: float) -> None:
        """Wait for a record on one of these topics, up to so many seconds."""
        arrived: asyncio.Future[None] = self.loop.create_future()
        for topic in topics:
            self._waiting[topic] = [one for one in self._waiting[topic] if not one.done()]
            self._waiting[topic].append(arrived)
        timer = self.loop.call_later(wait_seconds, _wake, arrived)
        try:
            await arrived
        finally:
            timer.cancel()


def _wake(waiting: "asyncio.Future[None]") -> None:
    if not waiting.done():
        waiting.set_result(None)
