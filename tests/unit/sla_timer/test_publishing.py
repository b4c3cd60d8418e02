"""A policy holds in all shards: what was published in some is published in the others."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from tests.unit.sla_timer.story import DEFAULT

from contracts.envelope import Meta
from contracts.names import SHARDS, SLA
from intake.domain.policy import SHIPPED
from intake.heeding import request_for
from kit.log.perform import Core
from kit.memory import MemoryStore
from kit.personal.vault import Vault, subjects_of
from kit.policy_book import PolicyBook
from sla_timer import domain
from sla_timer.policy.file.read import load
from sla_timer.policy.versions import Policies
from sla_timer.projection import project
from sla_timer.publish import complete_publications, publish

NOON = datetime(2026, 7, 13, 12, tzinfo=UTC)
ADMIN = Meta(actor="ada", role="admin")


class Desk:
    def __init__(self) -> None:
        self.store = MemoryStore(SLA)
        self.core = Core(topic=SLA, decider=domain, vault=Vault(bytes(32), makes=subjects_of), project=project)

    async def publish(self, name: str) -> None:
        document = load(DEFAULT.replace("The vendor's support policy", name), name="policy.yaml", today=NOON.date())
        book = PolicyBook(Policies(), Policies.published)
        await publish(self.store, self.core, book, document, ADMIN, NOON)

    def lose(self, shard: int, kept: int) -> None:
        """A database had only so much of what it had sent."""
        tables = self.store.tables
        del tables.log[shard][kept:]
        del tables.streams[f"policy-{shard}"][kept:]
        tables.commands = {key: known for key, known in tables.commands.items() if key[0] != shard}

    async def published(self) -> list[list[Any]]:
        """Which versions were published in each shard, and by whom."""
        async with self.store.transaction() as tx:
            history = await tx.history([f"policy-{shard}" for shard in range(SHARDS)])
        return [
            [(fact.event.version, fact.version, fact.meta.actor) for fact in history.get(f"policy-{shard}", [])]
            for shard in range(SHARDS)
        ]


async def test_a_restored_log_that_has_a_publication_in_some_shards_gets_it_in_all() -> None:
    desk = Desk()
    for name in ("One", "Two", "Three"):
        await desk.publish(name)
    before = await desk.published()
    assert [len(versions) for versions in before] == [3] * SHARDS
    desk.lose(0, 1)
    desk.lose(52, 0)
    assert await desk.published() != before
    async with desk.store.transaction() as tx:
        await complete_publications(tx, desk.core, NOON)
    assert await desk.published() == before


async def test_another_policy_that_is_published_meanwhile_comes_after_what_is_lacking() -> None:
    desk = Desk()
    await desk.publish("One")
    await desk.publish("Two")
    desk.lose(7, 1)
    await desk.publish("Three")
    published = await desk.published()
    assert published[7] == published[0]
    assert [len(versions) for versions in published] == [3] * SHARDS


async def test_who_knows_the_number_and_the_version_of_a_publication_can_name_its_event() -> None:
    """As intake does, which tells tickets of it and doesn't follow this log."""
    desk = Desk()
    await desk.publish("One")
    await desk.publish("Two")
    async with desk.store.transaction() as tx:
        facts = (await tx.history(["policy-0"]))["policy-0"]
    for ordinal, fact in enumerate(facts, 1):
        policy = replace(SHIPPED, version=fact.event.version)
        request = request_for({"ticket_id": UUID(int=1), "version": 1}, policy, ordinal)
        assert request.meta.cause == fact.as_cause


async def test_what_a_shard_lacked_came_of_the_publication_in_another() -> None:
    desk = Desk()
    await desk.publish("One")
    desk.lose(7, 0)
    async with desk.store.transaction() as tx:
        await complete_publications(tx, desk.core, NOON)
        history = await tx.history(["policy-0", "policy-7"])
    [first], [again] = history["policy-0"], history["policy-7"]
    assert again.meta.cause == first.as_cause
