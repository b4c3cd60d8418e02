"""One seed, one history: run it, and say what is wrong with it."""

import hashlib
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from importlib.metadata import entry_points
from random import Random
from typing import Any

import structlog
from tests.simulation.clocks import clocks_add_up
from tests.simulation.invariants import Ending, wrong
from tests.simulation.scenario import Desk, setting_of

from contracts import sealing
from kit.service import Service
from kit.settled import Evidence
from kit.simulate.loop import Deadlock, Exhausted, VirtualLoop, run
from kit.simulate.world import World
from kit.store import Timer
from sla_timer import publish
from sla_timer.policy_file.read import read

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


def services(hasty: set[str]) -> list[Service]:
    """Those that are installed. Streams whose timers ring on the wall clock are noted in `hasty`."""
    points = sorted(entry_points(group="punctual.services"), key=lambda point: point.name)
    return [_noting(point.load(), hasty) for point in points]


def _noting(service: Service, hasty: set[str]) -> Service:
    if not (ringing := service.ringing):
        return service

    def command(timer: Timer, evidence: Evidence, now: datetime) -> Any:
        if evidence != "settled":
            hasty.add(timer.stream)
        return ringing.command(timer, evidence, now)

    return replace(service, ringing=replace(ringing, command=command))


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
        ending = Ending(world, desk.answers, desk.tickets, world.right.now(), hasty)
        findings = [*wrong(ending), *_clocks(ending)] if quiet else ["it never came to rest", *world.unfinished()]
        try:
            await world.end()
        except Exception as error:
            findings.append(f"a process died of {error!r}")
        if loop.failure:
            findings.append(f"nobody caught {loop.failure}")
        logs = [row for store in world.stores.values() for log in store.tables.log.values() for row in log]
        return Report(seed, tuple(findings), tuple(world.story), digest(repr(logs)), len(logs), loop.steps)

    hasty: set[str] = set()
    every = services(hasty)
    with _quietly():
        try:
            return run(main, Random(f"{seed}/loop"))  # type: ignore[no-any-return]
        except (Deadlock, Exhausted) as error:
            return Report(seed, (f"it stopped at {error!r}",), (), "", 0, 0)


def _clocks(ending: Ending) -> list[str]:
    return [f"clocks add up: {finding}" for finding in clocks_add_up(ending)]


def digest(text: str) -> str:
    """Of a text without its sealed parts, which no two runs have in common."""
    return hashlib.sha256(re.sub(re.escape(sealing.PREFIX) + r'[^"\\]*', "", text).encode()).hexdigest()


_read = cache(read)


@contextmanager
def _quietly() -> Iterator[None]:
    """What processes log says nothing here: the story does. The policy's file is read once for all of them."""
    before = structlog.get_config()
    publish.read = _read  # type: ignore[attr-defined]
    structlog.configure(
        wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL), cache_logger_on_first_use=False
    )
    try:
        yield
    finally:
        structlog.configure(**before)
        publish.read = read  # type: ignore[attr-defined]
