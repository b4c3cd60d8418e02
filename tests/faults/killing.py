"""kill -9, by turns at random: the timer service, the database, the broker. Each is started again at once."""

import asyncio
import random
import time

from tests.faults.load import PROMISED_ANSWER_SECONDS, Load, account
from tests.faults.place import Place, Say, prepare
from tests.faults.reading import at_rest, number
from tests.faults.verdicts import Told

from punctual.local.desk import start_desk
from punctual.local.places import Home

VICTIMS = ("sla-timer", "postgres", "kafka")
HOLDS_FROM = 10
"""From so many rounds on the timer service is held up once, too."""
HOLD_SECONDS = 45.0
"""Seconds: longer than the broker waits for a member of a group, as when a machine is suspended."""
SERVICES = ("intake", "sla-timer")
LANES = 12
RETURN_LIMIT_SECONDS = 120.0
"""Seconds after a kill within which the timer service must be at work again, however busy the machine is."""

SAID = "SELECT coalesce(sum(seq), 0) FROM heads"


async def rounds(home: Home, count: int, chance: random.Random, say: Say) -> Told:
    """Kill so many times under load, let everything come to rest, and read the logs."""
    desk = await start_desk(home, settings=prepare(home), services=False, usual_ports=False, say=say)
    try:
        return await _play(Place(desk, SERVICES), count, chance, say)
    finally:
        await desk.stop()


async def _play(place: Place, count: int, chance: random.Random, say: Say) -> Told:
    await place.begin()
    url = place.service("intake").url
    customer = await account(url, place.token("admin"))
    load = Load(lambda: url, place.token("requester", customer), place.token("engineer"), chance)
    async with asyncio.TaskGroup() as group:
        supervising = group.create_task(_supervise(place))
        loading = group.create_task(load.run(LANES))
        for round_ in range(1, count + 1):
            await asyncio.sleep(chance.random() * PROMISED_ANSWER_SECONDS)
            victim = VICTIMS[(round_ - 1) % 3] if round_ <= 3 else chance.choice(VICTIMS)
            say(f"round {round_} of {count}: kill -9 {victim}, after {len(load.tickets)} tickets")
            await place.kill(victim)
            # To kill what has not come back yet would prove little: nothing would be under way.
            say(f"at work again after {await _at_work_again(place):.0f} s")
        if count >= HOLDS_FROM:
            say(f"sla-timer is held up for {HOLD_SECONDS:.0f} s")
            await place.hold("sla-timer", HOLD_SECONDS)
            say(f"at work again after {await _at_work_again(place):.0f} s")
        load.ending = True
        await loading
        told = await at_rest(place, load, say)
        supervising.cancel()
    return told


async def _supervise(place: Place) -> None:
    while True:
        await asyncio.sleep(0.2)
        place.revive()


async def _at_work_again(place: Place) -> float:
    """How many seconds went by until the timer service has said something more. Raises TimeoutError."""
    begun = time.monotonic()
    async with asyncio.timeout(RETURN_LIMIT_SECONDS):
        before = await number(place, "sla-timer", SAID)
        while await number(place, "sla-timer", SAID) == before:  # noqa: ASYNC110 - another process says it
            await asyncio.sleep(0.2)
    return time.monotonic() - begun
