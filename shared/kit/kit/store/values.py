"""What a database is given to keep, and what it answers: values that every store speaks in.

Those of which there are very many are structs, which are made five times as fast as frozen dataclasses.
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
    """An event ready to be appended: `data` is its JSON, personal fields sealed. `alarms`: what it changes of them."""

    event_id: UUID
    type: str
    schema_version: int
    data: bytes
    alarms: Alarms | None = None

    def within(self, meta: Meta) -> Meta:
        """What its envelope says, of what that of its command does."""
        return replace(meta, alarms=self.alarms) if self.alarms else meta


class Append(msgspec.Struct, frozen=True):
    """The events of one command. `expected`: the stream's version they were decided on; 0: no stream yet."""

    shard: int
    command_id: UUID
    request_hash: bytes
    stream: str
    expected: int
    events: Sequence[NewEvent]
    meta: Meta
    result: bytes


class Appended(msgspec.Struct, frozen=True):
    """Stored, from `first_seq` on, at `recorded_at`, when this service had seen `seen`."""

    first_seq: int
    recorded_at: datetime
    seen: dict[str, int]


class Known(msgspec.Struct, frozen=True):
    """This command was carried out before; `result` is what was answered then."""

    request_hash: bytes
    result: bytes


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody else appended to the stream meanwhile."""


@dataclass(frozen=True, slots=True)
class Held:
    """Nothing may be appended to this shard now; an empty reason: it must be compared with the broker first."""

    reason: str = ""


@dataclass(frozen=True, slots=True)
class Undone:
    """It could have been appended, but not so another that it stands or falls with: nothing was."""


def all_or_none(
    outcomes: Sequence[Appended | Known | Conflict | Held],
) -> list[Appended | Known | Conflict | Held | Undone]:
    """What came of commands that stand or fall together: unless all could be appended, none was."""
    if all(isinstance(outcome, Appended) for outcome in outcomes):
        return [*outcomes]
    return [Undone() if isinstance(outcome, Appended) else outcome for outcome in outcomes]


@dataclass(frozen=True, slots=True)
class Closed:
    """Why nothing may be appended to a shard.

    `unsure`: it has to be compared with the broker first. `another`: because this is not the database that it was, or
    went back in time; otherwise its server was only started anew, or the reason is another.
    """

    reason: str
    unsure: bool
    another: bool


class LogEnd(msgspec.Struct, frozen=True):
    """Where a shard's log ends, and its relay: `koffset` is the first offset whose record may not be in the log."""

    shard: int
    head: int
    head_id: UUID | None
    relayed: int
    relayed_id: UUID | None
    koffset: int
    compared: bool
    """Whether it has ever been compared with the broker."""


class Row(msgspec.Struct, frozen=True):
    """A stored event, undecoded: what the relay sends and replay reads."""

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
    """A policy version that this service has heard of, and its last publication; `data` is the event's JSON."""

    ordinal: int
    schema_version: int
    data: str
    version: str


@dataclass(frozen=True, slots=True)
class PolicyInForce:
    """Which version was published last in a shard, as its `ordinal`th publication."""

    shard: int
    ordinal: int
    version: str


class Timer(msgspec.Struct, frozen=True):
    """A row of the timers table.

    `set_by`, `traceparent`: the event that set it, and its trace; None: an earlier release did, which kept neither.
    """

    shard: int
    stream: str
    kind: str
    generation: int
    due_at: datetime
    set_by: UUID | None = None
    traceparent: str | None = None


class Firing(msgspec.Struct, frozen=True):
    """What a ringing stream appends, the rows that this changes, and its last timer: those due earlier go with it."""

    append: Append
    last: Timer
    puts: Sequence[Put]


Outcome = Literal["appended", "known", "conflict"]


class Fired(msgspec.Struct, frozen=True):
    """What came of each firing, and how many timers are gone. One that is a conflict changed nothing."""

    outcomes: Sequence[Outcome]
    gone: int


Evidence = Literal["settled", "grace", "parked"]
"""On what ground a deadline is announced: all recorded before it is known, or could be waited for no longer."""


class Cursor(msgspec.Struct, frozen=True):
    """How far a topic's shard has been consumed; `koffset` is the first Kafka offset not yet applied."""

    seq: int = 0
    event_id: UUID | None = None
    koffset: int = 0


@dataclass(frozen=True, slots=True)
class CursorMove:
    """Advances a cursor from `before` to `after`, if nobody else has."""

    source: str
    shard: int
    before: Cursor
    after: Cursor


@dataclass(frozen=True, slots=True)
class Parked:
    """A record set aside, raw. `tried`: the releases of the code that couldn't apply it."""

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
    """Events beyond the relay's cursors, each with the id of the one before it in its shard.

    `keys`: whether there are keys that the broker has not acknowledged. All is of one instant, and a key is committed
    with the first event that needs it or before, so without unsent keys these events may go.
    """

    events: Sequence[tuple[Row, UUID | None]]
    keys: bool


class Relayed(msgspec.Struct, frozen=True):
    """The broker has a shard's events up to `seq`; the relay began after `before`, in that epoch of its lease.

    `koffset`: the offset behind the last one; None: the broker doesn't say.
    """

    shard: int
    before: int
    seq: int
    event_id: UUID
    epoch: int
    koffset: int | None = None


@dataclass(frozen=True, slots=True)
class Leased:
    """The epoch of each shard that is ours, and how many of them would be a fair share.

    `reached`: whether any replica reaches the broker; `idle`: how many shards are held by one that doesn't, then.
    """

    epochs: dict[int, int]
    share: int
    reached: bool = True
    idle: int = 0
