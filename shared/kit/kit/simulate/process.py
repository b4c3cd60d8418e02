"""A service's process: it starts, runs, and crashes or stops in order."""

import asyncio
from collections.abc import Coroutine
from random import Random
from typing import Any, TypeVar

from kit.bus import BusError
from kit.consume.watchdog import Stuck
from kit.log.request import CommandRequest, Result
from kit.process.service import Service
from kit.process.wiring import Timings, WiredService
from kit.simulate.bus import Connection
from kit.simulate.clock import SimulatedClock
from kit.simulate.settings import COMMON
from kit.simulate.store import SimulatedStore
from kit.store import ShardClosed, Unavailable
from kit.store.values import Held

SHUTDOWN_SECONDS = 8.0
"""Seconds from a stop until parts that still run are cancelled."""

T = TypeVar("T")


class PartEnded(Exception):
    """A part of the process ended before it was stopped."""


class Process:
    """One life of a process. `own`: settings of the service that differ from the defaults; `replica`: its name."""

    def __init__(
        self,
        service: Service,
        own: dict[str, Any],
        store: SimulatedStore,
        connection: Connection,
        clock: SimulatedClock,
        random: Random,
        *,
        timings: Timings,
        replica: str,
    ) -> None:
        self.service, self.store, self.connection, self.clock = service, store, connection, clock
        self.replica = replica
        settings = service.settings.model_construct(database_url="", port=0, **own)
        self.host = WiredService(service, COMMON, settings, store, connection, clock, replica=replica, timings=timings)
        self.random = random
        store.blown = self.die
        self.up = False
        self.lost = False
        """Whether it is lost for good, and not started again."""
        self.ended_by: BaseException | None = None
        self._tasks: list[asyncio.Task[Any]] = []
        self._finishing: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        """Run until it crashes or has stopped. If one part fails, the process ends."""
        try:
            await self._part(self.host.prepare())
            self._finishing = [self._run(part) for part in self.host.finishing()]
            lasting = [self._run(part) for part in self.host.lasting()]
            self.up = True
            ended, _ = await asyncio.wait([*self._finishing, *lasting], return_when=asyncio.FIRST_EXCEPTION)
            failed = [part.exception() for part in ended if not part.cancelled()]
            self.ended_by = next((error for error in failed if error), None)
        except (Unavailable, BusError) as error:
            self.ended_by = error
        finally:
            self.die()
            await asyncio.gather(*list(self._tasks), return_exceptions=True)
        if self.ended_by and not isinstance(self.ended_by, Unavailable | BusError | Stuck):
            raise self.ended_by

    def _run(self, part: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = self._start(self._until_stopped(part))
        task.add_done_callback(lambda _: part.close())  # it may have been cancelled before it began
        return task

    async def _until_stopped(self, part: Coroutine[Any, Any, None]) -> None:
        await part
        if not self.host.stopping:
            raise PartEnded(f"a part of {self.service.name} ended by itself: {part}")

    def die(self) -> None:
        """Crash: nothing that it still does has an effect."""
        self.up, self.store.dead = False, True
        if not self.connection.dead:
            self.connection.die()
        for task in self._tasks:
            task.cancel()

    def stand_still(self, until: float) -> None:
        """Exchange nothing with database and broker until then."""
        self.store.still_until = self.connection.still_until = until

    def light(self) -> None:
        """Make it crash within some steps, in the midst of something."""
        self.store.fuse = self.random.randint(1, 40)

    async def stop(self) -> None:
        """Stop in order: finish the work under way, and give up the leases."""
        self.up = False
        try:
            async with asyncio.timeout(SHUTDOWN_SECONDS):
                await self.host.stop()
                await asyncio.wait(self._finishing)
            self.store.in_order = not self.store.dead
        except TimeoutError:
            pass
        for task in self._tasks:
            task.cancel()

    async def perform(self, request: CommandRequest) -> Result:
        """Carry out a command. Raises Unavailable, also if the process crashes meanwhile."""
        if not self.up:
            raise Unavailable("nobody answers")
        if self.random.random() < self.store.faults().shot:
            self.light()
        result = await self._part(self.host.writer.perform(request))
        if isinstance(result, Held):
            raise ShardClosed(result.reason)
        return result

    async def _part(self, coroutine: Coroutine[Any, Any, T]) -> T:
        task = self._start(coroutine)
        await asyncio.wait([task])
        if task.cancelled():
            raise Unavailable("the process died")
        return task.result()

    def _start(self, coroutine: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.append(task)
        task.add_done_callback(self._tasks.remove)
        return task
