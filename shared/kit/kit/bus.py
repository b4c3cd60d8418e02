"""What the shell needs of a message broker, held to by the real one (kafka) and the one in memory alike.

Topics go by their published names here; a broker may keep them under a prefix.
"""

from collections.abc import AsyncIterator, Awaitable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Place = tuple[str, int]
"""A topic and one of its partitions."""
Headers = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Message:
    """A record as the broker delivered it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers


class BusError(Exception):
    """The broker didn't take it, or didn't answer: whether it has it is unknown."""


class Unsendable(BusError):
    """The broker will never take this record; others it takes."""


class Producer(Protocol):
    """Sends in order, per partition. After any error it is thrown away and another one is made."""

    async def send(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: Headers = ()
    ) -> Awaitable[int | None]:
        """Queue a record; the result, awaited, is its offset, acknowledged by all replicas; None: not told.

        Both raise BusError; Unsendable, if it is the record's fault.
        """
        ...

    async def close(self) -> None:
        """Let go, without waiting for what was not acknowledged."""
        ...


class Feed(Protocol):
    """Reads the partitions that it is told to. What it is told of a partition that it doesn't read has no effect."""

    async def poll(self, patience: float) -> list[Message]:
        """What has come, at most some hundred records, after waiting up to that many seconds. Raises BusError."""
        ...

    def assign(self, begin: Mapping[Place, int], keep: Collection[Place]) -> None:
        """Read these and no others: `begin` from the given offsets, `keep`, which it reads already, on from there.

        Where the broker has nothing at an offset, because it is beyond the end, reading goes on from the beginning.
        """
        ...

    def assigned(self) -> Collection[Place]:
        """The partitions that it reads."""
        ...

    def seek(self, place: Place, offset: int) -> None:
        """Go on from there."""
        ...

    def pause(self, places: Collection[Place]) -> None:
        """Fetch nothing of these for now."""
        ...

    def resume(self, places: Collection[Place]) -> None:
        """Fetch these again."""
        ...

    def position(self, place: Place) -> int | None:
        """The offset of the next record to come; None: not known."""
        ...

    def lag(self, place: Place) -> int | None:
        """How many records lie beyond the position; None: not known, or not any more."""
        ...

    def is_missing(self, place: Place) -> bool:
        """Whether the broker says that there is no such partition."""
        ...

    def hint(self, offsets: dict[Place, int]) -> None:
        """Say under the group's name how far we are: for those who watch from outside. Never raises."""
        ...

    async def close(self) -> None:
        """Read no more."""
        ...


class Bus(Protocol):
    """A message broker."""

    async def producer(self) -> Producer:
        """A new producer, connected. Raises BusError."""
        ...

    async def feed(self, group: str) -> Feed:
        """A reader of nothing yet; `group` is the name under which it says how far it is. Raises BusError."""
        ...

    def answers(self) -> AsyncIterator[None]:
        """Ask the broker for nothing but an answer, once for each time around. Raises BusError when none comes."""
        ...

    def tail(self, topic: str) -> AsyncIterator[Message]:
        """What comes to a topic from now on, outside any group. Raises BusError when the broker is lost."""
        ...

    def beyond(self, topic: str, offsets: Mapping[int, int]) -> AsyncIterator[Sequence[Message]]:
        """The records of these partitions from an offset on to the end that each has at this moment.

        One with no record at that offset is read from its beginning. Raises BusError.
        """
        ...

    def table(self, topic: str) -> AsyncIterator[Message]:
        """A compacted topic from its beginning up to the end that it has at this moment."""
        ...

    def records(self, place: Place, begin: int, end: int) -> AsyncIterator[Message]:
        """What a partition holds from the offset `begin` on and before `end`. Raises BusError."""
        ...

    def partition(self, place: Place, offset: int) -> AsyncIterator[Message]:
        """One partition from an offset on, outside any group, for ever; from its beginning if it ends before that.

        Raises BusError when the broker is lost.
        """
        ...
