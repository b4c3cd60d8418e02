"""The end of the day: wait until all is done, count it twice, and check."""

import asyncio
from collections.abc import Sequence

from kit.process.service import Service
from punctual.demo.actions import Ticket
from punctual.demo.checks import Check, Evidence, checks
from punctual.demo.doors import DoorClosed, Doors
from punctual.demo.drain import Ledger
from punctual.demo.figures import Figures, figures, live_rows, replayed, rows_of
from punctual.demo.progress import Progress
from punctual.demo.verdicts import promises

MAX_TRIES = 6
"""Counts, at most: the accelerated clock goes on, and an event that comes while we count makes us count again."""


async def judge(
    doors: Doors, services: Sequence[Service], tickets: Sequence[Ticket], progress: Progress
) -> tuple[Figures | None, list[Check]]:
    """The figures, and whether all holds. Where it never comes to rest, that is what didn't hold."""
    try:
        async with Ledger(services, doors) as ledger:
            for _ in range(MAX_TRIES):
                heads = await ledger.drained()
                evidence = await _evidence(doors, services, tickets, progress)
                if await ledger.heads() == heads:
                    return evidence.replay, checks(evidence)
    except (TimeoutError, DoorClosed, EOFError) as error:
        return None, [Check("everything comes to its end", False, str(error))]
    return None, [Check("everything comes to its end", False, "something was recorded each time we counted")]


async def _evidence(
    doors: Doors, services: Sequence[Service], tickets: Sequence[Ticket], progress: Progress
) -> Evidence:
    now = doors.environment.clock.now()
    verified, live, caught, mails_in = await asyncio.gather(
        replayed(services, doors), live_rows(doors), doors.caught(), doors.pages("intake", "/v1/mails", limit=200)
    )
    rows = rows_of(verified)
    opened = progress.opened | {
        one["ticket_id"]: ticket
        for one in mails_in
        for ticket in tickets
        if one["target"] == "ticket" and one["from"] == ticket.email
    }
    return Evidence(
        tickets=tickets,
        progress=progress,
        verified=verified,
        replay=figures(rows),
        live=figures(live),
        rows=rows,
        promises=await promises(doors, rows, opened),
        caught=caught,
        mails_in=mails_in,
        now=now,
        speed=doors.environment.clock.speed,
    )
