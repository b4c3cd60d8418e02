"""The mail door as a part of the service: it takes mails in, and carries out what follows from them."""

import asyncio

from intake.mailroom.process import Performer
from intake.mailroom.receive import Keeper
from intake.mailroom.smtp import serve
from kit.process.host import Host


async def mailroom(host: Host) -> None:
    """Listen and perform until cancelled."""
    kept = asyncio.Event()
    keeper = Keeper.of(host, kept)
    async with asyncio.TaskGroup() as group:
        group.create_task(serve(host, keeper))
        group.create_task(Performer.of(host, kept).run())
