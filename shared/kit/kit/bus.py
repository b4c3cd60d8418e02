"""What the shell asks of a message broker. `kit.kafka` and `kit.memory_bus` implement it, and pass the same tests.

Topics have their published names here; the broker may have them under a prefix.
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
    """The broker refused a request or didn't answer; whether it has a record is unknown."""


class Unsendable(BusError):
    """The broker will never take this record, but takes others."""


class Producer(Protocol):
    """Sends records in order, per partition. After any error, make another producer."""

    async def send(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: Headers = ()
    ) -> Awaitable[int | None]:
        """Queue a record. Await the result for the offset (or None, if the broker doesn't tell it), once all replicas
        have the record.

        Both raise BusError; Unsendable if the record is at fault.
        """
        ...

    async def close(self) -> None:
        """Close, without waiting for acknowledgements."""
        ...


class Feed(Protocol):
    """Reads the partitions assigned to it. Calls about other partitions have no effect."""

    async def poll(self, wait_seconds: float) -> list[Message]:
        """Up to some hundred records; waits up to so many seconds for the first. Raises BusError."""
        ...

    def assign(self, begin: Mapping[Place, int], keep: Collection[Place]) -> None:
        """Read these partitions and no others: `begin` from these offsets; `keep`, which it reads already, as before.

        If an offset lies after a partition's end, reading starts at the partition's beginning.
        """
        ...

    def assigned(self) -> Collection[Place]:
        """The partitions that it reads."""
        ...

    def seek(self, place: Place, offset: int) -> None:
        """Read on from that offset."""
        ...

    def pause(self, places: Collection[Place]) -> None:
        """Stop fetching these for now."""
        ...

    def resume(self, places: Collection[Place]) -> None:
        """Fetch these again."""
        ...

    def position(self, place: Place) -> int | None:
        """The offset of the next record to come; None: not known."""
        ...

    def lag(self, place: Place) -> int | None:
        """How many records lie after the position; None: not known, or no longer."""
        ...

    def is_missing(self, place: Place) -> bool:
        """Whether the broker says that there is no such partition."""
        ...

    def hint(self, offsets: dict[Place, int]) -> None:
        """Commit offsets under the group's name, for monitoring only. Never raises."""
        ...

    async def close(self) -> None:
        """Stop reading."""
        ...


class Bus(Protocol):
    """A message broker."""

    async def producer(self) -> Producer:
        """A new producer, connected. Raises BusError."""
        ...

    async def feed(self, group: str) -> Feed:
        """A feed without partitions; `group` is the name under which it commits offsets. Raises BusError."""
        ...

    def answers(self) -> AsyncIterator[None]:
        """Yields once for each answer of the broker, which it asks at each step. Raises BusError when none comes."""
        ...

    def tail(self, topic: str) -> AsyncIterator[Message]:
        """The records that come to a topic from now on. Raises BusError when the broker is lost."""
        ...

    def beyond(self, topic: str, offsets: Mapping[int, int]) -> AsyncIterator[Sequence[Message]]:
        """Batches of these partitions' records, from these offsets up to the partitions' present ends.

        A partition without a record at its offset is read from its beginning. Raises BusError.
        """
        ...

    def table(self, topic: str) -> AsyncIterator[Message]:
        """A compacted topic, from its beginning up to its present end. Raises BusError."""
        ...

    def records(self, place: Place, begin: int, end: int) -> AsyncIterator[Message]:
        """A partition's records from offset `begin` up to, but not including, `end`. Raises BusError."""
        ...

    def partition(self, place: Place, offset: int) -> AsyncIterator[Message]:
        """One partition from an offset on, without end; from its beginning if the offset lies after its end.

        Raises BusError when the broker is lost.
        """
        ...
