"""Replicas are lost: one of three is killed, and another comes under a new name at once, while tickets are opened.

The others may not notice: they stay ready and answer, and nothing is lost or said twice. What was the dead one's waits
for its leases to run out.
"""

import asyncio
import random
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from tests.faults.load import Load, account
from tests.faults.place import Place, Say, kill, prepare
from tests.faults.reading import at_rest
from tests.faults.verdicts import Told
from tests.faults.watching import Watched, watch

from kit.shards.ownership import LEASE_SECONDS
from punctual.local.databases import SERVICES
from punctual.local.desk import start_desk
from punctual.local.places import Home
from punctual.local.ports import choose
from punctual.local.services import await_ready, start_service, variable

REPLICAS = 3
LANES = 6


@dataclass
class House:
    """All replicas, of which some are gone."""

    place: Place
    replicas: list[Watched] = field(default_factory=list)
    killed: set[str] = field(default_factory=set)
    starts: int = 0

    def start(self, name: str) -> Watched:
        """Another one, under a name that there has never been."""
        self.starts += 1
        port, smtp = choose(0, set()), choose(0, set())
        env = self.place.desk.env | {
            "PUNCTUAL_REPLICA": f"{name}-{self.starts}",
            f"PUNCTUAL_{variable(name)}_PORT": str(port),
            "PUNCTUAL_INTAKE_SMTP_PORT": str(smtp),
        }
        made = Watched(start_service(self.place.desk.stack, name, port, env))
        self.replicas.append(made)
        self.place.desk.services.append(made.service)
        return made

    async def lose(self, replica: Watched) -> None:
        """kill -9."""
        self.killed.add(replica.service.url)
        self.replicas.remove(replica)
        self.place.desk.services.remove(replica.service)
        await kill(replica.service.child)

    def of(self, name: str) -> list[Watched]:
        """Those of a service."""
        return [one for one in self.replicas if one.service.name == name]

    def faults(self, load: Load) -> list[str]:
        """What the others noticed."""
        found = [f"a request failed: {failure}" for failure in load.failed]
        found += [f"{url} was not reached" for url in load.unreached if url not in self.killed]
        return found + [fault for one in self.replicas for fault in one.faults()]


async def losses(
    home: Home, count: int, chance: random.Random, say: Say, services: Sequence[str] = SERVICES
) -> tuple[Told, list[str]]:
    """Lose so many replicas, by turns of each service; what the logs say, and what the others noticed."""
    settings = prepare(home)
    desk = await start_desk(home, settings=settings, services=False, usual_ports=False, say=say)
    try:
        return await _play(House(Place(desk, services)), count, chance, say)
    finally:
        await desk.stop()


async def _play(house: House, count: int, chance: random.Random, say: Say) -> tuple[Told, list[str]]:
    place = house.place
    for name in place.names:
        await asyncio.gather(*(await_ready(house.start(name).service) for _ in range(REPLICAS)))
    await asyncio.sleep(2 * LEASE_SECONDS)  # until everybody has a share
    for one in house.replicas:
        one.was_ready = True
    customer = await account(house.of("intake")[0].service.url, place.token("admin"))
    load = Load(
        lambda: chance.choice([one for one in house.of("intake") if one.was_ready]).service.url,
        place.token("requester", customer),
        place.token("engineer"),
        chance,
    )
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(watch(house.replicas))
        loading = group.create_task(load.run(LANES))
        for number in range(count):
            victim = chance.choice(house.of(place.names[number % len(place.names)]))
            say(f"round {number + 1} of {count}: {victim.service.name} is lost, after {len(load.tickets)} tickets")
            await house.lose(victim)
            begun = time.monotonic()
            await await_ready(house.start(victim.service.name).service)
            say(f"another is ready after {time.monotonic() - begun:.1f} s")
            await asyncio.sleep(chance.random() * 2 * LEASE_SECONDS)
        load.ending = True
        await loading
        told = await at_rest(place, load, say)
        watching.cancel()
    longest = max(house.replicas, key=lambda one: one.unready)
    say(f"the longest that anybody was unready: {longest.unready[0]:.1f} s ({longest.service.name})")
    # A notifier that is killed between the mail server's word and its own record sends that mail again.
    return replace(told, caught=[]), house.faults(load)
