"""Services, each in one or more processes, on one broker. `kit.simulate.troubled` adds the faults."""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Coroutine, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from contracts.names import KEYS, SETTLED, SHARDS, TOPICS
from kit.log.request import CommandRequest, Result
from kit.memory.tables import Lease, Tables
from kit.process.service import Service
from kit.process.wiring import Timings, WiredService
from kit.relay.relay import KEY_PARTITIONS
from kit.simulate.broker import Broker
from kit.simulate.bus import Connection
from kit.simulate.clock import SimulatedClock
from kit.simulate.faults import CALM, Faults
from kit.simulate.loop import VirtualLoop
from kit.simulate.process import Process
from kit.simulate.statements import InMemoryStatements
from kit.simulate.store import Database, SimulatedStore
from kit.store import Unavailable
from kit.store.values import Cursor

NOBODY = UUID(int=0)


@dataclass(frozen=True, kw_only=True)
class Setting:
    """The parameters of a run.

    `lanes`: the shards in use; `replicas`: processes of each service; `statements`: the functions for
    each one's own SQL.
    """

    epoch: datetime
    speed: float
    lanes: Collection[int]
    grain: timedelta
    faults: Faults
    timings: Timings
    busy: float = 20.0
    """About how many seconds people are at work."""
    replicas: dict[str, int] = field(default_factory=dict)
    statements: dict[str, InMemoryStatements] = field(default_factory=dict)


