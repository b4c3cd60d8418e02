"""The log, read from a service's database."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

import asyncpg

from contracts.base import BY_CLASS
from contracts.envelope import Fact
from contracts.names import shard_of
from contracts.tickets import TicketOpened
from kit.postgres.log import EVENT_COLUMNS
from kit.store.rows import fact_from

HEADS = "SELECT shard, seq FROM heads WHERE seq > 0 ORDER BY shard"
WHERE = "WHERE shard = $1 AND shard_seq BETWEEN $2 AND $3 ORDER BY shard_seq"
FACTS = f"SELECT {EVENT_COLUMNS} FROM events {WHERE}"
EVENTS = f"SELECT stream_id, type, schema_version, data FROM events {WHERE}"
"""Only what states are folded from."""
OF_TICKET = f"""
SELECT {EVENT_COLUMNS} FROM events WHERE shard = $1 AND stream_id LIKE '%-' || $2 || '%' ORDER BY shard_seq
"""
NUMBERED = "SELECT data->>'ticket_id' FROM events WHERE type = $1 AND data->>'number' = $2"
EVENTS_AT_ONCE = 1000  # a few hundred kB: what is read stays in the processor's cache until it is folded


class Piece(NamedTuple):
    """A part of a shard's log that is read at once: the events numbered `first` to `last`."""

    shard: int
    first: int
    last: int


async def heads(connection: asyncpg.Connection) -> dict[int, int]:
    """How many events each shard has in the connection's snapshot."""
    return {row[0]: row[1] for row in await connection.fetch(HEADS)}


def pieces(upto: Mapping[int, int]) -> Iterator[Piece]:
    """The whole log in pieces, shard by shard. Numbers have no gaps, so each range of them is full."""
    for shard, seq in upto.items():
        for first in range(1, seq + 1, EVENTS_AT_ONCE):
            yield Piece(shard, first, min(first + EVENTS_AT_ONCE - 1, seq))


async def read(
    connection: asyncpg.Connection, sql: str, upto: Mapping[int, int]
) -> AsyncGenerator[list[asyncpg.Record], None]:
    """The rows of each piece. While the caller works on one, the server reads the next."""
    statement = await connection.prepare(sql)
    ahead: asyncio.Task[list[asyncpg.Record]] | None = None
    try:
        for piece in pieces(upto):
            rows = await ahead if ahead else []
            ahead = asyncio.create_task(statement.fetch(*piece))
            await asyncio.sleep(0)  # lets the query be sent now
            if rows:
                yield rows
        if ahead:
            yield await ahead
    finally:
        if ahead:
            await asyncio.gather(ahead, return_exceptions=True)


async def from_postgres(
    connection: asyncpg.Connection, topic: str, upto: Mapping[int, int], until: datetime | None = None
) -> AsyncGenerator[Iterator[Fact], None]:
    """The facts of a service, shard by shard and in order, up to those events; with `until`, recorded before it.

    Facts are made one at a time, in the same memory, so that they stay in the processor's cache.
    """
    async with aclosing(read(connection, FACTS, upto)) as batches:
        async for rows in batches:
            facts = (fact_from(topic, *row) for row in rows)
            yield facts if until is None else (fact for fact in facts if fact.recorded_at < until)


async def of_ticket(connection: asyncpg.Connection, topic: str, ticket: UUID) -> list[Fact]:
    """A service's facts about a ticket, in order."""
    rows: list[Any] = await connection.fetch(OF_TICKET, shard_of(ticket), str(ticket))
    return [fact_from(topic, *row) for row in rows]


async def numbered(connection: asyncpg.Connection, number: str) -> UUID | None:
    """The ticket of that number, from the log of the service that opens tickets."""
    found = await connection.fetchval(NUMBERED, BY_CLASS[TicketOpened].name, number)
    return UUID(found) if found else None
