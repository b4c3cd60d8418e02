"""One seed, one history: run it, and say what is wrong with it."""

import hashlib
import logging
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points
from random import Random

import structlog
from tests.simulation.invariants import Ending, wrong
from tests.simulation.scenario import Desk, setting_of

from contracts import sealing
from kit.service import Service
from kit.simulate.loop import Deadlock, Exhausted, VirtualLoop, run
from kit.simulate.world import World

ONE_DAY = 5.0
PATIENCE = 120.0


@dataclass(frozen=True)
class Report:
    """How a seed went."""

    seed: str
    findings: tuple[str, ...]
    story: tuple[str, ...]
    digest: str
    """Of all logs, without what is encrypted."""
    events: int
    steps: int

    def __str__(self) -> str:
        """For who has to find out why."""
        return "\n".join([f"seed {self.seed} fails; what befell it:", *self.story, "", *self.findings])


def services() -> list[Service]:
    """Those that are installed."""
    return [point.load() for point in sorted(entry_points(group="punctual.services"), key=lambda point: point.name)]


def simulate(seed: str) -> Report:
    """Run a seed."""

    async def main(loop: VirtualLoop) -> Report:
        random = Random(f"{seed}/scenario")
        world = World(loop, seed, every, setting_of(random))
        desk = Desk(world, random)
        world.start()
        await desk.live()
        world.heal()
        quiet = await world.quiet(PATIENCE)
        ending = Ending(world, desk.answers, desk.tickets, world.right.now())
        findings = list(wrong(ending)) if quiet else ["it never came to rest", *world.unfinished()]
        try:
            await world.end()
        except Exception as error:
            findings.append(f"a process died of {error!r}")
        if loop.failure:
            findings.append(f"nobody caught {loop.failure}")
        logs = [row for store in world.stores.values() for log in store.tables.log.values() for row in log]
        return Report(seed, tuple(findings), tuple(world.story), digest(repr(logs)), len(logs), loop.steps)

    every = services()
    with _quietly():
        try:
            return run(main, Random(f"{seed}/loop"))  # type: ignore[no-any-return]
        except (Deadlock, Exhausted) as error:
            return Report(seed, (f"it stopped at {error!r}",), (), "", 0, 0)


def digest(text: str) -> str:
    """Of a text without its sealed parts, which no two runs have in common."""
    return hashlib.sha256(re.sub(re.escape(sealing.PREFIX) + r'[^"\\]*', "", text).encode()).hexdigest()


@contextmanager
def _quietly() -> Iterator[None]:
    """What processes log says nothing here: the story does."""
    before = structlog.get_config()
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL), cache_logger_on_first_use=False
    )
    try:
        yield
    finally:
        structlog.configure(**before)


def failing(seeds: Sequence[str]) -> list[Report]:
    """The seeds that fail."""
    return [report for seed in seeds if (report := simulate(seed)).findings]
