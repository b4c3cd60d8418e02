"""The mail door as a part of the service: it receives mails and processes them."""

import asyncio

from intake.mailroom.content import MailMemory
from intake.mailroom.listen import listen
from intake.mailroom.polling import poll
from intake.mailroom.process import Processor
from intake.mailroom.receive import Receiver
from intake.settings import Settings
from kit.process.host import Host


async def mailroom(host: Host) -> None:
    """Receive and process until cancelled."""
    stored = asyncio.Event()
    assert isinstance(host.own, Settings)
    receiver, memory = Receiver.of(host, stored), MailMemory(host.own.mail_bytes)
    async with asyncio.TaskGroup() as group:
        group.create_task(listen(host, receiver, memory))
        group.create_task(poll(host, receiver, memory))
        group.create_task(Processor.of(host, stored).run())
