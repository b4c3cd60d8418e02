"""Reading back what went by before facts were kept: once after an upgrade, and whenever the table is to be made anew.

Of each shard the cursor says up to where the rows are whole (`kept`). What lies between that and `seq` was applied by a
version that keeps none; it becomes a gap, which this fills from Kafka, while new facts are kept as they come.
"""

import asyncio
from contextlib import aclosing

import structlog

from contracts.base import BY_CLASS
from contracts.errors import MalformedEvent, MalformedRecord, UnknownEvent
from contracts.names import TICKETS
from kit.bus import Bus, BusError, Message
from kit.consume.inbox import read
from kit.decider import Put
from kit.store import Unavailable
from kit.store.sql import SqlStore
from sla_timer.facts.older import Older
from sla_timer.facts.row import kept
from sla_timer.react.asks import ASKS

PAUSE, LONG_PAUSE = 10.0, 600.0
"""Seconds between looks for gaps, for a version that keeps nothing may still run beside this one; and between tries to
fill one that Kafka doesn't have the records of."""
AT_ONCE = 1_000
"""Rows of a transaction."""

RENEW = """
WITH once AS (INSERT INTO readings (source, shard, koffset) VALUES ($2, 0, 0) ON CONFLICT DO NOTHING RETURNING 1)
UPDATE consumer_cursor SET kept = 0
WHERE source = $1 AND EXISTS (SELECT FROM once)
AND EXISTS (SELECT FROM ticket_facts WHERE event_id IS NULL OR cause IS NULL)
"""
"""Once: all rows are to be read back, if some are of facts that didn't say what they came of, or of a release
that didn't keep it."""
RENEWED = f"{TICKETS} with causes from outside"
NOTE = """
WITH behind AS (
    SELECT source, shard, kept, seq FROM consumer_cursor WHERE source = $1 AND kept < seq ORDER BY shard FOR UPDATE
), noted AS (
    INSERT INTO ticket_fact_gaps (shard, since, upto) SELECT shard, kept + 1, seq FROM behind
    ON CONFLICT (shard, since) DO UPDATE SET upto = greatest(ticket_fact_gaps.upto, excluded.upto)
)
UPDATE consumer_cursor c SET kept = b.seq FROM behind b WHERE c.source = b.source AND c.shard = b.shard
"""
GAPS = "SELECT shard, since, upto FROM ticket_fact_gaps"
FILLED = "DELETE FROM ticket_fact_gaps WHERE shard = $1 AND since = $2 AND upto <= $3"
WANTING = """
SELECT (SELECT coalesce(sum(upto - since + 1), 0) FROM ticket_fact_gaps)
     + (SELECT coalesce(sum(seq - kept), 0) FROM consumer_cursor WHERE source = $1)
"""
HEEDED = frozenset(BY_CLASS[cls].name for cls in ASKS)

log = structlog.get_logger("facts")


async def wanting(store: SqlStore) -> int:
    """How many of intake's facts that were applied have not been looked through yet. Raises Unavailable."""
    [[count]] = await store.query(WANTING, TICKETS)
    return int(count)


async def keep_filling(store: SqlStore, bus: Bus) -> None:
    """Fill whatever gaps there are, until cancelled. Several may do so at once: each writes the same rows."""
    while True:
        whole = True
        try:
            whole = await fill(store, bus)
        except (BusError, Unavailable) as error:
            log.warning("facts of the past were not read back", error=str(error))
        await asyncio.sleep(PAUSE if whole else LONG_PAUSE)


async def fill(store: SqlStore, bus: Bus) -> bool:
    """Fill the gaps that there are now; whether Kafka had all of it. Raises BusError, Unavailable."""
    await store.query(RENEW, TICKETS, RENEWED)
    await store.query(NOTE, TICKETS)
    gaps = {(row[0], row[1]): row[2] for row in await store.query(GAPS)}
    if not gaps:
        return True
    wanted: dict[int, tuple[int, int]] = {}
    for (shard, since), upto in gaps.items():
        first, last = wanted.get(shard, (since, upto))
        wanted[shard] = min(first, since), max(last, upto)
    log.info("reading facts of the past back", shards=len(wanted))
    reached = await _read_back(store, bus, wanted)
    missing = {place: upto for place, upto in gaps.items() if reached.get(place[0], 0) < upto}
    for (shard, since), upto in gaps.items() - missing.items():
        await store.query(FILLED, shard, since, upto)
    for (shard, since), upto in missing.items():
        log.error("Kafka no longer has all that was recorded", shard=shard, since=since, upto=upto)
    return not missing


async def _read_back(store: SqlStore, bus: Bus, wanted: dict[int, tuple[int, int]]) -> dict[int, int]:
    """Up to which event each shard was read without a hole."""
    reached: dict[int, int] = {}
    rows: list[Put] = []
    older = Older()
    async with aclosing(bus.table(TICKETS)) as messages:  # type: ignore[type-var]
        async for message in messages:
            rows += _rows(message, wanted, reached, older)
            if len(rows) >= AT_ONCE:
                await _write(store, rows)
                rows = []
    await _write(store, rows)
    return reached


def _rows(message: Message, wanted: dict[int, tuple[int, int]], reached: dict[int, int], older: Older) -> list[Put]:
    """What is kept of a record, unless it was there before or comes too early: a relay may send some twice."""
    shard = message.partition
    if shard not in wanted:
        return []
    try:
        incoming = read(message)
        seq, (since, upto) = incoming.envelope.shard_seq, wanted[shard]
        if seq != reached.get(shard, 0) + 1:
            return []
        reached[shard] = seq
        if seq > upto or incoming.envelope.name not in HEEDED:
            return []
        fact = older.with_cause(incoming.fact())
        return [*kept(fact)] if since <= seq else []
    except (MalformedRecord, MalformedEvent, UnknownEvent, ValueError) as error:
        log.error("no event of ours", shard=shard, offset=message.offset, error=str(error))
        return []


async def _write(store: SqlStore, rows: list[Put]) -> None:
    if rows:
        async with store.transaction() as tx:
            await tx.put(rows)
