"""Bad days, by name: each a script of what goes wrong on a desk under load."""

import asyncio
import random
from collections.abc import Awaitable, Callable

from tests.faults.days import broker, database, mail, restored, topics
from tests.faults.days.day import Day, LeftOut, watching
from tests.faults.place import Place, Say, prepare
from tests.faults.verdicts import Told

from punctual.local.desk import start_desk
from punctual.local.places import Home

__all__ = ["DAYS", "LeftOut", "play"]

DAYS: dict[str, Callable[[Day], Awaitable[Told]]] = {
    "restored-database": restored.database,
    "lost-records": topics.lost,
    "topic-anew": topics.anew,
    "broker-away": broker.away,
    "demoted-database": database.demoted,
    "full-disk": database.full,
    "mail-away": mail.away,
}
MAX_DAY_SECONDS = 600.0
"""Seconds that a day may take: whoever asks does so until there is an answer."""


async def play(name: str, home: Home, chance: random.Random, say: Say) -> tuple[Told, list[str]]:
    """Live through a day: what the logs say at its end, and what else was wrong. Raises LeftOut, TimeoutError."""
    desk = await start_desk(home, settings=prepare(home), services=False, usual_ports=False, say=say)
    day = Day(Place(desk), chance, say)
    with day.afterwards:
        try:
            async with asyncio.timeout(MAX_DAY_SECONDS), watching(day):
                told = await DAYS[name](day)
            return told, day.noticed
        finally:
            await desk.stop()
