"""The content of a mail as it comes over the line: in bounded pieces, and no more at a time than there is room for."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext
from typing import Literal, NamedTuple

CHUNK = 64 * 1024
"""Bytes read at a time."""
SMALL = 256 * 1024
"""Bytes up to which a mail needs no place among the large ones."""
LARGE_AT_ONCE = 2
"""Large mails that are stored at one time: each takes its size several times. As many of the greatest length may be in
hand, from their receipt until they are stored, or more that are shorter, or have come in part."""
PLACE = 20.0
"""Seconds that a large mail waits for its place while its sender waits."""
SILENT = 10.0
"""Seconds without a byte after which the sender of a large mail loses its place."""
END = b"\r\n.\r\n"

Fault = Literal["too-much", "full", "silent"]


class Received(NamedTuple):
    """A mail's content, or why there is none; `rest`: what came after its end."""

    content: bytearray
    fault: Fault | None
    rest: bytes


class Places:
    """Room for the bytes of large mails that are in hand; no mail is longer than `limit`.

    Whoever is slow takes no more room than what has come. The mail that was the first to be large always gets on: what
    it may still need is not given to others. Otherwise all might wait for the room that the others have.
    """

    def __init__(self, limit: int, mails: int = LARGE_AT_ONCE) -> None:
        self._limit, self._free = limit, mails * limit
        self._in_hand: list[Place] = []
        """In the order in which they became large."""
        self._changed = asyncio.Condition()
        self.storing = asyncio.Semaphore(mails)

    @asynccontextmanager
    async def place(self) -> AsyncIterator["Place"]:
        """A mail's; room is taken when the mail turns out to be large, and free again in the end."""
        place = Place(self)
        try:
            yield place
        finally:
            await place.leave()

    async def give(self, place: "Place", size: int) -> bool:
        """Wait until a mail may have so many bytes, and say whether it has."""
        try:
            async with asyncio.timeout(PLACE), self._changed:
                await self._changed.wait_for(lambda: self._fits(place, size))
        except TimeoutError:
            return False
        self._free -= size - place.size
        place.size = size
        if place not in self._in_hand:
            self._in_hand.append(place)
        return True

    def _fits(self, place: "Place", size: int) -> bool:
        first = self._in_hand[0] if self._in_hand else place
        kept = 0 if place is first else self._limit - first.size
        return self._free - (size - place.size) >= kept

    async def take_back(self, place: "Place") -> None:
        """Let others have what a mail had."""
        if place in self._in_hand:
            self._in_hand.remove(place)
            self._free += place.size
            place.size = 0
            async with self._changed:
                self._changed.notify_all()


class Place:
    """Of one mail. `size`: the bytes that it has room for among the large ones."""

    def __init__(self, places: Places) -> None:
        self._places, self.size = places, 0

    async def holds(self, size: int) -> bool:
        """Wait for room for so many bytes in all, and say whether it was had."""
        return await self._places.give(self, size)

    @asynccontextmanager
    async def storing(self) -> AsyncIterator[None]:
        """A large mail waits for its turn to be stored."""
        async with self._places.storing if self.size else nullcontext():
            yield

    async def leave(self) -> None:
        """Let others have the room."""
        await self._places.take_back(self)


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

    What can't be taken is read to its end and thrown away: before that its sender doesn't listen. Only who says nothing
    while others may wait for the room is not waited for.
    """
    content = Content()
    fault: Fault | None = None
    while True:
        try:
            async with asyncio.timeout(SILENT if place.size else None):
                chunk = await reader.read(CHUNK)
        except TimeoutError:
            return Received(bytearray(), "silent", b"")
        if not chunk:
            raise EOFError
        rest = content.feed(chunk)
        size = len(content.taken)
        if size > limit:
            fault = "too-much"
        elif fault is None and size > SMALL and not await place.holds(size):
            fault = "full"
        if fault:
            content.taken.clear()
            await place.leave()
        if rest is not None:
            return Received(content.taken, fault, rest)