class World:
    """All processes, their databases and the broker. All random generators are seeded with `seed` and a name."""

    def __init__(self, loop: VirtualLoop, seed: str, services: Sequence[Service], setting: Setting) -> None:
        self.loop, self.setting, self.services = loop, setting, {service.name: service for service in services}
        self.random = Random(f"{seed}/world")
        self.faults = setting.faults
        self.stores = {service.name: self._store(service) for service in services}
        partitions = dict.fromkeys(TOPICS, SHARDS) | {KEYS: KEY_PARTITIONS, SETTLED: 1}
        self.broker = Broker(loop, Random(f"{seed}/broker"), lambda: self.faults, partitions)
        self.right = SimulatedClock(loop, setting.epoch, setting.speed)
        """A clock that is never wrong."""
        self.processes: list[Process] = []
        self.story: list[str] = []
        """What happened, for the report of a failure."""
        self.own: dict[str, dict[str, Any]] = {}
        """By service, settings that differ from the defaults, for processes that start from now on."""
        self.waiting: list[Callable[[], Iterable[str]]] = []
        """Functions that list what else is not finished."""
        self.kept: Counter[str] = Counter()
        """How many processes of each service are kept running."""
        self._seed = seed
        self._names = Random(f"{seed}/names")
        self._numbers: dict[str, Iterator[int]] = defaultdict(count)
        self._lives = 0
        self.closing = False
        self._running: list[asyncio.Task[None]] = []

    def _store(self, service: Service) -> Database:
        """A database with leases for the shards in use, and no others."""
        leases = dict.fromkeys(sorted(self.setting.lanes), Lease())
        return Database(service.topic, tables=Tables(clock=self.loop.time, leases=leases))

    def start(self) -> None:
        """Start every process."""
        for name in self.services:
            for _ in range(self.setting.replicas.get(name, 1)):
                self.keep(name)

    async def end(self) -> None:
        """Stop everything. Raises the error of a process that failed, unless we made it fail."""
        self.closing = True
        for process in self.processes:
            process.die()
        for task in self._running:
            task.cancel()
        ends = await asyncio.gather(*self._running, return_exceptions=True)
        for end in ends:
            if isinstance(end, Exception):
                raise end

    def died(self) -> BaseException | None:
        """The error of a process that should not have ended; None: there is none."""
        ended = [task for task in self._running if task.done() and not task.cancelled()]
        return next((error for task in ended if (error := task.exception())), None)

    async def perform(self, service: str, request: CommandRequest) -> Result:
        """Carry out a command as a client does: try any process, with the same id until there is an answer."""
        while True:
            up = [process for process in self.processes if process.service.name == service and process.up]
            if up:
                try:
                    return await self.random.choice(up).perform(request)
                except Unavailable as error:
                    self.tell(f"client: {type(request.command).__name__} for {request.stream}: {error}; asks again")
            await asyncio.sleep(0.05 + self.random.random() * 0.5)

    def heal(self) -> None:
        """Let nothing go wrong from now on."""
        self.tell("all is well from now on")
        self.faults = CALM
        self.broker.held.clear()
        self.broker.cut.clear()
        for process in self.processes:
            process.clock.skew = timedelta()
            process.store.fuse = 0

    async def quiet(self, timeout_seconds: float) -> bool:
        """Wait until nothing is left to do. False: after so many seconds there still was."""
        until, before = self.loop.time() + timeout_seconds, -1
        while self.loop.time() < until and not self.died():
            await asyncio.sleep(0.5)
            written = sum(len(log) for store in self.stores.values() for log in store.tables.log.values())
            # During a transaction the tables show changes that may still be undone.
            midway = any(store._mutex.locked() for store in self.stores.values())
            if written == before and not midway and not self.unfinished():
                return True
            before = written
        return False

    def unfinished(self) -> list[str]:
        """What is not finished yet."""
        now, found = self.right.now(), []
        for name, store in self.stores.items():
            tables = store.tables
            found += [
                f"{name}: shard {lane} has {head} events, {sent} of them relayed"
                for lane in sorted(self.setting.lanes)
                if (sent := tables.relayed.get(lane, (0, None))[0]) != (head := len(tables.log[lane]))
            ]
            found += [f"{name}: the key of {subject} is not sent" for subject in sorted(tables.unrelayed)]
            found += [f"{name}: timer {timer} has not rung" for timer in tables.timers.values() if timer.due_at <= now]
            found += self._unheard(name)
        return [*found, *(what for waits in self.waiting for what in waits())]

    def _unheard(self, name: str) -> list[str]:
        cursors = self.stores[name].tables.cursors
        return [
            f"{name}: heard {seq} of {head} events in shard {lane} of {other.topic}"
            for other in self.stores.values()
            if other.topic in self.services[name].listens
            for lane in self.setting.lanes
            if (seq := cursors.get((other.topic, lane), Cursor()).seq) != (head := len(other.tables.log[lane]))
        ]

    def tell(self, what: str) -> None:
        """Add a line to the story."""
        self.story.append(f"{self.loop.time():8.3f} {self.right.now():%a %d %H:%M:%S} {what}")

    async def restart(self, name: str) -> None:
        """Restart a service's processes, one after the other."""
        for process in list(self.processes):
            if process.service.name == name:
                self.stop(process) if process.up else process.die()
                await asyncio.sleep(self.random.random() * 6)

    def stop(self, process: Process) -> None:
        """Stop a process in order."""
        if process.up:
            self.tell(f"{process.service.name} is stopped")
            self.run(process.stop())

    async def take_away(self, process: Process) -> None:
        """Free the shards of a process, as if its leases had expired."""
        async with self.stores[process.service.name].transaction() as tx:
            await tx.succeed(NOBODY, process.replica)

    def tool(self, name: str) -> WiredService:
        """A service wired as in a command such as `punctual parked`, beside its processes."""
        return self._process(name, "a tool").host

    def run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run a coroutine in the background."""
        self._running.append(self.loop.create_task(coroutine))

    def keep(self, name: str) -> None:
        """Run one more process of a service, and restart it whenever it has ended."""
        self.run(self._keep(name, next(self._numbers[name])))
        self.kept[name] += 1

    def lose(self, process: Process) -> None:
        """Crash a process for good."""
        self.kept[process.service.name] -= 1
        process.lost = True
        process.die()

    async def _keep(self, name: str, number: int) -> None:
        """Restart a process whenever it has ended, under its name or, as if on another machine, a new one."""
        replica = f"{name}-{number}"
        while not self.closing:
            process = self._process(name, replica)
            self.processes.append(process)
            try:
                await process.run()
            finally:
                self.processes.remove(process)
            if process.lost:
                return
            self.tell(f"{name} ended{f' by {process.ended_by!r}' if process.ended_by else ''}")
            if self._names.random() < 0.5:
                replica = f"{name}-{number}-{self._lives}"
            await asyncio.sleep(self.random.random())

    def _process(self, name: str, replica: str) -> Process:
        self._lives += 1
        random = Random(f"{self._seed}/{self._lives}")
        setting = self.setting
        return Process(
            self.services[name],
            self.own.get(name, {}),
            SimulatedStore(self.stores[name], random, lambda: self.faults, setting.statements.get(name)),
            Connection(self.broker),
            SimulatedClock(self.loop, setting.epoch, setting.speed, setting.grain, self.skew()),
            random,
            timings=setting.timings,
            replica=replica,
        )

    def skew(self) -> timedelta:
        """Draw by how much a clock is wrong."""
        most = self.faults.skew * self.setting.speed
        return timedelta(seconds=self.random.uniform(-most, most) if most else 0.0)
