"""An event loop in virtual time: it never waits, and draws which of the ready callbacks runs next."""

import asyncio
import heapq
from collections import deque
from collections.abc import Callable, Coroutine
from itertools import count
from math import ceil
from random import Random
from typing import Any

MAX_STEPS = 300_000
"""Steps of a run, after which it has failed; many times what a run takes."""
TICK_SECONDS = 2.0**-36
"""Time advances in ticks, so that sums and differences of instants are exact, and every sleep takes time."""
MAX_STEPS_TO_END = 20_000
"""Steps within which remaining tasks must end after a run."""


class Deadlock(Exception):
    """No callback is ready, and no timer is set: all tasks wait for ever."""


class Exhausted(Exception):
    """The run took too many steps: probably something loops."""


class Task(asyncio.Task[Any]):
    """A task whose hash doesn't depend on its address in memory, so that sets of tasks have the same order."""

    _numbers = count()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._number = next(Task._numbers)
        super().__init__(*args, **kwargs)

    def __hash__(self) -> int:
        return self._number

    def __eq__(self, other: object) -> bool:
        return self is other


class VirtualLoop(asyncio.BaseEventLoop):
    """Time jumps to the next timer when no callback is ready. `max_steps`: after so many it raises Exhausted."""

    def __init__(self, random: Random, *, max_steps: int = MAX_STEPS) -> None:
        super().__init__()
        self._random = random
        self._now = 0.0
        self.max_steps = max_steps
        self.steps = 0
        Task._numbers = count()
        self.set_task_factory(_task)  # type: ignore[arg-type]
        self.failure: dict[str, Any] | None = None
        """The context of the first exception that nobody caught."""
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
        if self.steps > self.max_steps:
            raise Exhausted(f"{self.max_steps} steps were not enough")
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
        loop.max_steps = loop.steps + MAX_STEPS_TO_END
        try:
            left = [task for task in asyncio.all_tasks(loop) if not task.done()]
            for task in left:
                task.cancel()
            if left:
                loop.run_until_complete(asyncio.gather(*left, return_exceptions=True))
            loop.run_until_complete(loop.shutdown_asyncgens())
        finally:
            loop.close()
