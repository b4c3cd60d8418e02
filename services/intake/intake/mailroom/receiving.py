"""The content of a mail as it comes over the line: in bounded pieces, and no more at a time than there is room for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal, NamedTuple

CHUNK = 64 * 1024
"""Bytes read at a time."""
SMALL = 256 * 1024
"""Bytes up to which a mail needs no place among the large ones."""
LARGE_AT_ONCE = 2
"""Large mails in hand at one time, from their receipt until they are stored: each takes its size several times."""
PLACE = 20.0
"""Seconds that a large mail waits for its place while its sender waits."""
END = b"\r\n.\r\n"


class Received(NamedTuple):
    """A mail's content, or why there is none; `rest`: what came after its end."""

    content: bytearray
    fault: Literal["too-much", "full"] | None
    rest: bytes


class Places:
    """Where large mails are kept while they are in hand."""

    def __init__(self, count: int = LARGE_AT_ONCE) -> None:
        self._free = asyncio.Semaphore(count)

    @asynccontextmanager
    async def place(self) -> AsyncIterator["Place"]:
        """A mail's; it is taken when the mail turns out to be large, and free again in the end."""
        place = Place(self._free)
        try:
            yield place
        finally:
            place.leave()


class Place:
    """Of one mail."""

    def __init__(self, free: asyncio.Semaphore) -> None:
        self._free, self._taken = free, False

    async def taken(self) -> bool:
        """Wait for it, and say whether it was had."""
        if not self._taken:
            try:
                async with asyncio.timeout(PLACE):
                    await self._free.acquire()
            except TimeoutError:
                return False
            self._taken = True
        return True

    def leave(self) -> None:
        """Let another have it."""
        if self._taken:
            self._taken = False
            self._free.release()


class Content:
    """Takes a mail's content apart from the line's own signs: the dot that ends it, and those that were added to it."""

    def __init__(self) -> None:
        self.taken = bytearray()
        self._before = b"\r\n"  # as read, the last two bytes of what was taken: DATA's own line came first
        self._held = b""  # as read, what may begin the end

    def feed(self, chunk: bytes) -> bytes | None:
        """Take in what came. None: it goes on; else what came after the end."""
        read = self._before + self._held + chunk
        at = read.find(END)
        if at >= 0:
            self._take(read[: at + 2])
            return read[at + len(END) :]
        ends = max(2, len(read) - len(END) + 1)
        self._take(read[:ends])
        self._before, self._held = read[ends - 2 : ends], read[ends:]
        return None

    def _take(self, read: bytes) -> None:
        self.taken += read.replace(b"\r\n.", b"\r\n")[2:]


async def received(reader: asyncio.StreamReader, limit: int, place: Place) -> Received:
    """A mail's content of at most `limit` bytes. Raises EOFError if the line is cut.

    What can't be taken is read to its end and thrown away: before that its sender doesn't listen.
    """
    content = Content()
    fault: Literal["too-much", "full"] | None = None
    while chunk := await reader.read(CHUNK):
        rest = content.feed(chunk)
        if len(content.taken) > limit:
            fault = "too-much"
        elif fault is None and len(content.taken) > SMALL and not await place.taken():
            fault = "full"
        if fault:
            content.taken.clear()
        if rest is not None:
            return Received(content.taken, fault, rest)
    raise EOFError
