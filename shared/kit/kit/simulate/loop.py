"""An event loop in virtual time: it never waits, and the seed says which of those who could go on goes on."""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Coroutine
from itertools import count
from math import ceil
from random import Random
from typing import Any

MAX_STEPS = 300_000
"""Steps, many times what a run takes."""
TICK_SECONDS = 2.0**-36
"""Time goes in ticks, so that sums and differences of instants are exact, and whoever sleeps wakes later."""
MAX_STEPS_TO_END = 20_000
"""Steps in which all that is left must have ended."""


class Deadlock(Exception):
    """Everybody waits for somebody else, for ever."""


class Exhausted(Exception):
    """It took more steps than it should: something runs in circles."""


class Task(asyncio.Task[Any]):
    """A task whose place in a set doesn't depend on its address in memory."""

    _numbers = count()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._number = next(Task._numbers)
        super().__init__(*args, **kwargs)

    def __hash__(self) -> int:
        return self._number

    def __eq__(self, other: object) -> bool:
        return self is other


class VirtualLoop(asyncio.BaseEventLoop):
    """Time jumps to the next timer as soon as nobody can go on. `patience`: how many steps at most."""

    def __init__(self, random: Random, *, patience: int = MAX_STEPS) -> None:
        super().__init__()
        self._random = random
        self._now = 0.0
        self.patience = patience
        self.steps = 0
        Task._numbers = count()
        self.set_task_factory(_task)  # type: ignore[arg-type]
        self.failure: dict[str, Any] | None = None
        """What was raised where nobody could catch it."""
        self.set_exception_handler(self._note)

    def time(self) -> float:
        """Virtual seconds since the beginning."""
        return self._now

    def _note(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        self.failure = self.failure or context

    def _run_once(self) -> None:
        ready: deque[asyncio.Handle] = self._ready  # type: ignore[attr-defined]
        timers: list[asyncio.TimerHandle] = self._scheduled  # type: ignore[attr-defined]
        while timers and timers[0].cancelled():
            heapq.heappop(timers)
        if not ready:
            if not timers:
                raise Deadlock("nobody can go on, and no timer is set")
            self._now = max(self._now, ceil(timers[0].when() / TICK_SECONDS) * TICK_SECONDS)
        while timers and timers[0].when() <= self._now:
            timer = heapq.heappop(timers)
            if not timer.cancelled():
                ready.append(timer)
        if not ready:
            return
        self.steps += 1
        if self.steps > self.patience:
            raise Exhausted(f"{self.patience} steps were not enough")
        if (others := len(ready)) > 1:
            ready.rotate(-int(self._random.random() * others))
        handle = ready.popleft()
        if not handle.cancelled():
            handle._run()

    def _write_to_self(self) -> None:
        """There is no other thread to wake."""

    def _process_events(self, event_list: Any) -> None:
        """There is no I/O."""


def _task(loop: asyncio.AbstractEventLoop, coro: Coroutine[Any, Any, Any], **kwargs: Any) -> "asyncio.Task[Any]":
    return Task(coro, loop=loop, **kwargs)


def run(main: Callable[[VirtualLoop], Coroutine[Any, Any, Any]], random: Random) -> Any:
    """Run a coroutine to its end in a loop of its own."""
    loop = VirtualLoop(random)
    try:
        return loop.run_until_complete(main(loop))
    finally:
        loop.patience = loop.steps + MAX_STEPS_TO_END
        try:
            left = [task for task in asyncio.all_tasks(loop) if not task.done()]
            for task in left:
                task.cancel()
            if left:
                loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            loop.close()
