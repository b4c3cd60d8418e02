"""A broker that delivers late, twice, in part, or not at all, and says one thing and does another."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from random import Random

from kit.bus import BusError, Feed, Headers, Message, Place
from kit.memory_bus import BATCH, MemoryBus, MemoryFeed
from kit.simulate.faults import Faults
from kit.simulate.loop import VirtualLoop
from kit.simulate.producer import SimulatedProducer


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


class Connection:
    """A process's connection to the broker."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.dead = False
        self.cut_off = False
        """Whether this process alone doesn't reach the broker."""
        self.still_until = 0.0
        """The loop's seconds until which the process stands still."""

    async def stand(self) -> None:
        """Go on when the process does."""
        if (pause := self.still_until - self._broker.loop.time()) > 0:
            await asyncio.sleep(pause)

    def reach(self) -> None:
        """Raises BusError now and then."""
        if self.dead or self.cut_off or self._broker.random.random() < self._broker.faults().unreachable:
            raise BusError("the broker is not reached")

    async def producer(self) -> SimulatedProducer:
        """A new producer. Raises BusError."""
        self.reach()
        return SimulatedProducer(self._broker, self)

    async def feed(self, group: str) -> Feed:
        """A reader of nothing yet. Raises BusError now and then."""
        self.reach()
        return SimulatedFeed(self, self._broker, group)

    async def answers(self) -> AsyncIterator[None]:
        """Whether the broker is there at all. Raises BusError."""
        while True:
            await self.stand()
            if self.dead or self.cut_off:
                raise BusError("the broker is not reached")
            yield

    async def tail(self, topic: str) -> AsyncIterator[Message]:
        """What comes to a topic from now on. Raises BusError now and then."""
        positions = {place: len(log) for place, log in self._broker.logs.items() if place[0] == topic}
        while True:
            await self.stand()
            self.reach()
            for place in positions:
                positions[place] = min(positions[place], len(self._broker.logs[place]))
                while len(self._broker.logs[place]) > positions[place]:
                    positions[place] += 1
                    yield self._broker.logs[place][positions[place] - 1]
            await self._broker.wait([topic], 10.0)

    async def partition(self, place: Place, offset: int) -> AsyncIterator[Message]:
        """One partition from an offset on, or from its beginning if it ends before. Raises BusError now and then."""
        position = offset
        while True:
            self.reach()
            if len(self._broker.logs[place]) < position:
                position = 0
            while len(self._broker.logs[place]) > position:
                position += 1
                yield self._broker.logs[place][position - 1]
            await self._broker.wait([place[0]], 10.0)

    async def table(self, topic: str) -> AsyncIterator[Message]:
        """A topic from its beginning to its present end."""
        self.reach()
        async for message in self._broker.table(topic):
            yield message

    async def records(self, place: Place, begin: int, end: int) -> AsyncIterator[Message]:
        """What a partition holds between two offsets. Raises BusError now and then."""
        self.reach()
        async for message in self._broker.records(place, begin, end):
            yield message

    async def beyond(self, topic: str, offsets: Mapping[int, int]) -> AsyncIterator[Sequence[Message]]:
        """The records of these partitions from an offset on to their present ends."""
        self.reach()
        async for messages in self._broker.beyond(topic, offsets):
            yield messages

    def die(self) -> None:
        """Nothing comes or goes any more."""
        self.dead = True


class SimulatedFeed(MemoryFeed):
    """Reads what it is told to, of that which the broker gives it."""

    def __init__(self, connection: Connection, broker: Broker, group: str) -> None:
        super().__init__(broker)
        self.connection, self._broker, self._group = connection, broker, group

    async def poll(self, patience: float) -> list[Message]:
        """What has come, or some of it, or some of it again. Raises BusError."""
        await self.connection.stand()
        self.connection.reach()
        found = self._next()
        if not found and patience:
            # Nobody is kept waiting by a longer patience, and who has none takes time.
            await self._broker.wait(sorted({topic for topic, _ in self.positions}), patience * 4)
            found = self._next()
        await asyncio.sleep(0)
        return found

    def _next(self) -> list[Message]:
        broker, faults, now = self._broker, self._broker.faults(), self._broker.loop.time()
        found: list[Message] = []
        for place in self.positions:
            log, position = broker.logs[place], self._reset(place)
            if place in self._paused or broker.held.get((self._group, place[0]), 0.0) > now:
                continue
            if position >= len(log):
                continue
            if broker.random.random() < faults.held:
                broker.held[self._group, place[0]] = now + broker.random.random() * faults.holding
                continue
            if faults.redelivered and broker.random.random() < faults.redelivered:
                position = max(0, position - broker.random.randint(1, 5))
            end = position + BATCH - len(found)
            if broker.random.random() < faults.partial:
                end = min(end, position + broker.random.randint(1, 3))
            new = log[position:end]
            self.positions[place] = position + len(new)
            found += new
        return found
