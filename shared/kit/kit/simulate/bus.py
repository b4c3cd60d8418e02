"""A broker that delivers late, twice, in part, or not at all, and says one thing and does another."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence
from random import Random

from kit.bus import BusError, Feed, Headers, Message, Place, Rebalanced
from kit.memory_bus import BATCH, MemoryBus, MemoryFeed
from kit.simulate.faults import Faults
from kit.simulate.loop import VirtualLoop
from kit.simulate.producer import SimulatedProducer


class Broker(MemoryBus):
    """The topics. Of those with many partitions only `lanes` are read, for the sake of speed."""

    def __init__(
        self,
        loop: VirtualLoop,
        random: Random,
        faults: Callable[[], Faults],
        partitions: dict[str, int],
        lanes: Collection[int],
    ) -> None:
        super().__init__(partitions)
        self.loop, self.random, self.faults, self.lanes = loop, random, faults, sorted(lanes)
        self.held: dict[tuple[str, str], float] = {}
        """Until when a group gets nothing of a topic."""
        self.cut: dict[str, float] = {}
        """Until when a topic takes no records."""
        self._waiting: dict[str, list[asyncio.Future[None]]] = {topic: [] for topic in partitions}
        self.members: dict[str, list[SimulatedFeed]] = {}
        self._turns: dict[str, asyncio.Lock] = {}

    def put(self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: Headers) -> None:
        """Append a record and wake who waits for this topic."""
        super().put(topic, partition, key, value, headers)
        waiting, self._waiting[topic] = self._waiting[topic], []
        for one in waiting:
            _wake(one)

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

    def read(self, topics: Sequence[str]) -> list[Place]:
        """The partitions of these that anybody reads."""
        return [(topic, lane) for topic in sorted(topics) for lane in self.lanes]

    def shares(self, members: Sequence["SimulatedFeed"]) -> list[set[Place]]:
        """Which places each member gets: the same lanes of all its topics."""
        return [
            {place for place in self.read(member.topics) if self.lanes.index(place[1]) % len(members) == n}
            for n, member in enumerate(members)
        ]

    async def regroup(self, group: str, change: Callable[[list["SimulatedFeed"]], list["SimulatedFeed"]]) -> None:
        """Change a group's members; goes through even if who asked for it dies meanwhile."""
        await asyncio.shield(self.loop.create_task(self._regroup(group, change)))

    async def _regroup(self, group: str, change: Callable[[list["SimulatedFeed"]], list["SimulatedFeed"]]) -> None:
        async with self._turns.setdefault(group, asyncio.Lock()):
            members = self.members[group] = [one for one in change(self.members.get(group, [])) if not one.gone]
            shares = self.shares(members)
            for member, mine in zip(members, shares, strict=True):
                if gone := member.positions.keys() - mine:
                    await member.connection.call(member.revoked(sorted(gone)))
            for member, mine in zip(members, shares, strict=True):
                new = sorted(mine - member.positions.keys())
                member.positions = {place: member.positions.get(place, 0) for place in sorted(mine)}
                if new:
                    await member.connection.call(member.assigned_to(new))


def _wake(waiting: "asyncio.Future[None]") -> None:
    if not waiting.done():
        waiting.set_result(None)


class Connection:
    """A process's connection to the broker."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.dead = False
        self.feeds: list[SimulatedFeed] = []
        self._calls: set[asyncio.Future[None]] = set()

    def reach(self) -> None:
        """Raises BusError now and then."""
        if self.dead or self._broker.random.random() < self._broker.faults().unreachable:
            raise BusError("the broker is not reached")

    async def producer(self) -> SimulatedProducer:
        """A new producer. Raises BusError."""
        self.reach()
        return SimulatedProducer(self._broker, lambda: self.dead)

    async def feed(self, group: str, topics: Sequence[str], assigned: Rebalanced, revoked: Rebalanced) -> Feed:
        """Join a group."""
        feed = SimulatedFeed(self, self._broker, group, topics, assigned, revoked)
        self.feeds.append(feed)
        await self._broker.regroup(group, lambda members: [*members, feed])
        return feed

    async def tail(self, topic: str) -> AsyncIterator[Message]:
        """What comes to a topic from now on. Raises BusError now and then."""
        positions = {place: len(log) for place, log in self._broker.logs.items() if place[0] == topic}
        while True:
            self.reach()
            for place in positions:
                while len(self._broker.logs[place]) > positions[place]:
                    positions[place] += 1
                    yield self._broker.logs[place][positions[place] - 1]
            await self._broker.wait([topic], 10.0)

    async def table(self, topic: str) -> AsyncIterator[Message]:
        """A topic from its beginning to its present end."""
        self.reach()
        async for message in self._broker.table(topic):
            yield message

    async def call(self, told: Awaitable[None]) -> None:
        """Let the process hear of something, and wait until it has dealt with it, or is dead."""
        call = asyncio.ensure_future(told)
        if self.dead:
            call.cancel()
        self._calls.add(call)
        await asyncio.wait([call])
        self._calls.discard(call)

    def die(self) -> None:
        """Nothing comes or goes any more. The group learns of it once the session has run out."""
        self.dead = True
        for call in self._calls:
            call.cancel()
        for feed in self.feeds:
            self._broker.loop.call_later(self._broker.random.random() * 3, feed.vanish)


class SimulatedFeed(MemoryFeed):
    """A member of a group, until its session expires."""

    def __init__(
        self,
        connection: Connection,
        broker: Broker,
        group: str,
        topics: Sequence[str],
        assigned: Rebalanced,
        revoked: Rebalanced,
    ) -> None:
        super().__init__(broker, group, topics, assigned, revoked)
        self.connection, self._broker = connection, broker
        self.gone = False

    async def poll(self, patience: float) -> list[Message]:
        """What has come, or some of it, or some of it again. Raises BusError."""
        self.connection.reach()
        found = self._next()
        if not found and patience:
            # Nobody is kept waiting by a longer patience, and who has none takes time.
            await self._broker.wait(self.topics, patience * 4)
            found = self._next()
        await asyncio.sleep(0)
        return found

    def _next(self) -> list[Message]:
        broker, faults, now = self._broker, self._broker.faults(), self._broker.loop.time()
        found: list[Message] = []
        for place, position in self.positions.items():
            log = broker.logs[place]
            if place in self._paused or broker.held.get((self.group, place[0]), 0.0) > now:
                continue
            if position >= len(log):
                continue
            if broker.random.random() < faults.held:
                broker.held[self.group, place[0]] = now + broker.random.random() * faults.holding
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

    def expire(self) -> None:
        """The group goes on without this member, which isn't asked."""
        self._broker.loop.create_task(self._broker.regroup(self.group, self._without))

    def vanish(self) -> None:
        """The group goes on without this member, for ever."""
        self.gone = True
        self.expire()

    async def rejoin(self) -> None:
        """Learn that the group has gone on, and come back."""
        if not self.connection.dead:
            await self._broker.regroup(self.group, lambda members: [*self._without(members), self])

    async def close(self) -> None:
        """Leave the group, unless dead already."""
        if not self.connection.dead:
            self.gone = True
            await self._broker.regroup(self.group, self._without)

    def _without(self, members: Sequence["SimulatedFeed"]) -> list["SimulatedFeed"]:
        return [one for one in members if one is not self]
