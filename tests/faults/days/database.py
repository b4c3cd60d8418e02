"""A database that takes no writes: it was demoted under the pool, or its disk is full."""

import asyncio
from contextlib import AsyncExitStack

from tests.faults.days.day import Day, LeftOut
from tests.faults.verdicts import Told
from tests.integration.kit.demoting import demote, promote
from tests.integration.kit.going_back import administering
from tests.integration.kit.small_disk import NotMounted, kept_on, small_disk

NAMED_LIMIT_SECONDS = 10.0
"""Seconds until a service says that its database takes no writes."""
OUTAGE_SECONDS = 10.0
"""Seconds more: longer than whoever asks waits for an answer."""
FAILURES_LIMIT_SECONDS = 5.0
"""Seconds for which requests may still fail when the database takes writes again."""


async def demoted(day: Day) -> Told:
    """All sessions of all services take no writes, and then new ones do: nobody holds on to the old ones."""
    await day.begin()
    async with AsyncExitStack() as stack, day.busy():
        admins = [
            await stack.enter_async_context(administering(day.place.desk.stack.postgres_dsn, day.place.dsn(name)))
            for name in day.place.names
        ]
        await asyncio.sleep(3)
        await asyncio.gather(*map(demote, admins))
        day.say("every session of every service takes no writes")
        await day.each(
            day.place.names,
            "is not ready, and names its database",
            lambda name: day.says(name, "takes no writes, it is read-only", unready=True),
            NAMED_LIMIT_SECONDS,
        )
        await asyncio.sleep(OUTAGE_SECONDS)
        await asyncio.gather(*map(promote, admins))
        day.say(f"new sessions take writes, after {len(day.load.tickets)} tickets")
        await day.answers_again(FAILURES_LIMIT_SECONDS)
    return await day.ends()


async def full(day: Day) -> Told:
    """Intake's disk is full, and then there is space again. Left out where nothing can be mounted."""
    database = day.place.dsn("intake").rpartition("/")[2]
    try:
        disk = day.afterwards.enter_context(small_disk())
    except NotMounted as error:
        raise LeftOut(str(error)) from error
    async with kept_on(disk, day.place.desk.stack.postgres_dsn, database):
        try:
            await day.begin()
            day.spare("sla-timer", "escalation", "notifier", "feedback")
            async with day.busy():
                await asyncio.sleep(3)
                disk.fill()
                day.say("the disk of intake's database is full")
                await day.until(
                    "intake is not ready, and names it",
                    lambda: day.says("intake", f"/{database} has no space left on its disk", unready=True),
                    NAMED_LIMIT_SECONDS,
                )
                await asyncio.sleep(OUTAGE_SECONDS)
                disk.free()
                day.say(f"there is space again, after {len(day.load.tickets)} tickets")
                await day.answers_again(FAILURES_LIMIT_SECONDS)
            return await day.ends()
        finally:
            for name in day.place.names:
                await day.place.stop(name)
