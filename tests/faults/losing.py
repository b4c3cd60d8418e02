"""Replicas are lost: one of three is killed, and another comes under a new name at once, while tickets are opened.

The others may not notice: they stay ready and answer, and nothing is lost or said twice. What was the dead one's waits
for its leases to run out.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import httpx2
from tests.faults.killing import Place, Say, at_rest, kill, prepare
from tests.faults.load import Load, account
from tests.faults.verdicts import Told

from kit.ownership import LEASE
from punctual.local.databases import SERVICES
from punctual.local.desk import start_desk
from punctual.local.places import Home
from punctual.local.ports import choose
from punctual.local.services import Service, await_ready, start_service, variable

REPLICAS = 3
LANES = 6
LOOK = 0.2
"""Seconds between looks at who is ready."""
TOLERATED = 2.0
"""Seconds for which a replica may be unready on account of others."""
BUSY = 5.0
"""Seconds that an answer may take before its replica counts as unready."""


@dataclass
class Replica:
    """One process of a service. `unready`: the longest it was so, in seconds, and what it said then."""

    service: Service
    was_ready: bool = False
    unready: tuple[float, str] = (0.0, "")
    _since: float | None = None

    def saw(self, answer: str | None, now: float) -> None:
        """It was asked: None if it is ready, otherwise what it said."""
        if answer is None:
            self.was_ready, self._since = True, None
        elif self.was_ready:
            self._since = now if self._since is None else self._since
            self.unready = max(self.unready, (now - self._since, answer))


@dataclass
class House:
    """All replicas, of which some are gone."""

    place: Place
    replicas: list[Replica] = field(default_factory=list)
    killed: set[str] = field(default_factory=set)
    starts: int = 0

    def start(self, name: str) -> Replica:
        """Another one, under a name that there has never been."""
        self.starts += 1
        port, smtp = choose(0, set()), choose(0, set())
        env = self.place.desk.env | {
            "PUNCTUAL_REPLICA": f"{name}-{self.starts}",
            f"PUNCTUAL_{variable(name)}_PORT": str(port),
            "PUNCTUAL_INTAKE_SMTP_PORT": str(smtp),
        }
        made = Replica(start_service(self.place.desk.stack, name, port, env))
        self.replicas.append(made)
        self.place.desk.services.append(made.service)
        return made

    async def lose(self, replica: Replica) -> None:
        """kill -9."""
        self.killed.add(replica.service.url)
        self.replicas.remove(replica)
        self.place.desk.services.remove(replica.service)
        await kill(replica.service.child)

    def of(self, name: str) -> list[Replica]:
        """Those of a service."""
        return [one for one in self.replicas if one.service.name == name]

    async def watch(self) -> None:
        """Ask everybody again and again."""
        async with httpx2.AsyncClient(timeout=BUSY, trust_env=False) as client:
            while True:
                await asyncio.gather(*(_ask(client, one) for one in self.replicas))
                await asyncio.sleep(LOOK)

    def faults(self, load: Load) -> list[str]:
        """What the others noticed."""
        found = [f"a request failed: {failure}" for failure in load.failed]
        found += [f"{url} was not reached" for url in load.unreached if url not in self.killed]
        return (
            found
            + [
                f"{one.service.name} at {one.service.url} was unready for {one.unready[0]:.1f} s: {one.unready[1]}"
                for one in self.replicas
                if one.unready[0] > TOLERATED
            ]
            + [
                f"{one.service.name} ended by itself"
                for one in self.replicas
                if one.service.child.exit_code() is not None
            ]
        )


async def _ask(client: httpx2.AsyncClient, one: Replica) -> None:
    begun = time.monotonic()
    try:
        answer = await client.get(f"{one.service.url}/readyz")
        said = None if answer.status_code == 200 else answer.text
    except httpx2.HTTPError as error:
        said = repr(error)
    one.saw(said, begun)


async def losses(
    home: Home, count: int, chance: random.Random, say: Say, services: Sequence[str] = SERVICES
) -> tuple[Told, list[str]]:
    """Lose so many replicas, by turns of each service; what the logs say, and what the others noticed."""
    settings = prepare(home)
    desk = await start_desk(home, settings=settings, services=False, usual_ports=False, say=say)
    try:
        return await _play(House(Place(desk)), count, chance, say, services)
    finally:
        await desk.stop()


async def _play(
    house: House, count: int, chance: random.Random, say: Say, services: Sequence[str]
) -> tuple[Told, list[str]]:
    for name in services:
        await asyncio.gather(*(await_ready(house.start(name).service) for _ in range(REPLICAS)))
    await asyncio.sleep(2 * LEASE)  # until everybody has a share
    for one in house.replicas:
        one.was_ready = True
    place = house.place
    customer = await account(house.of("intake")[0].service.url, place.token("admin"))
    load = Load(
        lambda: chance.choice([one for one in house.of("intake") if one.was_ready]).service.url,
        place.token("requester", customer),
        place.token("engineer"),
        chance,
    )
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(house.watch())
        loading = group.create_task(load.run(LANES))
        for number in range(count):
            victim = chance.choice(house.of(services[number % len(services)]))
            say(f"round {number + 1} of {count}: a {victim.service.name} is lost, after {len(load.tickets)} tickets")
            await house.lose(victim)
            begun = time.monotonic()
            await await_ready(house.start(victim.service.name).service)
            say(f"another is ready after {time.monotonic() - begun:.1f} s")
            await asyncio.sleep(chance.random() * 2 * LEASE)
        load.ending = True
        await loading
        say(f"{len(load.tickets)} tickets; waiting until all is said")
        told = await at_rest(place, load.tickets)
        watching.cancel()
    longest = max(house.replicas, key=lambda one: one.unready)
    say(f"the longest that anybody was unready: {longest.unready[0]:.1f} s ({longest.service.name})")
    return told, house.faults(load)
