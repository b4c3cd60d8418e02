"""Reading a mail's content from the SMTP connection: in bounded pieces, within a bounded memory for all mails."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Literal, NamedTuple

CHUNK_BYTES = 64 * 1024
"""Read at a time."""
SMALL_MAIL_BYTES = 256 * 1024
"""A mail up to this size needs no reservation."""
LARGE_MAILS_AT_ONCE = 2
"""Large mails that are stored at one time: storing takes a mail's size several times over. The memory for large mails
holds this many of the greatest length, from receipt until they are stored; or more that are shorter or incomplete."""
RESERVATION_TIMEOUT_SECONDS = 20.0
"""How long a large mail, and its sender, wait for memory."""
SILENCE_SECONDS = 10.0
"""A large mail whose sender sends no byte for this long loses its reservation."""
END_OF_MAIL = b"\r\n.\r\n"

Fault = Literal["too-much", "full", "silent"]


class Received(NamedTuple):
    """A mail's content, or the fault for which there is none; `rest`: the bytes that came after its end."""

    content: bytearray
    fault: Fault | None
    rest: bytes


class MailMemory:
    """The memory that large mails share while they are received and stored; no mail is longer than `limit` bytes.

    A slow sender holds no more than the bytes that it has sent. The mail that became large first can always go on: what
    it may still need is not granted to others. Otherwise all mails might wait for memory that the others hold.
    """

    def __init__(self, limit: int, mails: int = LARGE_MAILS_AT_ONCE) -> None:
        self._limit, self._free = limit, mails * limit
        self._in_hand: list[Reservation] = []
        """In the order in which they became large."""
        self._changed = asyncio.Condition()
        self.storing = asyncio.Semaphore(mails)

    @asynccontextmanager
    async def reserve(self) -> AsyncIterator["Reservation"]:
        """A mail's reservation: empty until the mail turns out to be large, and released in the end."""
        reservation = Reservation(self)
        try:
            yield reservation
        finally:
            await reservation.release()

    async def grant(self, reservation: "Reservation", size: int) -> bool:
        """Wait until the reservation may grow to `size` bytes; False if it could not in time."""
        try:
            async with asyncio.timeout(RESERVATION_TIMEOUT_SECONDS), self._changed:
                await self._changed.wait_for(lambda: self._fits(reservation, size))
        except TimeoutError:
            return False
        self._free -= size - reservation.size
        reservation.size = size
        if reservation not in self._in_hand:
            self._in_hand.append(reservation)
        return True

    def _fits(self, reservation: "Reservation", size: int) -> bool:
        first = self._in_hand[0] if self._in_hand else reservation
        kept = 0 if reservation is first else self._limit - first.size
        return self._free - (size - reservation.size) >= kept

    async def take_back(self, reservation: "Reservation") -> None:
        """Free the bytes of a reservation."""
        if reservation in self._in_hand:
            self._in_hand.remove(reservation)
            self._free += reservation.size
            reservation.size = 0
            async with self._changed:
                self._changed.notify_all()


class Reservation:
    """The memory of one mail. `size`: its bytes; 0 for a small mail."""

    def __init__(self, memory: MailMemory) -> None:
        self._memory, self.size = memory, 0

    async def grow_to(self, size: int) -> bool:
        """Wait until the mail may have `size` bytes in all; False if it could not in time."""
        return await self._memory.grant(self, size)

    @asynccontextmanager
    async def storing(self) -> AsyncIterator[None]:
        """Within this, the mail is stored: a large one waits for its turn."""
        async with self._memory.storing if self.size else nullcontext():
            yield

    async def release(self) -> None:
        """Free the memory."""
        await self._memory.take_back(self)


class Content:
    """Takes SMTP's own dots out of a mail: the one that ends it, and those that were added at the starts of lines."""

    def __init__(self) -> None:
        self.taken = bytearray()
        self._before = b"\r\n"  # the last two bytes that were taken, as they were read: DATA's own line came first
        self._held = b""  # bytes, as they were read, that may begin the end

    def feed(self, chunk: bytes) -> bytes | None:
        """Take a chunk in. None: the mail goes on; otherwise the bytes after its end."""
        read = self._before + self._held + chunk
        at = read.find(END_OF_MAIL)
        if at >= 0:
            self._take(read[: at + 2])
            return read[at + len(END_OF_MAIL) :]
        ends = max(2, len(read) - len(END_OF_MAIL) + 1)
        self._take(read[:ends])
        self._before, self._held = read[ends - 2 : ends], read[ends:]
        return None

    def _take(self, read: bytes) -> None:
        self.taken += read.replace(b"\r\n.", b"\r\n")[2:]


async def received(reader: asyncio.StreamReader, limit: int, reservation: Reservation) -> Received:
    """A mail's content of at most `limit` bytes. Raises EOFError if the connection is lost.

    A mail that can't be taken is read to its end and thrown away: before that its sender doesn't listen. Only a sender
    that falls silent while it holds memory is given up.
    """
    content = Content()
    fault: Fault | None = None
    while True:
        try:
            async with asyncio.timeout(SILENCE_SECONDS if reservation.size else None):
                chunk = await reader.read(CHUNK_BYTES)
        except TimeoutError:
            return Received(bytearray(), "silent", b"")
        if not chunk:
            raise EOFError
        rest = content.feed(chunk)
        size = len(content.taken)
        if size > limit:
            fault = "too-much"
        elif fault is None and size > SMALL_MAIL_BYTES and not await reservation.grow_to(size):
            fault = "full"
        if fault:
            content.taken.clear()
            await reservation.release()
        if rest is not None:
            return Received(content.taken, fault, rest)
