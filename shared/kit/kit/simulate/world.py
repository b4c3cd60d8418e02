"""Services, each in one or more processes, from the first command to the last. What befalls them: `troubled`."""

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
    """What stays the same throughout a run.

    `lanes`: the shards in use; `replicas`: processes of each service; `statements`: what each one's own statements do.
    """

    epoch: datetime
    speed: float
    lanes: Collection[int]
    grain: timedelta
    faults: Faults
    timings: Timings
    busy: float = 20.0
    """Seconds for which people are at work, more or less."""
    replicas: dict[str, int] = field(default_factory=dict)
    statements: dict[str, InMemoryStatements] = field(default_factory=dict)


class World:
    """All that there is. `seed` names the streams of chance that things draw from."""

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
        """What befell whom, for the report of a failure."""
        self.own: dict[str, dict[str, Any]] = {}
        """By service the settings that aren't the usual ones, for processes that start from now on."""
        self.waiting: list[Callable[[], Iterable[str]]] = []
        """Who else says what is still to be done."""
        self.kept: Counter[str] = Counter()
        """How many processes of each service there are to be."""
        self._seed = seed
        self._names = Random(f"{seed}/names")
        self._numbers: dict[str, Iterator[int]] = defaultdict(count)
        self._lives = 0
        self.closing = False
        self._running: list[asyncio.Task[None]] = []

    def _store(self, service: Service) -> Database:
        """A database in which the shards in use are shared, and no others."""
        leases = dict.fromkeys(sorted(self.setting.lanes), Lease())
        return Database(service.topic, tables=Tables(clock=self.loop.time, leases=leases))

    def start(self) -> None:
        """Start every process."""
        for name in self.services:
            for _ in range(self.setting.replicas.get(name, 1)):
                self.keep(name)

    async def end(self) -> None:
        """Stop everything. Raises what a process died of, if that was no fault of ours."""
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
        """What ended a process that should have gone on."""
        ended = [task for task in self._running if task.done() and not task.cancelled()]
        return next((error for task in ended if (error := task.exception())), None)

    async def perform(self, service: str, request: CommandRequest) -> Result:
        """As a client: ask some process, and again with the same id until there is an answer."""
        while True:
            up = [process for process in self.processes if process.service.name == service and process.up]
            if up:
                try:
                    return await self.random.choice(up).perform(request)
                except Unavailable as error:
                    self.tell(f"client: {type(request.command).__name__} for {request.stream}: {error}; asks again")
            await asyncio.sleep(0.05 + self.random.random() * 0.5)

    def heal(self) -> None:
        """Nothing goes wrong from now on."""
        self.tell("all is well from now on")
        self.faults = CALM
        self.broker.held.clear()
        self.broker.cut.clear()
        for process in self.processes:
            process.clock.skew = timedelta()
            process.store.fuse = 0

    async def quiet(self, patience: float) -> bool:
        """Wait until nothing is left to do; False if that takes longer."""
        until, before = self.loop.time() + patience, -1
        while self.loop.time() < until and not self.died():
            await asyncio.sleep(0.5)
            written = sum(len(log) for store in self.stores.values() for log in store.tables.log.values())
            # Within a transaction the tables show what may yet be undone.
            midway = any(store._mutex.locked() for store in self.stores.values())
            if written == before and not midway and not self.unfinished():
                return True
            before = written
        return False

    def unfinished(self) -> list[str]:
        """What is still to be done."""
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
        """Note something in the story."""
        self.story.append(f"{self.loop.time():8.3f} {self.right.now():%a %d %H:%M:%S} {what}")

    async def restart(self, name: str) -> None:
        """Stop a service's processes in order, one after the other; they are started again."""
        for process in list(self.processes):
            if process.service.name == name:
                self.stop(process) if process.up else process.die()
                await asyncio.sleep(self.random.random() * 6)

    def stop(self, process: Process) -> None:
        """Have it end in order."""
        if process.up:
            self.tell(f"{process.service.name} is stopped")
            self.run(process.stop())

    async def take_away(self, process: Process) -> None:
        """Free the shards of a process, as though it had stood still for longer than a lease."""
        async with self.stores[process.service.name].transaction() as tx:
            await tx.succeed(NOBODY, process.replica)

    def tool(self, name: str) -> WiredService:
        """What a command such as `punctual parked` has of a service, beside its processes."""
        return self._process(name, "a tool").host

    def run(self, coroutine: Coroutine[Any, Any, None]) -> None:
        """Run something to the end."""
        self._running.append(self.loop.create_task(coroutine))

    def keep(self, name: str) -> None:
        """Run one more process of a service, and start it again whenever it has ended."""
        self.run(self._keep(name, next(self._numbers[name])))
        self.kept[name] += 1

    def lose(self, process: Process) -> None:
        """A process ends without a word, and is not started again."""
        self.kept[process.service.name] -= 1
        process.lost = True
        process.die()

    async def _keep(self, name: str, number: int) -> None:
        """Somebody who starts a process whenever it has ended: under the same name, or on another machine."""
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
        """By how much a clock is wrong."""
        most = self.faults.skew * self.setting.speed
        return timedelta(seconds=self.random.uniform(-most, most) if most else 0.0)
