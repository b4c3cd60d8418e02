"""Mail from a folder on an IMAP server: looked for again and again, and stored like any other.

A mail is marked or moved only after it is stored. Killed in between, the next process takes it once more, and it is
found stored.
"""

import asyncio
from dataclasses import dataclass, field

import structlog

from intake.mailroom.content import SMALL_MAIL_BYTES, MailMemory
from intake.mailroom.imap import AWAY, Folder, Waiting
from intake.mailroom.receive import Receiver
from intake.settings import Settings
from kit.process.gauges import Gauge
from kit.process.host import Host
from kit.store import Unavailable

AWAY_PAUSE_SECONDS = 60.0
"""The longest pause while the server is away."""
LEFT_PAUSE_SECONDS = 600.0
"""When to try a mail again that could not be stored."""
UNREACHED, LEFT = "punctual_imap_unreached_seconds", "punctual_imap_left_mails"

log = structlog.get_logger("imap")


class NoRoom(Exception):
    """There are too many large mails at once."""


async def poll(host: Host, receiver: Receiver, memory: MailMemory) -> None:
    """Poll until cancelled; without a server in the settings, do nothing."""
    assert isinstance(host.own, Settings)
    if host.own.imap_host:
        await Poller(host, host.own, receiver, memory).run()


@dataclass
class Poller:
    """Takes mails from the folder. `left`: those that could not be stored, by UID, and when to try them again, in the
    clock's elapsed seconds."""

    host: Host
    own: Settings
    receiver: Receiver
    memory: MailMemory
    left: dict[int, float] = field(default_factory=dict)
    _folder: Folder | None = None
    _reached_at: float = 0.0
    """In the clock's elapsed seconds."""
    _trouble: str = ""

    async def run(self) -> None:
        """Poll until cancelled."""
        self._reached_at, pause = self.host.clock.elapsed(), 0.0
        try:
            while True:
                if await self._round():
                    pause = self.own.imap_poll_seconds
                else:
                    pause = min(max(2 * pause, self.own.imap_poll_seconds), AWAY_PAUSE_SECONDS)
                await asyncio.sleep(pause)
        finally:
            if self._folder:
                self._folder.hang_up()
                await asyncio.to_thread(self._folder.drop)

    async def _round(self) -> bool:
        """Look once; whether the server was there and all could be stored that can be at all."""
        try:
            if self._folder is None:
                self.left.clear()
                self._folder = await asyncio.to_thread(Folder, self.own)
            await self._take_all(self._folder)
        except AWAY as error:
            await self._is_away(f"{type(error).__name__}: {error}")
            return False
        except (Unavailable, NoRoom) as error:
            log.warning("mails stay on the IMAP server", why=repr(error))
            return False
        except Exception as error:  # a defect of ours, or of the library: all else in this process goes on
            log.exception("unforeseen", exc_info=error)
            await self._is_away(repr(error))
            return False
        self._is_there()
        return True

    async def _take_all(self, folder: Folder) -> None:
        now = self.host.clock.elapsed()
        while waiting := await asyncio.to_thread(folder.waiting, [uid for uid, at in self.left.items() if at > now]):
            for one in waiting:
                if why := await self._stored(folder, one):
                    self._leave(one, why)
                else:
                    await asyncio.to_thread(folder.is_stored, one.uid)
                    self.left.pop(one.uid, None)

    async def _stored(self, folder: Folder, one: Waiting) -> str:
        """Store a mail; why it can't be, or nothing if it needn't be any more. Raises AWAY, Unavailable, NoRoom."""
        if one.size > self.own.mail_bytes:
            return "it is longer than any mail that is taken"
        async with self.memory.reserve() as reservation:
            if one.size > SMALL_MAIL_BYTES and not await reservation.grow_to(one.size):
                raise NoRoom
            async with reservation.storing():
                content = await asyncio.to_thread(folder.fetch, one.uid)
                if content is None:  # a person, or another replica, was faster
                    return ""
                try:
                    await self.receiver.receive(content, None, ())
                except (Unavailable, *AWAY):
                    raise
                except Exception as error:  # a defect of ours: the other mails are taken all the same
                    return repr(error)
        return ""

    def _leave(self, one: Waiting, why: str) -> None:
        if one.uid not in self.left:
            log.error("a mail stays on the IMAP server", uid=one.uid, size=one.size, why=why)
        self.left[one.uid] = self.host.clock.elapsed() + LEFT_PAUSE_SECONDS

    async def _is_away(self, trouble: str) -> None:
        if self._folder:
            await asyncio.to_thread(self._folder.drop)
            self._folder = None
        if trouble != self._trouble:
            log.error("the IMAP server can't be read; mails wait there", host=self.own.imap_host, why=trouble)
        self._trouble = trouble
        self._measure()

    def _is_there(self) -> None:
        if self._trouble:
            log.info("the IMAP server can be read again")
        self._reached_at, self._trouble = self.host.clock.elapsed(), ""
        self._measure()

    def _measure(self) -> None:
        away = self.host.clock.elapsed() - self._reached_at if self._trouble else 0.0
        self.host.gauges[UNREACHED] = Gauge.of("Since the IMAP folder could be read", away)
        self.host.gauges[LEFT] = Gauge.of("Mails in the IMAP folder that can't be stored", float(len(self.left)))
