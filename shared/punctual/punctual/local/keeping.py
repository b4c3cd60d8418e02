"""A part of a desk that ends by itself is started again, after growing pauses, with a message."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from punctual.local.errors import StackUnavailable
from punctual.local.process import Child

FIRST_PAUSE_SECONDS, MAX_PAUSE_SECONDS = 1.0, 30.0
"""Seconds until a part is started again: the first time, and at most."""
STEADY_SECONDS = 60.0
"""After a run as long as this, pauses begin again with the shortest."""
POLL_SECONDS = 0.3
"""How often to look whether a part still runs."""
SETTINGS_REFUSED = 2
"""A service's exit code when its settings are wrong: starting it again would not help."""


@dataclass(frozen=True, slots=True)
class Part:
    """A process that may end. `child`: the one that runs, or ran last; `again`: starts another in its place.

    `again` raises StackUnavailable. `settings`: it exits with SETTINGS_REFUSED for wrong ones.
    """

    name: str
    child: Callable[[], Child]
    again: Callable[[], Awaitable[None]]
    settings: bool = False


async def keep(part: Part, say: Callable[[str], None], changed: Callable[[], None]) -> None:
    """Keep it running until cancelled; ends if it refuses its settings. `changed`: another process runs now."""
    pause = FIRST_PAUSE_SECONDS
    while True:
        child, since = part.child(), time.monotonic()
        while (code := child.exit_code()) is None:  # noqa: ASYNC110 - SIGCHLD belongs to whoever runs the loop
            await asyncio.sleep(POLL_SECONDS)
        if time.monotonic() - since > STEADY_SECONDS:
            pause = FIRST_PAUSE_SECONDS
        say(f"{part.name} ended by itself (exit {code}). Last in {child.spec.log}:")
        say(child.said(5) or "(nothing)")
        if part.settings and code == SETTINGS_REFUSED:
            say(f"{part.name} refuses its settings and stays down: correct them, then `punctual down` and `up` again")
            return
        await child.stop()  # what it had begun may outlive it
        while part.child() is child:
            say(f"{part.name} is started again in {pause:.0f} s")
            await asyncio.sleep(pause)
            pause = min(2 * pause, MAX_PAUSE_SECONDS)
            try:
                await part.again()
            except StackUnavailable as error:
                say(f"{part.name} is not back: {error}")
            else:
                say(f"{part.name} is back")
        changed()
