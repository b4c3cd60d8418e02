"""A topic loses what it has, or is deleted and made anew."""

import asyncio

from tests.faults.days.day import Day
from tests.faults.verdicts import Told
from tests.integration.kit.losing_records import delete_topic, lose_records
from tests.integration.kit.serving import command

from contracts.names import TICKETS
from punctual.local.topics import create_topics

READERS = ("sla-timer", "escalation", "notifier", "feedback")
BEHIND = ("sla-timer", "notifier")
NOTICE_LIMIT_SECONDS = 5.0
"""Seconds until what happened to a topic is seen."""
RELAY_LIMIT_SECONDS = 60.0
"""Seconds for the broker to have all that was said, and for a service to start and read."""


async def lost(day: Day) -> Told:
    """The tickets' topic loses its records while two services are behind; they tell, and `punctual republish` heals."""
    await day.begin()
    day.spare("intake", "escalation", "feedback")
    await day.opens(10)
    for name in BEHIND:
        await day.place.stop(name)
    day.say(f"{' and '.join(BEHIND)} are away")
    await day.opens(30)
    await day.until("the broker has all that intake says", lambda: day.sent("intake"), RELAY_LIMIT_SECONDS)
    await lose_records(day.place.desk.stack.bootstrap, TICKETS)
    day.say(f"the records of {TICKETS} are lost, after {len(day.load.tickets)} tickets")
    for name in BEHIND:
        day.place.start(name)
    async with day.busy():
        missing = f"records of {TICKETS} are missing"
        await day.each(BEHIND, "says what is missing", lambda name: day.says(name, missing), RELAY_LIMIT_SECONDS)
        await _republish(day)
    return await day.ends()


async def anew(day: Day) -> Told:
    """The tickets' topic is deleted and made anew: seen soon by all who read it, and read again."""
    await day.begin()
    day.spare("intake")
    bootstrap = day.place.desk.stack.bootstrap
    await day.opens(10)
    async with day.busy():
        await delete_topic(bootstrap, TICKETS)
        day.say(f"{TICKETS} is deleted, after {len(day.load.tickets)} tickets")
        await day.each(READERS, "sees it", lambda name: day.says(name, TICKETS), NOTICE_LIMIT_SECONDS)
        await _make(bootstrap)
        mark = len(day.load.tickets)
        day.say("it is there again, and empty")
        await day.until("what is said from now on is heard", lambda: day.clocked(mark), NOTICE_LIMIT_SECONDS)
        await _republish(day)
    return await day.ends()


async def _make(bootstrap: str) -> None:
    async with asyncio.timeout(30):
        while TICKETS not in await create_topics(bootstrap):  # noqa: ASYNC110 - the broker says when
            await asyncio.sleep(0.1)  # the one before it is not gone yet


async def _republish(day: Day) -> None:
    said = await command(day.place.desk.env, "republish", TICKETS)
    day.say("punctual republish: " + said.splitlines()[-1])
