"""The mail door as a part of the service: it receives mails and processes them."""

import asyncio

from intake.mailroom.listen import listen
from intake.mailroom.process import Processor
from intake.mailroom.receive import Receiver
from kit.process.host import Host


async def mailroom(host: Host) -> None:
    """Receive and process until cancelled."""
    stored = asyncio.Event()
    receiver = Receiver.of(host, stored)
    async with asyncio.TaskGroup() as group:
        group.create_task(listen(host, receiver))
        group.create_task(Processor.of(host, stored).run())
