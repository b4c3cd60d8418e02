"""The values that go into a store and come out of it, the same for PostgreSQL and memory.

The numerous ones are structs: making a struct takes a fifth of the time of a frozen dataclass.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from contracts.alarms import Alarms
from contracts.envelope import Meta
from contracts.replacing import replace
from kit.decider import Put


class NewEvent(msgspec.Struct, frozen=True):
    """An event to be appended: `data` is its JSON, personal fields sealed; `alarms`: those it sets and cancels."""

    event_id: UUID
    type: str
    schema_version: int
    data: bytes
    alarms: Alarms | None = None

    def within(self, meta: Meta) -> Meta:
        """The envelope of this event: that of its command, with this event's alarms."""
        return replace(meta, alarms=self.alarms) if self.alarms else meta


class Append(msgspec.Struct, frozen=True):
    """The events of one command. `expected`: the version of the stream on which they were decided; 0: no stream yet."""

    shard: int
    command_id: UUID
    request_hash: bytes
    stream: str
    expected: int
    events: Sequence[NewEvent]
    meta: Meta
    result: bytes


class Appended(msgspec.Struct, frozen=True):
    """The events are stored: numbered from `first_seq` on, recorded at `recorded_at`.

    `seen`: by topic, the number up to which the shard had heard of others' events by then.
    """

    first_seq: int
    recorded_at: datetime
    seen: dict[str, int]


class Known(msgspec.Struct, frozen=True):
    """This command was carried out before; `result` is the answer that was stored then."""

    request_hash: bytes
    result: bytes


@dataclass(frozen=True, slots=True)
class Conflict:
    """Another command appended to the stream since it was read."""


@dataclass(frozen=True, slots=True)
class Held:
    """Nothing may be appended to this shard now. An empty reason: it must be compared with the broker first."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Undone:
    """Not appended, because another command that stands or falls with it could not be."""


def all_or_none(
    outcomes: Sequence[Appended | Known | Conflict | Held],
) -> list[Appended | Known | Conflict | Held | Undone]:
    """The outcomes of commands that stand or fall together: unless all are Appended, the appended ones are Undone."""
    if all(isinstance(outcome, Appended) for outcome in outcomes):
        return [*outcomes]
    return [Undone() if isinstance(outcome, Appended) else outcome for outcome in outcomes]


@dataclass(frozen=True, slots=True)
class Closed:
    """Why nothing may be appended to a shard.

    `unsure`: it must be compared with the broker first. `another`: because the database was restored or replaced;
    otherwise its server only restarted, or the shard stopped for `reason`.
    """

    reason: str
    unsure: bool
    another: bool


class LogEnd(msgspec.Struct, frozen=True):
    """Where a shard's log ends (`head`), and up to where it was relayed.

    `koffset`: the first Kafka offset whose record may be missing in the log.
    """

    shard: int
    head: int
    head_id: UUID | None
    relayed: int
    relayed_id: UUID | None
    koffset: int
    compared: bool
    """Whether the shard was ever compared with the broker."""


class Row(msgspec.Struct, frozen=True):
    """A stored event, undecoded, as the relay sends it and replay reads it."""

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
class PolicyRow:
    """A policy version that this service knows, as of its last publication (`ordinal`); `data` is the event's JSON."""

    ordinal: int
    schema_version: int
    data: str
    version: str
    published_at: datetime


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """The version that was published last in a shard; it was the `ordinal`th publication there."""

    shard: int
    ordinal: int
    version: str


class Timer(msgspec.Struct, frozen=True):
    """A row of the timers table.

    `set_by`, `traceparent`: the event that set the timer, and its trace; None: an earlier release set it.
    """

    shard: int
    stream: str
    kind: str
    generation: int
    due_at: datetime
    set_by: UUID | None = None
    traceparent: str | None = None


class Firing(msgspec.Struct, frozen=True):
    """What to write when a stream's timers ring: events, and rows of read models.

    `last`: the latest of these timers; it is removed with those of the stream that are due earlier.
    """

    append: Append
    last: Timer
    puts: Sequence[Put]


Outcome = Literal["appended", "known", "conflict"]


class Fired(msgspec.Struct, frozen=True):
    """The outcome of each firing, and how many timers were removed. A conflict changed nothing."""

    outcomes: Sequence[Outcome]
    gone: int


Evidence = Literal["settled", "grace", "parked"]
"""On what ground a deadline is announced: all that was recorded before it is known (`settled`), or we waited long
enough (`grace`, or `parked` if records of the ticket are set aside)."""


class Cursor(msgspec.Struct, frozen=True):
    """How far a topic's shard has been consumed; `koffset` is the first Kafka offset not yet applied."""

    seq: int = 0
    event_id: UUID | None = None
    koffset: int = 0


@dataclass(frozen=True, slots=True)
class CursorMove:
    """Advances a cursor from `before` to `after`, unless another process has."""

    source: str
    shard: int
    before: Cursor
    after: Cursor


@dataclass(frozen=True, slots=True)
class Parked:
    """A record that was set aside, as it came. `tried`: the releases of the code that could not apply it."""

    shard: int
    identity: UUID
    source: str
    seq: int
    record: bytes
    headers: Sequence[tuple[str, bytes]]
    reason: str
    position: int = 0
    parked_at: datetime | None = None
    tried: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Pending:
    """Events that the broker lacks, each with the id of the one before it in its shard.

    `keys`: whether the broker lacks keys, read in the same snapshot. A key is committed no later than the first event
    that needs it; so if no key is unsent, these events may be sent.
    """

    events: Sequence[tuple[Row, UUID | None]]
    keys: bool


class Relayed(msgspec.Struct, frozen=True):
    """The broker has acknowledged a shard's events after `before` up to `seq`, sent under that epoch of the lease.

    `koffset`: the Kafka offset after the last of them; None: the broker didn't tell.
    """

    shard: int
    before: int
    seq: int
    event_id: UUID
    epoch: int
    koffset: int | None = None


@dataclass(frozen=True, slots=True)
class Leased:
    """The epoch of each shard that is ours, and how many shards would be our fair share.

    `reached`: whether any replica reaches the broker; if so, `idle` counts the shards held by replicas that don't.
    """

    epochs: dict[int, int]
    share: int
    reached: bool = True
    idle: int = 0
