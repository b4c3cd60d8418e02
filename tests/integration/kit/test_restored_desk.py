"""A service's database goes back in time while the desk is at work: nothing that was promised is lost or said twice."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually
from tests.integration.intake.conftest import TICKET, Customer, opened, register
from tests.integration.kit import going_back
from tests.integration.kit.flow import on_topic
from tests.stack import Addresses

from contracts.names import SLA, TICKETS
from kit.kafka import KafkaBus


@pytest.fixture
async def made(
    stack: Addresses, database: Factory, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[TestDesk]:
    async with desk(stack, database, prefix, monkeypatch, ["intake", "sla-timer"]) as one:
        yield one


async def open_some(customer: Customer, count: int) -> dict[str, dict[str, Any]]:
    """So many tickets, by Idempotency-Key; whoever hears "later" asks again."""

    async def one(key: str) -> dict[str, Any]:
        while True:
            answer = await customer.client.post("/v1/tickets", json=TICKET, headers={"Idempotency-Key": key})
            if answer.status_code == 503:
                assert answer.headers["Retry-After"]
                assert answer.headers["Content-Type"] == "application/problem+json"
                await asyncio.sleep(0.2)
                continue
            assert answer.status_code == 201, answer.text
            body: dict[str, Any] = answer.json()
            return body

    keys = [str(uuid4()) for _ in range(count)]
    return dict(zip(keys, await asyncio.gather(*map(one, keys)), strict=True))


async def are_found(customer: Customer, numbers: Sequence[str]) -> None:
    """Whoever looks for them may hear "later", but not that they are not there."""
    for number in numbers:
        while (answer := await customer.client.get(f"/v1/tickets/{number}")).status_code == 503:
            assert answer.headers["Retry-After"]
            await asyncio.sleep(0.1)
        assert answer.status_code == 200, answer.text


async def have_clocks(made: TestDesk, stack: Addresses, numbers: Sequence[str], state: str = "running") -> bool:
    found = await going_back.fetch(
        stack.postgres_superuser_dsn,
        made.dsns["sla-timer"].app,
        f"SELECT DISTINCT number FROM clocks WHERE metric = 'response' AND state = '{state}'",
    )
    return set(numbers) <= set(found)


async def test_a_restored_intake_gives_every_ticket_its_clock_and_every_retry_its_answer(
    made: TestDesk, stack: Addresses, prefix: str
) -> None:
    customer = await register(made)
    before = await open_some(customer, 5)
    await eventually(lambda: have_clocks(made, stack, [one["number"] for one in before.values()]), 30)
    await going_back.save(stack.postgres_superuser_dsn, made.dsns["intake"].app)
    lost = await open_some(customer, 30)
    await eventually(lambda: have_clocks(made, stack, [one["number"] for one in lost.values()]), 30)

    await going_back.restore(stack.postgres_superuser_dsn, made.dsns["intake"].app)
    later, _ = await asyncio.gather(
        open_some(customer, 60), are_found(customer, [one["number"] for one in lost.values()])
    )
    everything = [one["number"] for one in (*before.values(), *lost.values(), *later.values())]
    assert len(set(everything)) == 95
    await eventually(lambda: have_clocks(made, stack, everything), 60)

    for key, answer in list(lost.items())[:10]:
        again = await customer.client.post("/v1/tickets", json=TICKET, headers={"Idempotency-Key": key})
        assert (again.status_code, again.json()) == (201, answer)
        assert again.headers["Idempotent-Replayed"] == "true"
        read = await customer.client.get(f"/v1/tickets/{answer['number']}")
        assert read.json()["title"] == TICKET["title"]
    await all_is_well(made)
    await unbroken(stack, prefix, TICKETS)
    # The person is known as the same one as before.
    subjects = await going_back.fetch(
        stack.postgres_superuser_dsn, made.dsns["intake"].app, "SELECT count(DISTINCT subject_id) FROM tickets"
    )
    assert subjects == [1]


async def test_a_restored_timer_keeps_its_verdicts_and_starts_no_clock_twice(
    made: TestDesk, stack: Addresses, prefix: str
) -> None:
    customer = await register(made)
    await opened(customer.client)
    await going_back.save(stack.postgres_superuser_dsn, made.dsns["sla-timer"].app)
    lost = await open_some(customer, 20)
    await eventually(lambda: have_clocks(made, stack, [one["number"] for one in lost.values()]), 30)
    await going_back.restore(stack.postgres_superuser_dsn, made.dsns["sla-timer"].app)
    later = await open_some(customer, 20)
    engineer = made.client("intake")
    for one in lost.values():
        answer = await engineer.post(
            f"/v1/tickets/{one['number']}/response", json={"states": "plan", "body": "We look."}
        )
        assert answer.status_code == 200, answer.text
    await eventually(lambda: have_clocks(made, stack, [one["number"] for one in later.values()]), 60)

    await eventually(lambda: have_clocks(made, stack, [one["number"] for one in lost.values()], "met"), 30)
    await all_is_well(made)
    await unbroken(stack, prefix, SLA)


async def all_is_well(made: TestDesk) -> None:
    async def ready() -> bool:
        async with httpx2.AsyncClient() as client:
            for port in made.ports.values():
                answer = await client.get(f"http://127.0.0.1:{port}/readyz")
                assert answer.status_code == 200, answer.text
                assert answer.json()["warnings"] == [], answer.text
        return True

    await eventually(ready, 30)


async def unbroken(stack: Addresses, prefix: str, topic: str) -> None:
    """Each shard of the topic is one chain, in which each event comes under one number."""
    for facts in (await on_topic(KafkaBus(stack.kafka, prefix), topic)).values():
        chain: list[Any] = []
        for fact, previous in facts:
            if fact.shard_seq > len(chain):
                assert fact.shard_seq == len(chain) + 1
                assert previous == (chain[-1] if chain else None)
                chain.append(fact.event_id)
            assert chain[fact.shard_seq - 1] == fact.event_id
