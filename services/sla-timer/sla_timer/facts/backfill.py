"""Filling `ticket_facts` from Kafka: with facts that an older release has processed, or again after it was emptied.

For each shard the cursor says up to which event the rows are complete (`kept`). The events between that and `seq` are
noted as a gap. Gaps are filled from Kafka, while new facts are kept as they arrive.
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
from sla_timer.facts.row import rows_to_keep
from sla_timer.react.asks import ASKS

LOOK_AGAIN_SECONDS = 10.0
"""Seconds between looks for gaps: a release that keeps no facts may still run beside this one."""
RETRY_SECONDS = 600.0
"""Seconds between tries to fill a gap whose records Kafka doesn't have."""
ROWS_PER_TRANSACTION = 1_000

RENEW = """
WITH once AS (INSERT INTO readings (source, shard, koffset) VALUES ($2, 0, 0) ON CONFLICT DO NOTHING RETURNING 1)
UPDATE consumer_cursor SET kept = 0
WHERE source = $1 AND EXISTS (SELECT FROM once)
AND EXISTS (SELECT FROM ticket_facts WHERE event_id IS NULL OR cause IS NULL)
"""
"""Once only: have all rows read again if some lack their event or its cause, which earlier releases didn't keep."""
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
COUNT_MISSING = """
SELECT (SELECT coalesce(sum(upto - since + 1), 0) FROM ticket_fact_gaps)
     + (SELECT coalesce(sum(seq - kept), 0) FROM consumer_cursor WHERE source = $1)
"""
HEEDED = frozenset(BY_CLASS[cls].name for cls in ASKS)

log = structlog.get_logger("facts")


async def missing_count(store: SqlStore) -> int:
    """How many of intake's facts are processed but may be missing in the table. Raises Unavailable."""
    [[count]] = await store.query(COUNT_MISSING, TICKETS)
    return int(count)


async def keep_filling(store: SqlStore, bus: Bus) -> None:
    """Fill gaps until cancelled. Several processes may do so at once: each writes the same rows."""
    while True:
        whole = True
        try:
            whole = await fill(store, bus)
        except (BusError, Unavailable) as error:
            log.warning("facts of the past were not read back", error=str(error))
        await asyncio.sleep(LOOK_AGAIN_SECONDS if whole else RETRY_SECONDS)


async def fill(store: SqlStore, bus: Bus) -> bool:
    """Fill the present gaps; False if Kafka lacked records for some. Raises BusError, Unavailable."""
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
    """Read the wanted ranges (first, last) by shard. Returns up to which event each shard was read without a hole."""
    reached: dict[int, int] = {}
    rows: list[Put] = []
    older = Older()
    async with aclosing(bus.table(TICKETS)) as messages:  # type: ignore[type-var]
        async for message in messages:
            rows += _rows(message, wanted, reached, older)
            if len(rows) >= ROWS_PER_TRANSACTION:
                await _write(store, rows)
                rows = []
    await _write(store, rows)
    return reached


def _rows(message: Message, wanted: dict[int, tuple[int, int]], reached: dict[int, int], older: Older) -> list[Put]:
    """The rows to keep of a record; none if it was read before or comes too early, as relays may send some twice."""
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
        return [*rows_to_keep(fact)] if since <= seq else []
    except (MalformedRecord, MalformedEvent, UnknownEvent, ValueError) as error:
        log.error("no event of ours", shard=shard, offset=message.offset, error=str(error))
        return []


async def _write(store: SqlStore, rows: list[Put]) -> None:
    if rows:
        async with store.transaction() as tx:
            await tx.put(rows)
