"""Facts of tickets are kept as they come, and read back where a version that keeps none was here before."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually
from tests.integration.teller import Teller, teller
from tests.stack import Addresses
from tests.unit.sla_timer.story import completed, opened, responded, severity_changed, wrote

from contracts.command_ids import of_mail
from contracts.names import SLA, TICKETS
from kit.kafka import KafkaBus
from kit.postgres import PostgresStore
from sla_timer.facts.backfill import fill, missing_count

pytestmark = pytest.mark.stack

ROWS = "SELECT * FROM ticket_facts ORDER BY ticket_id, seq"


@dataclass(frozen=True)
class Kept:
    """A desk, whoever tells it facts, and its database as the owner and as the service see it."""

    desk: TestDesk
    intake: Teller
    owner: asyncpg.Connection
    store: PostgresStore
    bus: KafkaBus

    async def rows(self, count: int) -> list[Any]:
        """All rows, once there are so many."""

        async def there() -> list[Any]:
            rows = [tuple(row) for row in await self.owner.fetch(ROWS)]
            assert len(rows) == count
            return rows

        found: Any = await eventually(there)
        return list(found)


@pytest.fixture
async def facts(stack: Addresses, database: Factory, prefix: str) -> AsyncIterator[Kept]:
    with pytest.MonkeyPatch.context() as patch:
        async with (
            desk(stack, database, prefix, patch, ["sla-timer"]) as made,
            teller(database, made, TICKETS) as intake,
        ):
            dsns = made.dsns["sla-timer"]
            owner = await asyncpg.connect(dsns.owner)
            store = await PostgresStore.connect(dsns.app, SLA, size=2)
            yield Kept(made, intake, owner, store, KafkaBus(stack.kafka, prefix))
            await store.close()
            await owner.close()


async def told(facts: Kept) -> UUID:
    ticket = uuid4()
    for event in (opened(2), wrote("staff"), severity_changed(2, 1), responded(1)):
        await facts.intake.tell(replace(event, ticket_id=ticket))
    return ticket


async def test_facts_are_kept_in_order_and_the_same_again_when_they_are_read_back(facts: Kept) -> None:
    ticket = await told(facts)
    rows = await facts.rows(4)
    assert [row[0] for row in rows] == [ticket] * 4
    assert [row[3] for row in rows] == [
        "ticket.opened",
        "ticket.message-posted",
        "ticket.severity-changed",
        "ticket.initial-response-given",
    ]
    assert await missing_count(facts.store) == 0

    # As the version before would have left it, with a ticket that came since.
    await facts.owner.execute("DELETE FROM ticket_facts")
    await facts.owner.execute("UPDATE consumer_cursor SET kept = 0")
    await told(facts)
    await facts.rows(4)
    assert await missing_count(facts.store) == 8 or await missing_count(facts.store) == 4
    assert await fill(facts.store, facts.bus)
    again = await facts.rows(8)
    assert [row for row in again if row[0] == ticket] == rows
    assert await missing_count(facts.store) == 0


async def test_what_a_release_kept_that_kept_nothing_to_cite_is_read_back_once(facts: Kept) -> None:
    await told(facts)
    rows = await facts.rows(4)
    assert all(row[-3] for row in rows)
    assert await fill(facts.store, facts.bus)

    # As the version before would have left it.
    await facts.owner.execute("UPDATE ticket_facts SET event_id = NULL, message_id = NULL, cause = NULL")
    await facts.owner.execute("DELETE FROM readings")
    assert await fill(facts.store, facts.bus)
    assert await facts.rows(4) == rows
    assert await missing_count(facts.store) == 0

    await facts.owner.execute("UPDATE ticket_facts SET event_id = NULL")
    assert await fill(facts.store, facts.bus)
    assert [row[-3] for row in await facts.rows(4)] == [None] * 4


async def test_the_request_or_mail_of_facts_that_do_not_say_is_found_again_when_they_are_read_back(facts: Kept) -> None:
    ticket, key = uuid4(), "9f86d081884c7d65"
    asked = replace(opened(2, missing=("os",)), ticket_id=ticket)
    [by_request] = await facts.intake.tell(asked, role="requester")
    answered = replace(wrote("requester"), mail=key, ticket_id=ticket), replace(completed(2), ticket_id=ticket)
    await facts.intake.tell(*answered, role="requester", command_id=of_mail(key, "message"))
    await facts.rows(3)
    assert await fill(facts.store, facts.bus)

    await facts.owner.execute("UPDATE ticket_facts SET cause = NULL")
    await facts.owner.execute("DELETE FROM readings")
    assert await fill(facts.store, facts.bus)
    assert [row[-1] for row in await facts.rows(3)] == [f"request/{by_request.command_id}", *[f"mail/{key}"] * 2]


async def test_what_kafka_no_longer_has_is_said_to_be_missing(facts: Kept) -> None:
    await told(facts)
    await facts.rows(4)
    [[shard]] = await facts.owner.fetch("SELECT shard FROM consumer_cursor WHERE seq > 0")
    await facts.owner.execute("INSERT INTO ticket_fact_gaps VALUES ($1, 1, 9)", shard)
    assert not await fill(facts.store, facts.bus)
    assert await missing_count(facts.store) == 9
