"""The mail door as a part of the service: it takes mails in, and carries out what follows from them."""

import asyncio

from intake.mailroom.keeping import Keeper
from intake.mailroom.performing import Performer
from intake.mailroom.smtp import serve
from kit.running import Running


async def mailroom(running: Running) -> None:
    """Listen and perform until cancelled."""
    kept = asyncio.Event()
    keeper = Keeper.of(running, kept)
    async with asyncio.TaskGroup() as group:
        group.create_task(serve(running, keeper))
        group.create_task(Performer.of(running, kept).run())
