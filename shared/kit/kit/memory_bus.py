"""The bus in memory, for simulation, fast tests, and a demo without a broker. It passes the real one's suite."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field

from kit.bus import BusError, Headers, Message, Place, Rebalanced

BATCH = 500


@dataclass
class MemoryBus:
    """Topics as lists. `partitions`: how many each has; `delay` holds deliveries back, for simulation."""

    partitions: dict[str, int]
    delay: Callable[[str], bool] = lambda topic: False
    logs: dict[Place, list[Message]] = field(default_factory=dict)
    groups: dict[str, list["MemoryFeed"]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._arrived = asyncio.Event()
        for topic, count in self.partitions.items():
            for partition in range(count):
                self.logs.setdefault((topic, partition), [])

    async def producer(self) -> "MemoryProducer":
        """A new producer."""
        return MemoryProducer(self)

    async def feed(self, group: str, topics: Sequence[str], assigned: Rebalanced, revoked: Rebalanced) -> "MemoryFeed":
        """Join a group; the members share the partitions anew."""
        feed = MemoryFeed(self, group, topics, assigned, revoked)
        await self._rebalance(group, [*self.groups.get(group, []), feed])
        return feed

    async def leave(self, feed: "MemoryFeed") -> None:
        """Leave a group; the others take over."""
        await self._rebalance(feed.group, [other for other in self.groups.get(feed.group, []) if other is not feed])

    async def _rebalance(self, group: str, members: list["MemoryFeed"]) -> None:
        self.groups[group] = members
        for n, member in enumerate(members):
            every = [place for place in sorted(self.logs) if place[0] in member.topics]
            mine = {place: 0 for place in every if place[1] * len(members) // self.partitions[place[0]] == n}
            if gone := member.positions.keys() - mine.keys():
                await member.revoked(sorted(gone))
        for n, member in enumerate(members):
            every = [place for place in sorted(self.logs) if place[0] in member.topics]
            mine = {place: 0 for place in every if place[1] * len(members) // self.partitions[place[0]] == n}
            new = mine.keys() - member.positions.keys()
            member.positions = {place: member.positions.get(place, 0) for place in mine}
            if new:
                await member.assigned_to(sorted(new))

    def put(self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: Headers) -> None:
        """Append a record and wake who waits."""
        log = self.logs.get((topic, partition))
        if log is None:
            raise BusError(f"there is no partition {topic}/{partition}")
        log.append(Message(topic, partition, len(log), key, value, tuple(headers)))
        self._arrived.set()

    async def arrival(self, patience: float) -> None:
        """Wait until something has come, or for so long."""
        self._arrived.clear()
        try:
            async with asyncio.timeout(patience):
                await self._arrived.wait()
        except TimeoutError:
            pass

    async def tail(self, topic: str) -> AsyncIterator[Message]:
        """What comes to a topic from now on."""
        positions = {place: len(log) for place, log in self.logs.items() if place[0] == topic}
        while True:
            for place, position in positions.items():
                for message in self.logs[place][position:]:
                    positions[place] = message.offset + 1
                    yield message
            await self.arrival(0.1)

    async def table(self, topic: str) -> AsyncIterator[Message]:
        """A topic from its beginning to its present end."""
        for message in [message for place, log in self.logs.items() if place[0] == topic for message in log]:
            yield message


class MemoryProducer:
    """Sends at once."""

    def __init__(self, bus: MemoryBus) -> None:
        self._bus = bus

    async def send(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: Headers = ()
    ) -> Awaitable[object]:
        """Append the record; it is acknowledged already."""
        self._bus.put(topic, partition, key, value, headers)
        done: asyncio.Future[object] = asyncio.get_running_loop().create_future()
        done.set_result(None)
        return done

    async def close(self) -> None:
        """Nothing to let go."""


class MemoryFeed:
    """A member of a consumer group."""

    def __init__(
        self, bus: MemoryBus, group: str, topics: Sequence[str], assigned: Rebalanced, revoked: Rebalanced
    ) -> None:
        self.group, self.topics = group, tuple(topics)
        self.positions: dict[Place, int] = {}
        self.assigned_to, self.revoked = assigned, revoked
        self._bus = bus
        self._paused: set[Place] = set()

    async def poll(self, patience: float) -> list[Message]:
        """What has come."""
        found = self._next()
        if not found and patience:
            await self._bus.arrival(patience)
            found = self._next()
        await asyncio.sleep(0)
        return found

    def _next(self) -> list[Message]:
        found: list[Message] = []
        for place, position in self.positions.items():
            if place not in self._paused and not self._bus.delay(place[0]):
                new = self._bus.logs[place][position : position + BATCH - len(found)]
                self.positions[place] = position + len(new)
                found += new
        return found

    def assigned(self) -> Collection[Place]:
        """The partitions that are ours."""
        return self.positions.keys()

    def seek(self, place: Place, offset: int) -> None:
        """Go on from there."""
        if place in self.positions:
            self.positions[place] = offset

    def pause(self, places: Collection[Place]) -> None:
        """Fetch nothing of these for now."""
        self._paused |= set(places)

    def resume(self, places: Collection[Place]) -> None:
        """Fetch these again."""
        self._paused -= set(places)

    def lag(self, place: Place) -> int | None:
        """What lies beyond the position."""
        return len(self._bus.logs[place]) - self.positions.get(place, 0)

    async def hint(self, offsets: dict[Place, int]) -> None:
        """Nobody watches."""

    async def close(self) -> None:
        """Leave the group."""
        await self._bus.leave(self)
