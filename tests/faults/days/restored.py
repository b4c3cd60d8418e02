"""A database goes back in time: a copy of it is put back, and the desk goes on."""

import asyncio
from collections.abc import Sequence

import httpx2
from tests.faults.days.day import Day
from tests.faults.verdicts import Told
from tests.integration.kit import going_back

COPY = "kept"
RELAY_LIMIT_SECONDS = 60.0
"""Seconds for the broker to have all that was said: what it never had, nobody has."""


async def database(day: Day) -> Told:
    """Intake's: 30 tickets that the copy knows nothing of, and 60 more once it is put back."""
    await day.begin()
    day.spare("sla-timer", "escalation", "notifier", "feedback")
    superuser, dsn = day.place.desk.stack.postgres_dsn, day.place.dsn("intake")
    await day.opens(10)
    await going_back.copy(superuser, dsn, COPY)
    day.say("a copy of intake's database is taken")
    before = len(day.load.tickets)
    await day.opens(30)
    await day.until("the broker has all that intake says", lambda: day.sent("intake"), RELAY_LIMIT_SECONDS)
    await going_back.put_back(superuser, dsn, COPY)
    day.say(f"it is put back, after {len(day.load.tickets)} tickets")
    numbers = list(day.load.tickets.values())
    async with asyncio.TaskGroup() as group:
        group.create_task(day.opens(60))
        group.create_task(_found(day, numbers[before:]))
    return await day.ends()


async def _found(day: Day, numbers: Sequence[str]) -> None:
    """Whoever asks for a ticket that was promised may have to wait, but is not told that there is none."""
    url, token = day.place.service("intake").url, day.place.token("engineer")
    async with httpx2.AsyncClient(
        base_url=url, timeout=10, headers={"Authorization": token}, trust_env=False
    ) as client:
        for number in numbers:
            while (answer := await client.get(f"/v1/tickets/{number}")).status_code == 503:  # noqa: ASYNC110 - a server answers
                await asyncio.sleep(0.1)
            if answer.status_code != 200:
                day.noticed.append(f"{number} was answered {answer.status_code}: {answer.text}")
