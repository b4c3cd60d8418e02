"""A ring says which event had set its timer, and its trace links back to that event's."""

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import pytest
from opentelemetry.sdk.trace import ReadableSpan, SpanLimits, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from tests.integration.kit.conftest import Connect
from tests.integration.kit.flow import CLOCK, at_work, eventually
from tests.integration.kit.hourglass import Turn, core, edge_of, rings, timers, turn
from tests.integration.kit.toy import META

from contracts.causes import Cause
from contracts.envelope import Fact
from contracts.names import SLA, shard_of
from contracts.replacing import replace
from contracts.sla import AlarmRang, AlarmSet
from kit import telemetry
from kit.log.request import CommandRequest, Done
from kit.memory import MemoryStore
from kit.postgres import PostgresStore
from kit.replay.causes import causes_of
from kit.store.values import Timer
from punctual.local.databases import Dsns

Store = PostgresStore | MemoryStore
SOON, LONG_AGO = timedelta(milliseconds=200), timedelta(seconds=1)
BY_AN_EARLIER_RELEASE = """
INSERT INTO timers (shard, stream_id, kind, generation, due_at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (shard, stream_id, kind) DO UPDATE SET generation = excluded.generation, due_at = excluded.due_at
"""


async def history(store: Store, ticket: UUID) -> list[Fact]:
    async with store.transaction() as tx:
        return (await tx.history([f"ticket-{ticket}"]))[f"ticket-{ticket}"]


async def rung(store: Store, ticket: UUID) -> None:
    async def look() -> bool:
        return bool(await rings(store, ticket))

    await eventually(look, 10)


def of(facts: list[Fact], kind: type[object]) -> list[Fact]:
    return [fact for fact in facts if isinstance(fact.event, kind)]


@pytest.mark.parametrize("due", [SOON, -LONG_AGO])
async def test_a_ring_names_the_event_that_set_its_timer(store: Store, due: timedelta) -> None:
    own, ticket = core(), uuid4()
    await turn(store, CLOCK.now() + timedelta(days=1), own, ticket)
    await turn(store, CLOCK.now() + due, own, ticket)
    async with at_work(timers(store, own, edge_of(ticket), waits=False)):
        await rung(store, ticket)
    facts = await history(store, ticket)
    _, last = of(facts, AlarmSet)
    assert [one.meta.cause for one in of(facts, AlarmRang)] == [Cause(SLA, str(last.event_id))]


async def test_of_a_timer_that_an_earlier_release_has_set_anew_no_setter_is_known(connect: Connect, dsns: Dsns) -> None:
    store, own, ticket = await connect(dsns.app), core(), uuid4()
    await turn(store, CLOCK.now() + timedelta(days=1), own, ticket)
    before = (shard_of(ticket), f"ticket-{ticket}", "sand", 2, CLOCK.now() - LONG_AGO)
    connection = await asyncpg.connect(dsns.app)
    await connection.execute(BY_AN_EARLIER_RELEASE, *before)
    await connection.close()
    async with store.transaction() as tx:
        assert await tx.due([shard_of(ticket)], CLOCK.now(), CLOCK.now(), 10) == [Timer(*before)]
        assert await tx.claim([Timer(*before)]) == [Timer(*before)]


async def test_what_was_set_by_an_earlier_release_rings_and_its_cause_is_found_again(
    connect: Connect, dsns: Dsns
) -> None:
    store, own, ticket = await connect(dsns.app, SLA), core(), uuid4()
    await turn(store, CLOCK.now() + SOON, own, ticket)
    connection = await asyncpg.connect(dsns.app)
    await connection.execute("UPDATE timers SET set_by = NULL, set_in = NULL, set_for = NULL")
    await connection.close()
    async with at_work(timers(store, own, edge_of(ticket), waits=False)):
        await rung(store, ticket)
    facts = await history(store, ticket)
    [one], [ring] = of(facts, AlarmSet), of(facts, AlarmRang)
    assert ring.meta.cause is None
    assert causes_of(facts, [], own.decider, [])[ring.event_id] == one.as_cause


@pytest.fixture
def spans(monkeypatch: pytest.MonkeyPatch) -> Iterator[InMemorySpanExporter]:
    """What a collector would get."""
    exporter = InMemorySpanExporter()
    provider = TracerProvider(span_limits=SpanLimits(max_links=telemetry.MAX_LINKS))
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    monkeypatch.setattr(telemetry, "_TRACER", provider.get_tracer("tests"))
    yield exporter
    provider.shutdown()


def linked(one: ReadableSpan) -> set[str]:
    return {f"{link.context.trace_id:032x}" for link in one.links}


async def test_the_trace_of_rings_links_back_to_those_in_which_the_timers_were_set(spans: InMemorySpanExporter) -> None:
    store, own, tickets = MemoryStore(SLA), core(), [uuid4() for _ in range(300)]
    traces = {f"{n:032x}" for n, _ in enumerate(tickets, 1)}
    requests = [
        CommandRequest(
            command_id=uuid4(),
            stream=f"ticket-{ticket}",
            command=Turn(ticket_id=ticket, due_at=CLOCK.now() - LONG_AGO),
            meta=replace(META, traceparent=f"00-{trace}-00f067aa0ba902b7-01"),
        )
        for ticket, trace in zip(tickets, sorted(traces), strict=True)
    ]
    async with store.transaction() as tx:
        assert all(isinstance(one, Done) for one in await own.perform(tx, requests, CLOCK.now()))
    async with at_work(timers(store, own, edge_of(*tickets), waits=False)):
        for ticket in tickets:
            await rung(store, ticket)
    rang = [one for one in spans.get_finished_spans() if one.name == "hourglass rings"]
    assert set[str]().union(*map(linked, rang)) == traces
    of_rings = {one.meta.traceparent for ticket in tickets for one in of(await history(store, ticket), AlarmRang)}
    assert {str(told).split("-")[1] for told in of_rings} <= {f"{one.context.trace_id:032x}" for one in rang}
