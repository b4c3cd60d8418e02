"""The log. Appending and settling are functions in the database (see its migrations), since they must lock first."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from contracts.envelope import Fact, Meta
from contracts.names import shard_of_stream
from kit.postgres.connected import Connected, columns_of
from kit.store import ClockWrong
from kit.store.rows import fact_from
from kit.store.values import Append, Appended, Conflict, Held, Known, Undone, all_or_none

EVENT_COLUMNS = (
    "shard, shard_seq, stream_id, version, event_id, command_id, type, schema_version, recorded_at, data, meta"
)
"""In the order of `Row`."""

KNOWN = """
SELECT c.command_id, c.request_hash, c.result
FROM unnest($1::integer[], $2::uuid[]) AS k(shard, id)
JOIN commands c ON c.shard = k.shard AND c.command_id = k.id
"""

HISTORY = """
SELECT e.shard, e.shard_seq, e.stream_id, e.version, e.event_id, e.command_id, e.type, e.schema_version,
       e.recorded_at, e.data, e.meta
FROM unnest($1::integer[], $2::text[]) AS k(shard, stream)
JOIN events e ON e.shard = k.shard AND e.stream_id = k.stream
ORDER BY e.stream_id, e.version
"""

APPEND = """
SELECT outcome, first_seq, recorded, seen_json, hash, answer
FROM append($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""

APPEND_TOGETHER = """
SELECT outcome, first_seq, recorded, seen_json, hash, answer
FROM append_together($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
"""

SETTLE = "SELECT floor_at, shard, seq FROM settle($1)"


class Log(Connected):
    """Appends the events of each command once, and reads them."""

    async def known(self, commands: Sequence[tuple[int, UUID]]) -> dict[UUID, Known]:
        """Which of these were carried out before."""
        rows = await self.connection.fetch(KNOWN, *columns_of(commands, 2))
        return {row[0]: Known(row[1], row[2].encode()) for row in rows}

    async def history(self, streams: Sequence[str]) -> dict[str, list[Fact]]:
        """The facts of each stream, in order."""
        shards = [shard_of_stream(stream) for stream in streams]
        found: dict[str, list[Fact]] = {}
        for row in await self.connection.fetch(HISTORY, shards, streams):
            found.setdefault(row[2], []).append(fact_from(self._topic, *row))
        return found

    async def append(self, batch: Sequence[Append], now: datetime) -> list[Appended | Known | Conflict | Held]:
        """Calls the function `append`, which locks shards, numbers events and stores them."""
        return [_outcome(row) for row in await self.connection.fetch(APPEND, *self._arguments(batch, now))]

    async def append_together(
        self, batch: Sequence[Append], now: datetime
    ) -> list[Appended | Known | Conflict | Held | Undone]:
        """Calls the function `append_together`, which appends nothing unless it can append all."""
        rows = await self.connection.fetch(APPEND_TOGETHER, *self._arguments(batch, now))
        return all_or_none([_outcome(row) for row in rows])

    def _arguments(self, batch: Sequence[Append], now: datetime) -> list[Any]:
        """The arguments of `append`, `append_at` and `append_together`. Raises ClockWrong if our clock is wrong."""
        if not self._sound:
            raise ClockWrong("this process's clock is wrong by more than a second: nothing is recorded")
        events = [(event, _meta(event.within(one.meta))) for one in batch for event in one.events]
        return [
            now,
            [one.shard for one in batch],
            [one.command_id for one in batch],
            [one.request_hash for one in batch],
            [one.stream for one in batch],
            [one.expected for one in batch],
            [one.result.decode() for one in batch],
            [len(one.events) for one in batch],
            _previous_for_same_stream(batch),
            [event.event_id for event, _ in events],
            [event.type for event, _ in events],
            [event.schema_version for event, _ in events],
            [event.data.decode() for event, _ in events],
            [meta for _, meta in events],
        ]

    async def settle(self, now: datetime) -> tuple[datetime, dict[int, int]]:
        """Lock the idle shards, raise the floor, and read the last number of each locked shard."""
        rows = await self.connection.fetch(SETTLE, now)
        floor = rows[0][0] if rows else now
        return floor, {row[1]: row[2] for row in rows}


def _outcome(row: Any) -> Appended | Known | Conflict | Held:
    match row[0]:
        case "appended":
            return Appended(row[1], row[2], msgspec.json.decode(row[3]))
        case "known":
            return Known(row[4], row[5].encode())
        case "held":
            return Held(msgspec.json.decode(row[5], type=str))
        case _:
            return Conflict()


def _previous_for_same_stream(batch: Sequence[Append]) -> list[int]:
    """For each command, the position (from 1) of the previous one for its stream; 0: there is none."""
    last: dict[str, int] = {}
    places = []
    for place, one in enumerate(batch, 1):
        places.append(last.get(one.stream, 0))
        last[one.stream] = place
    return places


def _meta(meta: Meta) -> str:
    return msgspec.json.encode(meta).decode()
