"""What if: a year of tickets under another policy, from PostgreSQL to the answer, beside the core one by one.

On one core is what a core alone would take for it: PostgreSQL's processor time and ours. By the clock two cores work at
times, and whatever else the machine does counts too. What the mix of tickets is: tests/bench/desk_year.py.
"""

import os
import time
from datetime import timedelta
from pathlib import Path

import asyncpg
from tests.bench.desk_year import BEGIN, fill
from tests.bench.figures import Figure
from tests.bench.place import Place

from contracts.sla import PolicyPublished
from hours.instants import instant
from kit.postgres import PostgresStore
from kit.replay.replay import uncollected
from punctual.replay.fresh import fresh_database
from sla_timer.main import SERVICE
from sla_timer.policy.file import DEFAULT, load
from sla_timer.policy.versions import Policies
from sla_timer.what_if.columns import copying, from_copy
from sla_timer.what_if.reading import judge_all, with_absorbed
from sla_timer.what_if.simple_tickets import wanted_types
from sla_timer.what_if.verdicts import verdicts_under
from sla_timer.what_if.whole import Outcome, Tally

TICKETS, SAMPLE, FOLDS, TURNS = 50_000, 2_000, 20, 3
UNTIL = BEGIN + timedelta(days=400)
STRICTER = (("within: 1h", "within: 30m"), ("within: 8h", "within: 5h"))
FURTHER = "\n  resolution: {counts: support, targets: {1: {within: 8h}, 2: {within: 16h}}}\n\ntiers:"


async def run(place: Place) -> list[Figure]:
    """Tickets a second."""
    stricter, beyond = _published(*STRICTER), _published(("\n\ntiers:", FURTHER))
    async with fresh_database(place.stack.postgres_dsn, SERVICE.name) as fresh:
        connection = await asyncpg.connect(fresh.dsn)
        try:
            facts = await fill(connection, TICKETS)
        finally:
            await connection.close()
        one_core, wall, outcome = await _timed(fresh.dsn, stricter, TURNS)
        core, _, of_core = await _timed(fresh.dsn, beyond, 1)
        assert (outcome.tickets, of_core.one_by_one) == (TICKETS, TICKETS)
        singly, fold = await _apart(fresh.dsn, Policies().published(stricter))
    how = f"each of {SAMPLE:,} through the core"
    return [
        Figure(
            "what if: a year's tickets, from PostgreSQL, one core",
            TICKETS / one_core,
            "/s",
            how,
            singly,
            "≥ 25k/s",
        ),
        Figure("… by the clock", TICKETS / wall, "/s"),
        Figure("… whose facts are", facts / TICKETS, "a ticket"),
        Figure("… of which went through the core", outcome.one_by_one / TICKETS * 100, "%"),
        Figure("… plain ones alone, their columns in memory", fold, "/s", how, singly, "≥ 100,000/s"),
        Figure("… under a policy that promises a resolution, too", TICKETS / core, "/s", how, singly),
    ]


async def _timed(dsn: str, published: PolicyPublished, turns: int) -> tuple[float, float, Outcome]:
    """Seconds of processors' time, PostgreSQL's and ours, and by the clock, in the best of some turns; the answer."""
    one_core = wall = float("inf")
    policies = Policies().published(published)
    store = await PostgresStore.connect(dsn, SERVICE.topic, size=1)
    try:
        [[server]] = await store.query("SELECT pg_backend_pid()")
        for _ in range(turns):
            tally = Tally(policies, sorted(policies.current.calendars), UNTIL)
            begun, ours, theirs = time.perf_counter(), time.process_time(), _processor_time(server)
            with uncollected():
                outcome = await judge_all(store, Policies(), tally)
            worked = time.process_time() - ours + _processor_time(server) - theirs
            one_core, wall = min(one_core, worked), min(wall, time.perf_counter() - begun)
    finally:
        await store.close()
    return one_core, wall, outcome


def _processor_time(process: int) -> float:
    """Seconds that a process of this machine has worked, as Linux counts them."""
    fields = Path(f"/proc/{process}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def _apart(dsn: str, policies: Policies) -> tuple[float, float]:
    """Tickets a second: through the core one by one, and plain ones at once."""
    store = await PostgresStore.connect(dsn, SERVICE.topic, size=1)
    try:
        tally = Tally(policies, sorted(policies.current.calendars), UNTIL)
        data = await store.copy(copying(0), list(tally.calendars), wanted_types(policies))
        facts = from_copy(data, instant(UNTIL))
        part = tally.part(facts)
        ids = part.ids(part.places[:SAMPLE])
        known = await with_absorbed(store, ids)
    finally:
        await store.close()
    with uncollected():
        begun = time.process_time()
        for ticket in ids:
            verdicts_under(known[ticket], policies, UNTIL, lambda other: ())
        core = time.process_time() - begun
        begun = time.process_time()
        for _ in range(FOLDS):
            tally.judge_simple(tally.part(facts))
        fold = (time.process_time() - begun) / FOLDS
    return len(ids) / core, part.places.size / fold


def _published(*changes: tuple[str, str]) -> PolicyPublished:
    text = DEFAULT.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    return load(text, name="proposal", today=BEGIN.date()).published()
