"""A broker that delivers late, twice, in part or not at all, and whose errors may be false."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence

from kit.bus import BusError, Feed, Message, Place
from kit.memory_bus import MAX_POLL_RECORDS, MemoryFeed
from kit.simulate.broker import Broker
from kit.simulate.line import Line
from kit.simulate.producer import SimulatedProducer


class Connection(Line):
    """A process's connection to the broker."""

    async def producer(self) -> SimulatedProducer:
        """A new producer. Raises BusError."""
        self.reach()
        return SimulatedProducer(self._broker, self)

    async def feed(self, group: str) -> Feed:
        """A feed without partitions. Raises BusError now and then."""
        self.reach()
        return SimulatedFeed(self, self._broker, group)

    async def answers(self) -> AsyncIterator[None]:
        """Answers of the broker. Raises BusError."""
        while True:
            await self.stand()
            if self.dead or self.cut_off:
                raise BusError("the broker is not reached")
            yield

    async def tail(self, topic: str) -> AsyncIterator[Message]:
        """The records that come to a topic from now on. Raises BusError now and then."""
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
        """Pass nothing in either direction any more."""
        self.dead = True


class SimulatedFeed(MemoryFeed):
    """Reads the partitions assigned to it, as far as the broker's faults let it."""

    def __init__(self, connection: Connection, broker: Broker, group: str) -> None:
        super().__init__(broker)
        self.connection, self._broker, self._group = connection, broker, group

    async def poll(self, wait_seconds: float) -> list[Message]:
        """The records that have come, or some of them, or some again. Raises BusError."""
        await self.connection.stand()
        self.connection.reach()
        found = self._next()
        if not found and wait_seconds:
            # A longer wait delays nobody in virtual time, and many short ones would cost steps.
            await self._broker.wait(sorted({topic for topic, _ in self.positions}), wait_seconds * 4)
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
            end = position + MAX_POLL_RECORDS - len(found)
            if broker.random.random() < faults.partial:
                end = min(end, position + broker.random.randint(1, 3))
            new = log[position:end]
            self.positions[place] = position + len(new)
            found += new
        return found
