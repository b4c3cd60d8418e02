"""Judges all tickets, with facts and recorded outcomes from sla-timer's database, partition by partition."""

from collections.abc import Callable, Sequence
from uuid import UUID

from hours.instants import instant
from kit.postgres import PostgresStore
from sla_timer.facts.backfill import missing_count
from sla_timer.facts.row import Row
from sla_timer.policy.versions import Policies
from sla_timer.what_if.columns import PARTITIONS, copying, from_copy
from sla_timer.what_if.recorded import BREACHES, COPYING, OWED_REPEATEDLY, Recorded
from sla_timer.what_if.simple_tickets import wanted_types
from sla_timer.what_if.whole import Outcome, Tally, examples_of, with_names

COLUMNS = ", ".join(Row._fields)
OF_TICKETS = f"SELECT {COLUMNS} FROM ticket_facts WHERE ticket_id = ANY($1) ORDER BY ticket_id, seq"  # noqa: S608
NUMBERS = "SELECT ticket_id, number FROM ticket_facts WHERE ticket_id = ANY($1) AND type = 'ticket.opened'"
TICKETS_PER_QUERY = 2_000


class FactsMissing(Exception):
    """Past facts are still being read back from Kafka, so the answer would be incomplete."""


async def judge_all(
    store: PostgresStore, known: Policies, tally: Tally, progress: Callable[[int, int], None] = lambda done, total: None
) -> Outcome:
    """Judge all tickets. `known`: all published versions. Raises Unavailable, FactsMissing.

    `progress`: called with the number of partitions done, and of all.
    """
    if left := await missing_count(store):
        raise FactsMissing(f"{left:,} facts of the past are still to be read back from Kafka")
    again = known.further.intersection(OWED_REPEATEDLY)
    recorded = Recorded(await store.copy(COPYING), await store.query(BREACHES) if again else ())
    types = wanted_types(tally.policies)
    for number in range(PARTITIONS):
        data = await store.copy(copying(number), list(tally.calendars), types)
        part = tally.part(from_copy(data, instant(tally.until)))
        tally.judge_simple(part)
        for begin in range(0, part.singly.size, TICKETS_PER_QUERY):
            places = part.singly[begin : begin + TICKETS_PER_QUERY]
            ids = part.ids(places)
            tally.judge(part, ids, places.tolist(), await with_absorbed(store, ids))
        tally.add(part, recorded)
        progress(number + 1, PARTITIONS)
    outcome = tally.outcome()
    return with_names(outcome, dict(await store.query(NUMBERS, examples_of(outcome))))


async def with_absorbed(store: PostgresStore, tickets: Sequence[UUID]) -> dict[UUID, list[Row]]:
    """The facts of these tickets, and of those merged into them. Raises Unavailable."""
    found = await rows_of(store, tickets)
    others = {row.other for rows in found.values() for row in rows if row.other} - found.keys()
    return found | await rows_of(store, sorted(others)) if others else found


async def rows_of(store: PostgresStore, tickets: Sequence[UUID]) -> dict[UUID, list[Row]]:
    """The facts of each of these tickets, in order. Raises Unavailable."""
    found: dict[UUID, list[Row]] = {}
    for values in await store.query(OF_TICKETS, tickets):
        row = Row(*values)
        found.setdefault(row.ticket_id, []).append(row)
    return found
