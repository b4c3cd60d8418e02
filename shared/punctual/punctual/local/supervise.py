"""`punctual up`: starts a desk, watches it, stops it; ends loudly when a part of it does."""

import asyncio
import contextlib
import fcntl
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from punctual.local.desk import Desk, now, start_desk, this_process
from punctual.local.errors import StackUnavailable
from punctual.local.places import Home
from punctual.local.process import Child
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
    """Run a desk until SIGINT or SIGTERM, or until a part of it ends. The exit code; `show` is called when it is up."""
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
        fallen = await _until_one_falls(desk, stopping)
        if fallen is not None:
            say(f"{fallen.spec.name} ended by itself (exit {fallen.exit_code()}). Last in {fallen.spec.log}:")
            say(fallen.said(15) or "(none)")
        say("Stopping the services, then the stack")
        await desk.stop()
        return 0 if fallen is None else 1
    finally:
        stop.cancel()
        home.run.unlink(missing_ok=True)


async def _until_one_falls(desk: Desk, stopping: asyncio.Event) -> Child | None:
    """None when we were asked to stop."""
    while not stopping.is_set():
        for child in desk.children():
            if child.exit_code() is not None:
                return child
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(stopping.wait(), 0.3)
    return None
