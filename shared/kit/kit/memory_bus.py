"""The bus in memory, for simulation, fast tests, and a demo without a broker. It passes the tests of the real one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from kit.bus import BusError, Headers, Message, Place

MAX_POLL_RECORDS = 500


@dataclass
class MemoryBus:
    """Topics as lists. `partitions`: how many each has; `delay` holds deliveries back, for simulation."""

    partitions: dict[str, int]
    delay: Callable[[str], bool] = lambda topic: False
    logs: dict[Place, list[Message]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._arrived = asyncio.Event()
        for topic, count in self.partitions.items():
            for partition in range(count):
                self.logs.setdefault((topic, partition), [])

    async def producer(self) -> "MemoryProducer":
        """A new producer."""
        return MemoryProducer(self)

    async def feed(self, group: str) -> "MemoryFeed":
        """A reader of nothing yet."""
        return MemoryFeed(self)

    def put(self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: Headers) -> int:
        """Append a record and wake readers. Returns its offset."""
        log = self.logs.get((topic, partition))
        if log is None:
            raise BusError(f"there is no partition {topic}/{partition}")
        log.append(Message(topic, partition, len(log), key, value, tuple(headers)))
        self._arrived.set()
        return len(log) - 1

    async def arrival(self, wait_seconds: float) -> None:
        """Wait for the next record, up to so many seconds."""
        self._arrived.clear()
        try:
            async with asyncio.timeout(wait_seconds):
                await self._arrived.wait()
        except TimeoutError:
            pass

    async def answers(self) -> AsyncIterator[None]:
        """It always answers."""
        while True:
            yield

    async def tail(self, topic: str) -> AsyncIterator[Message]:
        """The records that come to a topic from now on."""
        positions = {place: len(log) for place, log in self.logs.items() if place[0] == topic}
        while True:
            for place, position in positions.items():
                for message in self.logs[place][position:]:
                    positions[place] = message.offset + 1
                    yield message
            await self.arrival(0.1)

    async def beyond(self, topic: str, offsets: Mapping[int, int]) -> AsyncIterator[Sequence[Message]]:
        """The records of these partitions from an offset on to their present ends."""
        for partition, offset in sorted(offsets.items()):
            log = self.logs[topic, partition]
            if found := log[offset:] or log[:]:
                yield found

    async def table(self, topic: str) -> AsyncIterator[Message]:
        """A topic from its beginning to its present end."""
        for message in [message for place, log in self.logs.items() if place[0] == topic for message in log]:
            yield message

    async def records(self, place: Place, begin: int, end: int) -> AsyncIterator[Message]:
        """A partition's records from offset `begin` up to, but not including, `end`."""
        for message in self.logs[place][begin:end]:
            yield message

    async def partition(self, place: Place, offset: int) -> AsyncIterator[Message]:
        """One partition from an offset on."""
        position = offset if offset <= len(self.logs[place]) else 0
        while True:
            for message in self.logs[place][position:]:
                position = message.offset + 1
                yield message
            await self.arrival(0.1)


class MemoryProducer:
    """Appends records to the bus at once."""

    def __init__(self, bus: MemoryBus) -> None:
        self._bus = bus

    async def send(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: Headers = ()
    ) -> Awaitable[int | None]:
        """Append the record; it is acknowledged already."""
        done: asyncio.Future[int | None] = asyncio.get_running_loop().create_future()
        done.set_result(self._bus.put(topic, partition, key, value, headers))
        return done

    async def close(self) -> None:
        """Does nothing."""


class MemoryFeed:
    """Reads the partitions assigned to it."""

    def __init__(self, bus: MemoryBus) -> None:
        self.positions: dict[Place, int] = {}
        self._bus = bus
        self._paused: set[Place] = set()

    async def poll(self, wait_seconds: float) -> list[Message]:
        """The records that have come."""
        found = self._next()
        if not found and wait_seconds:
            await self._bus.arrival(wait_seconds)
            found = self._next()
        await asyncio.sleep(0)
        return found

    def _next(self) -> list[Message]:
        found: list[Message] = []
        for place in self.positions:
            if place not in self._paused and place in self._bus.logs and not self._bus.delay(place[0]):
                log, position = self._bus.logs[place], self._reset(place)
                new = log[position : position + MAX_POLL_RECORDS - len(found)]
                self.positions[place] = position + len(new)
                found += new
        return found

    def _reset(self, place: Place) -> int:
        """The position: the beginning, if it lies beyond the end."""
        if self.positions[place] > len(self._bus.logs[place]):
            self.positions[place] = 0
        return self.positions[place]

    def assign(self, begin: Mapping[Place, int], keep: Collection[Place]) -> None:
        """Read these and no others."""
        reading = {place: self.positions[place] for place in keep} | dict(begin)
        self.positions = dict(sorted(reading.items()))
        self._paused &= set(keep)

    def assigned(self) -> Collection[Place]:
        """The partitions that it reads."""
        return self.positions.keys()

    def seek(self, place: Place, offset: int) -> None:
        """Read on from that offset."""
        if place in self.positions:
            self.positions[place] = offset

    def pause(self, places: Collection[Place]) -> None:
        """Stop fetching these for now."""
        self._paused |= set(places)

    def resume(self, places: Collection[Place]) -> None:
        """Fetch these again."""
        self._paused -= set(places)

    def position(self, place: Place) -> int | None:
        """The offset of the next record to come."""
        return self.positions.get(place)

    def lag(self, place: Place) -> int | None:
        """How many records lie after the position."""
        if place not in self.positions or self.is_missing(place):
            return None
        return max(0, len(self._bus.logs[place]) - self.positions[place])

    def is_missing(self, place: Place) -> bool:
        """Whether there is no such partition."""
        return place not in self._bus.logs

    def hint(self, offsets: dict[Place, int]) -> None:
        """Does nothing: nobody monitors a bus in memory."""

    async def close(self) -> None:
        """Stop reading."""
        self.positions = {}
