"""A bad day: the five services under load, something that goes wrong, and how soon that is noticed and made good."""

import asyncio
import random
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import httpx2
from tests.faults.load import Load, account
from tests.faults.place import Place, Say
from tests.faults.reading import TO_COME, at_rest, number, read
from tests.faults.verdicts import Told
from tests.faults.watching import Watched, watch

LANES = 6
READY_LIMIT_SECONDS = 60.0
"""Seconds within which all must be ready again, without a warning."""

BEHIND = "SELECT count(*) FROM heads JOIN relay_cursor USING (shard) WHERE relay_cursor.seq < heads.seq"


class LeftOut(Exception):
    """What this day needs can't be had here."""


@dataclass
class Day:
    """What happens, and what was wrong."""

    place: Place
    chance: random.Random
    say: Say
    noticed: list[str] = field(default_factory=list)
    unconcerned: list[Watched] = field(default_factory=list)
    """Processes that have no reason to be unready."""
    load: Load = field(init=False)
    afterwards: ExitStack = field(default_factory=ExitStack)
    """What is given back when the desk has stopped."""

    async def begin(self) -> None:
        """Start the services, and wait for them."""
        await self.place.begin()
        await self.open_door()

    async def open_door(self) -> None:
        """Have somebody who may ask: intake is ready."""
        place = self.place
        url = place.service("intake").url
        customer = await account(url, place.token("admin"))
        self.load = Load(lambda: url, place.token("requester", customer), place.token("engineer"), self.chance)

    def spare(self, *names: str) -> None:
        """Whatever comes is no reason for these services to be unready."""
        self.unconcerned += [Watched(self.place.service(name), was_ready=True) for name in names]

    async def opens(self, count: int) -> None:
        """Open so many tickets, or a few more, and answer most of them."""
        self.load.ending = False
        await self.load.run(LANES, len(self.load.tickets) + count)

    @asynccontextmanager
    async def busy(self) -> AsyncIterator[None]:
        """Tickets are opened and answered meanwhile; whoever has begun comes to an end."""
        self.load.ending = False
        async with asyncio.TaskGroup() as group:
            group.create_task(self.load.run(LANES))
            yield
            self.load.ending = True

    async def until(self, what: str, ask: Callable[[], Awaitable[object]], within: float) -> None:
        """Wait until it is so, and say after how long; that it isn't in time is a fault."""
        begun = time.monotonic()
        while not await ask():
            if time.monotonic() - begun > within:
                self.say(f"✗ not within {within:.0f} s: {what}")
                self.noticed.append(f"not within {within:.0f} s: {what}")
                return
            await asyncio.sleep(0.1)
        self.say(f"after {time.monotonic() - begun:.1f} s: {what}")

    async def each(
        self, names: Sequence[str], what: str, ask: Callable[[str], Awaitable[object]], within: float
    ) -> None:
        """Likewise of several services at once."""
        async with asyncio.TaskGroup() as group:
            for name in names:
                group.create_task(self.until(f"{name} {what}", partial(ask, name), within))

    async def answers_again(self, within: float) -> None:
        """See how soon requests are answered again, and for how long some still fail."""
        begun, before = time.monotonic(), len(self.load.tickets)

        async def more() -> bool:
            return len(self.load.tickets) > before

        await self.until("a ticket is taken", more, within)
        await asyncio.sleep(2 * within)
        failing = max(self.load.last_failure - begun, 0.0)
        lost = [*self.load.failed, *(f"{url} gave no answer" for url in self.load.unreached)]
        self.say(f"{len(lost)} requests had failed or had no answer; the last after another {failing:.1f} s")
        if failing > within:
            self.noticed.append(f"requests failed for another {failing:.1f} s: {', '.join(sorted(set(lost)))}")

    async def ready(self, name: str) -> bool:
        """Whether a service is."""
        return (await self._report(name))[0] == 200

    async def _well(self, name: str) -> bool:
        status, report = await self._report(name)
        return status == 200 and not report["warnings"]

    async def says(self, name: str, words: str, *, unready: bool = False) -> bool:
        """Whether a service says these words in its troubles or warnings; `unready`: as a reason for being so."""
        status, report = await self._report(name)
        said = report["troubles"] if unready else report["troubles"] + report["warnings"]
        return any(words in one for one in said) and (status == 503 or not unready)

    async def _report(self, name: str) -> tuple[int, dict[str, Any]]:
        """What its `/readyz` answers; 0 if it gives no answer."""
        async with httpx2.AsyncClient(timeout=5, trust_env=False) as client:
            try:
                answer = await client.get(f"{self.place.service(name).url}/readyz")
            except httpx2.HTTPError:
                return 0, {"troubles": [], "warnings": []}
        return answer.status_code, answer.json()

    async def sent(self, name: str) -> bool:
        """Whether the broker has all that a service has recorded."""
        return not await number(self.place, name, BEHIND)

    async def heard(self) -> bool:
        """Whether all that follows from what was said has followed, but for mails' being sent."""
        return not await number(self.place, "sla-timer", TO_COME) and not (await read(self.place, self.load)).lacking()

    async def clocked(self, mark: int) -> bool:
        """Whether a ticket has its clock that was opened after so many others."""
        told = await read(self.place, self.load)
        return any(one.type == "clock.started" and one.ticket in told.tickets[mark:] for one in told.events)

    async def ends(self) -> Told:
        """What the logs say when all has come to rest, and everybody is well."""
        told = await at_rest(self.place, self.load, self.say)

        await self.each(self.place.names, "is ready, without a warning", self._well, READY_LIMIT_SECONDS)
        for name in self.place.names:
            status, report = await self._report(name)
            self.noticed += [f"{name} ({status}) says: {one}" for one in report["troubles"] + report["warnings"]]
        self.noticed += [fault for one in self.unconcerned for fault in one.faults()]
        self.unconcerned.clear()
        return told


@asynccontextmanager
async def watching(day: Day) -> AsyncIterator[None]:
    """Meanwhile, watch the processes that this day should not affect."""
    looking = asyncio.create_task(watch(day.unconcerned))
    try:
        yield
    finally:
        looking.cancel()
        await asyncio.gather(looking, return_exceptions=True)
