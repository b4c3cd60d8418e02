"""What the shell needs of a database, held to by the real one (postgres) and the one in memory alike."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, Protocol
from uuid import UUID

import msgspec

from contracts.envelope import Fact, Meta
from kit.decider import Put


@dataclass(frozen=True, slots=True)
class NewEvent:
    """An event ready to be appended: `data` is its JSON, personal fields sealed."""

    event_id: UUID
    type: str
    schema_version: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Append:
    """The events of one command. `expected`: the stream's version they were decided on; 0: no stream yet."""

    shard: int
    command_id: UUID
    request_hash: bytes
    stream: str
    expected: int
    events: Sequence[NewEvent]
    meta: Meta
    result: bytes


@dataclass(frozen=True, slots=True)
class Appended:
    """Stored, from `first_seq` on, at `recorded_at`, when this service had seen `seen`."""

    first_seq: int
    recorded_at: datetime
    seen: dict[str, int]


@dataclass(frozen=True, slots=True)
class Known:
    """This command was carried out before; `result` is what was answered then."""

    request_hash: bytes
    result: bytes


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else appended to the stream meanwhile."""


class Row(msgspec.Struct, frozen=True):
    """A stored event, undecoded: what the relay sends and replay reads. A struct, for there are very many."""

    shard: int
    shard_seq: int
    stream: str
    version: int
    event_id: UUID
    command_id: UUID
    type: str
    schema_version: int
    recorded_at: datetime
    data: str
    meta: str


@dataclass(frozen=True, slots=True)
class Timer:
    """A row of the timers table."""

    shard: int
    stream: str
    kind: str
    generation: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a topic's shard has been consumed; `koffset` is the first Kafka offset not yet applied."""

    seq: int = 0
    event_id: UUID | None = None
    koffset: int = 0


@dataclass(frozen=True, slots=True)
class Move:
    """Advances a cursor from `before` to `after`, if nobody else has."""

    source: str
    shard: int
    before: Cursor
    after: Cursor


@dataclass(frozen=True, slots=True)
class Relayed:
    """The broker has a shard's events up to `seq`; the relay began after `before`, in that epoch of its lease."""

    shard: int
    before: int
    seq: int
    event_id: UUID
    epoch: int


@dataclass(frozen=True, slots=True)
class Pending:
    """Events beyond the relay's cursors, each with the id of the one before it in its shard.

    `keys`: whether there are keys that the broker has not acknowledged. All is of one instant, and a key is committed
    with the first event that needs it or before, so without unsent keys these events may go.
    """

    events: Sequence[tuple[Row, UUID | None]]
    keys: bool


@dataclass(frozen=True, slots=True)
class PolicyRow:
    """A policy version that this service has heard of; `data` is the event's JSON."""

    schema_version: int
    data: str


@dataclass(frozen=True, slots=True)
class Parked:
    """A record set aside, raw."""

    shard: int
    identity: UUID
    source: str
    seq: int
    record: bytes
    headers: Sequence[tuple[str, bytes]]
    reason: str
    position: int = 0
    parked_at: datetime | None = None


class CursorMoved(Exception):
    """Another process consumed this shard: this one's batch is void."""


class Unavailable(Exception):
    """The database didn't answer in time; whether the write happened is unknown, so try again with the same id."""


class BadValue(Exception):
    """The database refused a value of this batch."""


