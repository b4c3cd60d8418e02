"""Releases that trip over some facts, and the operator who redrives what they set aside."""

import asyncio
import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from random import Random
from typing import Any, Literal

from contracts.envelope import Fact
from contracts.refusals import Refusal
from kit.consume import redrive
from kit.consume.follow import Poison
from kit.decider import Decider
from kit.log.perform import Enrich
from kit.process.service import Service
from kit.simulate.faults import CALM
from kit.simulate.troubled import TroubledWorld
from kit.store import BadValue, Tx, Unavailable

Way = Literal["raises", "refuses", "fails", "can't be stored"]


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A command of a release with a mistake. `error`: what the core says to it; `unstorable`: the database does."""

    error: Exception
    unstorable: bool = False


SPOILT = {
    "refuses": Spoilt(Refusal("spoilt")),
    "fails": Spoilt(ZeroDivisionError("spoilt")),
    "can't be stored": Spoilt(ValueError("spoilt"), unstorable=True),
}


FLAWLESS = 0.8
"""The share of services without such a release."""
EXPECTED = re.compile("spoilt|follows a parked record")


@dataclass(frozen=True)
class Mistake:
    """A release of a service trips over so many of the facts that it follows, from one moment to another."""

    way: Way
    share: float
    begins: float
    ends: float


class Releases:
    """Which mistakes there are, by service, and when."""

    def __init__(self, world: TroubledWorld, random: Random) -> None:
        self._world, self._random = world, random
        self._salt = random.getrandbits(64)
        self.found: set[str] = set()
        """Why records were set aside that no mistake of ours was about."""
        self.mistakes = {name: mistake for name in world.services if (mistake := self._mistake())}

    def _mistake(self) -> Mistake | None:
        if self._random.random() < FLAWLESS:
            return None
        way: Way = self._random.choice(("raises", "refuses", "fails", "can't be stored"))
        begins = self._random.random() * 15
        return Mistake(way, self._random.choice((0.02, 0.2, 1.0)), begins, begins + self._random.random() * 6)

    def tripped(self, service: str, fact: Fact) -> Way | None:
        """How this service trips over this fact now, if it does."""
        mistake = self.mistakes.get(service)
        if mistake is None or self._world.faults is CALM:
            return None
        if not mistake.begins <= self._world.loop.time() < mistake.ends:
            return None
        return mistake.way if Random(self._salt ^ fact.event_id.int).random() < mistake.share else None

    def waiting(self) -> Iterable[str]:
        """What is set aside."""
        for name, store in self._world.stores.items():
            for one in store.tables.parked.values():
                yield f"{name}: event {one.seq} of shard {one.shard} of {one.source} is parked: {one.reason}"

    async def operate(self) -> None:
        """As the operator: look for what is set aside now and then, and try it again, until cancelled."""
        while True:
            await asyncio.sleep(self._random.random() * 3)
            for name in self._world.services:
                try:
                    await self._redrive(name)
                except (Poison, Unavailable) as error:
                    self._world.tell(f"operator: {name}: {error}")

    async def _redrive(self, name: str) -> None:
        parked = list(self._world.stores[name].tables.parked.values())
        self.found |= {f"{name}: {one.reason}" for one in parked if not EXPECTED.search(one.reason)}
        places = sorted({(one.shard, one.identity) for one in parked})
        if not places:
            return
        tool, (shard, identity) = self._world.tool(name), self._random.choice(places)
        async with tool.store.transaction() as tx:
            await tool.book.load(tx)
        count = await redrive.retry(tool.store, tool.follow, shard, identity, tool.service.listens)
        self._world.tell(f"operator: {name}: {count} records about {identity} are redriven")


def with_mistakes(service: Service, releases: Callable[[], Releases]) -> Service:
    """The service, in releases some of which have mistakes."""

    def react(fact: Fact, context: Any) -> Sequence[tuple[str, Any]]:
        steps = list(service.react(fact, context))
        way = releases().tripped(service.name, fact) if steps else None
        if way == "raises":
            raise ZeroDivisionError("spoilt")
        return [(stream, SPOILT[way]) for stream, _ in steps] if way else steps

    return replace(service, react=react, decider=Spoiled(service.decider), enrich=_unstorable(service.enrich))


class Spoiled:
    """The core of a service that meets such commands."""

    def __init__(self, decider: Decider) -> None:
        self._decider = decider

    def __getattr__(self, name: str) -> Any:
        return getattr(self._decider, name)

    def decide(self, command: Any, state: Any) -> list[Any]:
        """What follows. Raises what the command says."""
        if isinstance(command, Spoilt):
            raise command.error
        return self._decider.decide(command, state)


def _unstorable(enrich: Enrich) -> Enrich:
    async def refuses(tx: Tx, commands: Sequence[Any]) -> Sequence[Any]:
        if any(isinstance(command, Spoilt) and command.unstorable for command in commands):
            raise BadValue("spoilt")
        return await enrich(tx, commands)

    return refuses
