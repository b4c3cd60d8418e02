"""A service's process: it starts, runs, dies without a word or stops in order, and is started again."""

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
"""Seconds from the wish to stop until what still runs is cancelled."""

T = TypeVar("T")


class PartEnded(Exception):
    """A part of the process ended, and nobody had asked it to."""


class Process:
    """One life of a process. `own`: the service's settings, where they aren't the usual ones; `replica`: its name."""

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
        """It is not started again."""
        self.ended_by: BaseException | None = None
        self._tasks: list[asyncio.Task[Any]] = []
        self._finishing: list[asyncio.Task[None]] = []

    async def run(self) -> None:
        """Until it dies or has stopped. If one part dies, the process dies."""
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
        """Without a word: nothing that it still does has any effect."""
        self.up, self.store.dead = False, True
        if not self.connection.dead:
            self.connection.die()
        for task in self._tasks:
            task.cancel()

    def stand_still(self, until: float) -> None:
        """Neither database nor broker hears of it until then, and it hears of neither."""
        self.store.still_until = self.connection.still_until = until

    def light(self) -> None:
        """It will die soon, in the midst of something."""
        self.store.fuse = self.random.randint(1, 40)

    async def stop(self) -> None:
        """In order: finish what is in hand, give up what is held."""
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
        """Ask for a command to be carried out. Raises Unavailable; also when the process dies over it."""
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
