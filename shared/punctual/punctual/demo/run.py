"""The demo from beginning to end."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import timedelta
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from rich.console import Console

from kit.process.service import Service
from punctual.demo import report
from punctual.demo.actions import Ticket
from punctual.demo.complaints import complain
from punctual.demo.display import Display
from punctual.demo.doors import Doors
from punctual.demo.environment import Environment
from punctual.demo.judge import judge
from punctual.demo.on_call import on_call
from punctual.demo.people import ACCOUNTS
from punctual.demo.plan import story
from punctual.demo.player import play, register
from punctual.demo.progress import Progress
from punctual.demo.reading import acknowledge_words, read_words
from punctual.demo.sample import MIDNIGHT
from punctual.demo.watch import Watch
from punctual.local.databases import SERVICES
from punctual.local.places import Home

Bring = Callable[[Home, Callable[[str], None], Callable[[Environment], None]], AbstractAsyncContextManager[Environment]]
NEXT_MIDNIGHT = MIDNIGHT + timedelta(days=1)
AFTERGLOW_SECONDS = 1.5
"""How long facts are still shown after midnight, in real seconds."""


@dataclass
class Demo:
    """One demo. `bring` brings the environment up in `home`, which is the demo's own; `result` is the JSON file."""

    home: Home
    bring: Bring
    console: Console
    result: Path
    keep: bool = False
    progress: Progress = field(default_factory=Progress)
    seconds: dict[str, float] = field(default_factory=dict)
    display: Display | None = None
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)
    _services: "asyncio.Task[list[Service]]" = field(init=False)

    async def run(self) -> int:
        """Play it; 0 if every check held. Raises StackUnavailable where the environment can't be brought up."""
        begun = time.monotonic()
        # Importing them takes a second that is not to fall into the play.
        self._services = asyncio.create_task(asyncio.to_thread(_services))
        try:
            async with self.bring(self.home, self.say, self._watch) as environment:
                self.seconds["start"] = time.monotonic() - begun
                held = await self._played(environment, begun)
                await self._part(environment)
        except asyncio.CancelledError:
            self.say("Stopped")
            raise
        finally:
            await self._quiet()
        return 0 if held else 1

    def say(self, text: str) -> None:
        """A line of progress."""
        self.console.print(f"· {text}", markup=False, soft_wrap=True)

    def _watch(self, environment: Environment) -> None:
        watch = Watch(environment.bus, lambda fact: self.display.fact(fact) if self.display else None)
        self.display = Display(self.console, watch.counts, environment.clock)
        self._aside(watch.run())

    def _aside(self, doing: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(doing))

    async def _quiet(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks.clear()

    async def _played(self, environment: Environment, begun: float) -> bool:
        tickets = story()
        async with Doors(environment) as doors:
            await self._day(doors, tickets)
            counting = time.monotonic()
            with self.console.status("Waiting until all is done, then replaying the log ..."):
                figures, checks = await judge(doors, await self._services, tickets, self.progress)
            self.seconds["checks"] = time.monotonic() - counting
        self.seconds["total"] = time.monotonic() - begun
        late = environment.clock.real(self.progress.late)
        said = report.as_json(environment, figures, checks, self.seconds, late, self.progress.latest)
        report.write(self.result, said)
        report.show(self.console, figures, checks, self.seconds, environment)
        self.console.print(f"[dim]The same as JSON: {self.result}[/]", soft_wrap=True)
        return bool(said["ok"])

    async def _day(self, doors: Doors, tickets: list[Ticket]) -> None:
        clock = doors.environment.clock
        playing = time.monotonic()
        assert self.display
        with self.display:
            await register(doors, ACCOUNTS)
            if clock.now() > tickets[0].actions[0].at:
                self.say("The services took long to start: the first requests come late")
            self._aside(on_call(doors, clock, self.progress))
            self._aside(read_words(doors, self.progress))
            await asyncio.gather(play(doors, clock, tickets, self.progress), complain(doors, clock, self.progress))
            await asyncio.sleep(max(0.0, clock.real(NEXT_MIDNIGHT - clock.now())) + AFTERGLOW_SECONDS)
        self.display = None
        await self._quiet()
        await acknowledge_words(doors)
        self.seconds["play"] = time.monotonic() - playing

    async def _part(self, environment: Environment) -> None:
        report.show_urls(self.console, environment)
        if not self.keep:
            self.console.print("To look around in it: [bold]make demo ARGS=--keep[/], or [bold]punctual demo --keep[/]")
            self.say("Stopping it all")
            return
        self.console.print(
            "[green]It stays up, on the accelerated clock, until Ctrl-C.[/] In another terminal, for example:\n"
            + "\n".join(f"  {line}" for line in environment.around),
            soft_wrap=True,
        )
        with contextlib.suppress(asyncio.CancelledError):  # being stopped is how it ends well
            await asyncio.Event().wait()
        self.say("Stopping it all")


def _services() -> list[Service]:
    published = {point.name: point for point in entry_points(group="punctual.services")}
    return [published[name].load() for name in SERVICES]