class Tx(Protocol):
    """One transaction."""

    def after_commit(self, then: Callable[[], None]) -> None:
        """Call this once the transaction is durable."""
        ...

    async def known(self, commands: Sequence[tuple[int, UUID]]) -> dict[UUID, Known]:
        """Which of these (shard, command id) were carried out before."""
        ...

    async def history(self, streams: Sequence[str]) -> dict[str, list[Fact]]:
        """The facts of each stream, in order; a stream without any is missing. Personal fields stay sealed."""
        ...

    async def append(self, batch: Sequence[Append], now: datetime) -> list[Appended | Known | Conflict]:
        """Append under the shards' locks, each command on its own."""
        ...

    async def rows(
        self, table: str, keys: Sequence[dict[str, Any]], lock: Literal["share", "update"] | None = None
    ) -> list[dict[str, Any]]:
        """Those rows of a read model that exist, locked in the order of their keys."""
        ...

    async def select(self, table: str, where: dict[str, Any]) -> list[dict[str, Any]]:
        """The rows of a read model with these values; None: those that have none there."""
        ...

    async def first(self, table: str, key: dict[str, Any], values: dict[str, Any]) -> dict[str, Any]:
        """Insert a row unless there is one with this key: the row that stands, whoever was first."""
        ...

    async def put(self, changes: Sequence[Put]) -> None:
        """Write read-model rows."""
        ...

    async def retime(self, gone: Sequence[Timer], new: Sequence[Timer]) -> None:
        """Remove and set timers."""
        ...

    async def claim(self, timers: Sequence[Timer]) -> list[Timer]:
        """Remove these timers; those that were still there in this generation are ours to ring."""
        ...

    async def advance(self, moves: Sequence[Move], seen: Sequence[tuple[int, str, int]]) -> None:
        """Advance cursors and what has been (shard, topic, seq) seen. Raises CursorMoved."""
        ...

    async def cursors(
        self, sources: Sequence[str], shards: Sequence[int], *, lock: bool = False
    ) -> dict[tuple[str, int], Cursor]:
        """The cursor of each (source, shard); a missing one is at the beginning. `lock`: nobody else may move them."""
        ...

    async def park(self, records: Sequence[Parked]) -> None:
        """Set records aside."""
        ...

    async def parked(self, shards: Sequence[int], identity: UUID | None = None) -> list[Parked]:
        """What is set aside in these shards, in order, of one ticket or of all."""
        ...

    async def parked_in(self, shards: Sequence[int]) -> dict[int, set[UUID]]:
        """By shard, the tickets and accounts of which something is set aside."""
        ...

    async def unpark(self, positions: Sequence[int]) -> None:
        """Forget records that were set aside."""
        ...

    async def keys(self, subjects: Sequence[UUID]) -> dict[UUID, bytes]:
        """The wrapped keys that are there."""
        ...

    async def keep_keys(self, keys: dict[UUID, bytes], *, relayed: bool) -> None:
        """Store wrapped keys, but never one of an erased subject, and never over another."""
        ...

    async def erased(self, subjects: Sequence[UUID]) -> set[UUID]:
        """Which of these were erased."""
        ...

    async def policies(self) -> list[PolicyRow]:
        """The policy versions, in the order of their publication."""
        ...

    async def due(self, shards: Sequence[int], before: datetime, limit: int) -> list[Timer]:
        """The timers of these shards that are due before that instant, the earliest first."""
        ...

    async def pending(self, shards: Sequence[int], limit: int) -> Pending:
        """What the broker doesn't have yet of these shards, at most `limit` events of each."""
        ...

    async def relayed(self, done: Sequence[Relayed]) -> set[int]:
        """Advance relay cursors; the shards in which nobody else had, and our lease's epoch still holds."""
        ...

    async def lease(self, owner: UUID, held: Sequence[int], seconds: float) -> dict[int, int]:
        """Renew the leases held and take a fair share of the free ones: the epoch of each shard that is ours."""
        ...

    async def release(self, owner: UUID, shards: Sequence[int]) -> None:
        """Give up leases, so that another replica need not wait for them to run out."""
        ...

    async def leave(self, owner: UUID) -> None:
        """No longer count as a relay: the others may take more."""
        ...

    async def keys_to_relay(self) -> dict[UUID, bytes]:
        """Wrapped keys that the broker has not acknowledged."""
        ...

    async def keys_relayed(self, subjects: Sequence[UUID]) -> None:
        """The broker has these keys."""
        ...

    async def settle(self, now: datetime) -> tuple[datetime, dict[int, int]]:
        """Take the locks of the idle shards and raise the floor to now: the floor, and each locked shard's last seq."""
        ...


class Store(Protocol):
    """A service's database."""

    def statement(self) -> AbstractAsyncContextManager[Tx]:
        """For one call on Tx, which commits by itself: two round trips less. Raises Unavailable, BadValue."""
        ...

    def transaction(self) -> AbstractAsyncContextManager[Tx]:
        """A transaction that commits at the end of the block. Raises Unavailable, BadValue."""
        ...
