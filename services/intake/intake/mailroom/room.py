"""The mail door as a part of the service: it receives mails, whatever way they come, and processes them."""

import asyncio
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from intake.mailroom.content import MailMemory
from intake.mailroom.listen import listen
from intake.mailroom.polling import poll
from intake.mailroom.process import Processor
from intake.mailroom.receive import Receiver
from intake.settings import Settings
from kit.process.host import Host


@dataclass(frozen=True)
class Mailroom:
    """What all ways in have in common. `stored` is set when there is a mail to process."""

    receiver: Receiver
    memory: MailMemory
    stored: asyncio.Event


_ROOMS: WeakKeyDictionary[Host, Mailroom] = WeakKeyDictionary()


def mailroom_of(host: Host) -> Mailroom:
    """The one mailroom of a process."""
    if host not in _ROOMS:
        assert isinstance(host.own, Settings)
        stored = asyncio.Event()
        _ROOMS[host] = Mailroom(Receiver.of(host, stored), MailMemory(host.own.mail_bytes), stored)
    return _ROOMS[host]


async def mailroom(host: Host) -> None:
    """Receive and process until cancelled."""
    room = mailroom_of(host)
    async with asyncio.TaskGroup() as group:
        group.create_task(listen(host, room.receiver, room.memory))
        group.create_task(poll(host, room.receiver, room.memory))
        group.create_task(Processor.of(host, room.stored).run())
