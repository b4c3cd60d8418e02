"""Group commit: commands that arrive together share a transaction, and each has a result of its own."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from uuid import UUID

from msgspec import structs

from kit.clock import Clock
from kit.log.perform import Core
from kit.log.request import CommandRequest, Done, Failed, Overtaken, Result, Together
from kit.log.together import COMPARISON_WAIT_SECONDS, RETRY_SECONDS, carry_out
from kit.store import BadValue, ClockWrong, Store, Unavailable
from kit.store.values import Held

MAX_BATCH_COMMANDS = 200
LAST_COMMAND_PAUSE_SECONDS, MAX_GATHERING_SECONDS = 0.001, 0.010
"""A batch is written after so many seconds without another command, or after so many in any case."""
LANE_OVERLAP_SECONDS = 0.025
"""Seconds that commands wait for a lane that is writing before another lane takes them: one large batch costs less."""
COMMAND_TIMEOUT_SECONDS = 15.0
"""Seconds until the caller learns that the outcome is unknown."""
LAST_ATTEMPT_SECONDS = 5.0
"""Seconds more that a caller waits for an attempt under way."""


@dataclass(slots=True)
class _Waiting:
    request: CommandRequest
    until: float
    held_until: float
    answer: "asyncio.Future[Result]" = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Writer:
    """Takes commands one by one, and writes them in batches over `lanes` connections."""

    def __init__(self, store: Store, core: Core, clock: Clock, *, lanes: int = 2) -> None:
        self._store = store
        self._core = core
        self._clock = clock
        self._lanes = lanes
        self._queue: list[_Waiting] = []
        self._busy: set[str | UUID] = set()
        """Streams and command ids that are being written: no second batch may write them."""
        self._wanted: set[str | UUID] = set()
        """Streams and command ids for which commands that stand or fall together wait: no lane takes them."""
        self._one_at_a_time = asyncio.Lock()
        self._asked_together = 0
        self._arrived = asyncio.Event()
        self._released = asyncio.Event()
        self._turn = asyncio.Lock()
        """Held by the lane that takes the next batch."""
        self._under_way = 0
        self._idle = asyncio.Event()
        self._idle.set()
        self.wrote = asyncio.Event()
        """Set after each batch that appended something; the relay waits for it and clears it."""

    async def perform(self, request: CommandRequest) -> Result:
        """Carry out a command. Raises Unavailable if the outcome is unknown: try again with the same id."""
        now = self._clock.elapsed()
        waiting = _Waiting(request, now + COMMAND_TIMEOUT_SECONDS, now + COMPARISON_WAIT_SECONDS)
        self._queue.append(waiting)
        self._arrived.set()
        async with _with_timeout():
            return await waiting.answer

    async def perform_together(self, requests: Sequence[CommandRequest]) -> list[Together]:
        """Carry out a few commands (of distinct ids) that stand or fall together, in a transaction of their own.

        Raises Unavailable if the outcome is unknown: try again with the same ids.
        """
        claims = {claim for request in requests for claim in _claims(request)}
        self._asked_together += 1
        try:
            async with _with_timeout(), self._one_at_a_time, self._claimed(claims):
                results = await carry_out(self._store, self._core, self._clock, requests, COMMAND_TIMEOUT_SECONDS)
        finally:
            self._asked_together -= 1
        if any(isinstance(result, Done) and result.facts for result in results):
            self.wrote.set()
        return results

    @asynccontextmanager
    async def _claimed(self, claims: set[str | UUID]) -> AsyncIterator[None]:
        """While this holds, no other task of this process writes these streams and command ids."""
        self._wanted = claims
        try:
            while self._busy & claims:
                self._released.clear()
                await self._released.wait()
            self._busy |= claims
        finally:
            self._wanted = set()
            self._arrived.set()
        try:
            yield
        finally:
            self._release(claims)

    def _release(self, claims: Iterable[str | UUID]) -> None:
        self._busy.difference_update(claims)
        self._released.set()
        self._arrived.set()

    async def run(self) -> None:
        """Write until cancelled, one transaction at a time per lane."""
        async with asyncio.TaskGroup() as lanes:
            for _ in range(self._lanes):
                lanes.create_task(self._lane())

    async def drain(self) -> None:
        """Wait until every command is written: the last step before a graceful stop."""
        while self._queue or self._busy or self._asked_together:  # noqa: ASYNC110 - asked once, at the very end
            await asyncio.sleep(0.01)

    async def _lane(self) -> None:
        while True:
            async with self._turn:
                batch = await self._next()
                self._under_way += 1
                self._idle.clear()
            try:
                await self._write(batch)
            finally:
                self._release(claim for waiting in batch for claim in _claims(waiting.request))
                self._under_way -= 1
                if not self._under_way:
                    self._idle.set()

    async def _next(self) -> list[_Waiting]:
        """The next batch, as soon as there is one."""
        while True:
            if self._queue:
                await self._gather()
            if batch := self._take():
                return batch
            self._arrived.clear()
            await self._arrived.wait()

    async def _gather(self) -> None:
        """Wait a moment for commands that arrive together: clients that just had an answer send their next command."""
        until = self._clock.elapsed() + MAX_GATHERING_SECONDS
        waiting = 0
        while waiting < len(self._queue) < MAX_BATCH_COMMANDS and self._clock.elapsed() < until:
            waiting = len(self._queue)
            await asyncio.sleep(LAST_COMMAND_PAUSE_SECONDS)
        with suppress(TimeoutError):
            async with asyncio.timeout(LANE_OVERLAP_SECONDS):
                await self._idle.wait()

    def _take(self) -> list[_Waiting]:
        """The next commands whose streams are not being written. A stream's second command waits for the next batch."""
        batch: list[_Waiting] = []
        rest: list[_Waiting] = []
        for waiting in self._queue:
            if waiting.answer.done():
                continue
            claims = _claims(waiting.request)
            if len(batch) < MAX_BATCH_COMMANDS and self._busy.isdisjoint(claims) and self._wanted.isdisjoint(claims):
                self._busy.update(claims)
                batch.append(waiting)
            else:
                rest.append(waiting)
        self._queue = rest
        return batch

    async def _write(self, batch: Sequence[_Waiting]) -> None:
        try:
            results = await self._attempt(batch)
        except BadValue:
            # One command has a bad value: try each alone, so that only that one fails.
            results = [await self._alone(waiting) for waiting in batch]
        except Unavailable as error:
            await self._again(batch, error)
            return
        for waiting, result in zip(batch, results, strict=True):
            if isinstance(result, Overtaken):
                waiting.request = structs.replace(waiting.request, creates=False)
                self._queue.append(waiting)
            elif result == Held() and self._clock.elapsed() < waiting.held_until:
                asyncio.get_running_loop().call_later(RETRY_SECONDS, self._put_back, waiting)
            elif not waiting.answer.done():
                waiting.answer.set_result(result)
        if any(isinstance(result, Done) and result.facts for result in results):
            self.wrote.set()

    def _put_back(self, waiting: _Waiting) -> None:
        self._queue.append(waiting)
        self._arrived.set()

    async def _attempt(self, batch: Sequence[_Waiting]) -> list[Result]:
        async with self._store.transaction() as tx:
            return await self._core.perform(tx, [waiting.request for waiting in batch], self._clock.now())

    async def _alone(self, waiting: _Waiting) -> Result:
        try:
            return (await self._attempt([waiting]))[0]
        except BadValue as error:
            return Failed(error)
        except Unavailable:
            return Overtaken()

    async def _again(self, batch: Sequence[_Waiting], error: Unavailable) -> None:
        """Queue the batch again: whether it was written is unknown, and the command ids make a second try safe.

        Commands that have waited too long fail, and all do if the clock is wrong: it will be for a while.
        """
        for waiting in batch:
            if isinstance(error, ClockWrong) or self._clock.elapsed() >= waiting.until:
                with suppress(asyncio.InvalidStateError):
                    waiting.answer.set_exception(error)
            else:
                self._queue.append(waiting)
        await asyncio.sleep(0.1)


@asynccontextmanager
async def _with_timeout() -> AsyncIterator[None]:
    """Raises Unavailable if the block takes too long."""
    try:
        async with asyncio.timeout(COMMAND_TIMEOUT_SECONDS + LAST_ATTEMPT_SECONDS):
            yield
    except TimeoutError as error:
        raise Unavailable("the database gave no answer in time") from error


def _claims(request: CommandRequest) -> tuple[str, UUID]:
    return request.stream, request.command_id
