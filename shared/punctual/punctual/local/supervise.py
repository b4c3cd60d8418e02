"""`punctual up`: starts a desk, keeps its parts running, stops it."""

import asyncio
import contextlib
import fcntl
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from punctual.local.desk import Desk, now, start_desk, this_process
from punctual.local.errors import StackUnavailable
from punctual.local.keeping import keep
from punctual.local.places import Home
from punctual.local.runfile import Run, living, read_run
from punctual.local.stopping import stop_run


@contextmanager
def alone(home: Home) -> Iterator[None]:
    """At most one desk per home. Raises StackUnavailable if one runs; stops what a killed one left."""
    home.make()
    with (home.path / "lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            run = read_run(home)
            pid = f" (pid {run.supervisor.pid})" if run else ""
            raise StackUnavailable(f"A desk runs in {home.path} already{pid}: `punctual down` stops it.") from None
        yield


async def supervise(
    home: Home,
    *,
    services: bool,
    say: Callable[[str], None],
    show: Callable[[Desk], None],
) -> int:
    """Run a desk until SIGINT or SIGTERM. The exit code, 1 if a part refused its settings; `show`: it is up."""
    me = this_process(os.getpid())
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, stopping.set)
    if (left := read_run(home)) and living(left.processes):
        say("An earlier desk was killed; stopping what it left")
        await asyncio.to_thread(stop_run, home, say)

    Run(me, now()).write(home)  # so that `down` finds us from the beginning

    start = asyncio.create_task(
        start_desk(home, services=services, say=say, started=lambda d: d.run(me, ready=False).write(home))
    )
    stop = asyncio.create_task(stopping.wait())
    try:
        await asyncio.wait({start, stop}, return_when=asyncio.FIRST_COMPLETED)
        if not start.done():
            say("Stopping")
            start.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await start
            return 0
        desk = start.result()
        show(desk)
        desk.run(me, ready=True).write(home)
        try:
            refused = await _keep_all(desk, stopping, say, lambda: desk.run(me, ready=True).write(home))
        finally:
            say("Stopping the services, then the stack")
            await desk.stop()
        return 1 if refused else 0
    finally:
        stop.cancel()
        home.run.unlink(missing_ok=True)


async def _keep_all(
    desk: Desk, stopping: asyncio.Event, say: Callable[[str], None], changed: Callable[[], None]
) -> bool:
    """Keep all parts running until we are asked to stop; whether one of them refused its settings."""
    async with asyncio.TaskGroup() as group:
        keeping = [group.create_task(keep(part, say, changed)) for part in desk.parts()]
        await stopping.wait()
        refused = any(task.done() for task in keeping)
        for task in keeping:
            task.cancel()
    return refused
