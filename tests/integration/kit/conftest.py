"""A migrated database of the toy service, stores of both kinds, and topics of a test's own."""

import asyncio
import gc
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import asyncpg
import pytest
from aiokafka.admin import AIOKafkaAdminClient
from tests.conftest import Factory
from tests.integration.kit import toy
from tests.stack import Addresses
from tests.topics import delete_topics
from tests.unit.kit.ledger import TABLES

from contracts.names import KEYS, SHARDS, TICKETS, TOPICS
from kit.kafka import KafkaBus
from kit.memory import MemoryStore
from kit.memory_bus import MemoryBus
from kit.postgres import PostgresStore
from punctual.local.databases import Dsns
from punctual.local.topics import topics

Topics = Callable[..., Awaitable[KafkaBus]]
Connect = Callable[..., Awaitable[PostgresStore]]


@pytest.fixture
async def dsns(database: Factory) -> Dsns:
    """A new database with the toy's read model."""
    return await new_database(database)


async def new_database(database: Factory) -> Dsns:
    """Another one."""
    made = await database("kit")
    owner = await asyncpg.connect(made.owner)
    await owner.execute(toy.MODEL)
    await owner.execute(TABLES)
    await owner.close()
    return made


@pytest.fixture
async def connect() -> AsyncIterator[Connect]:
    """Opens stores that are closed after the test."""
    async with AsyncExitStack() as opened:

        async def store(dsn: str, topic: str = TICKETS, size: int = 8) -> PostgresStore:
            made = await PostgresStore.connect(dsn, topic, size=size)
            opened.push_async_callback(made.close)
            return made

        yield store


@pytest.fixture(params=["postgres", "memory"])
async def store(request: pytest.FixtureRequest, database: Factory, connect: Connect) -> PostgresStore | MemoryStore:
    """Each kind of store: what is proven of one must hold of the other."""
    if request.param == "memory":
        return MemoryStore(TICKETS)
    return await connect((await new_database(database)).app, size=20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    # aiokafka forgets connections that are being made while their client is stopped.
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker(
                pytest.mark.filterwarnings("ignore:(Unclosed AIOKafka|unclosed <StreamWriter):ResourceWarning")
            )


@pytest.fixture
async def kafka(stack: Addresses, topic_prefix: str) -> AsyncIterator[Topics]:
    """`await kafka(TICKETS, SLA)`: a bus with these topics, which are new. Settings go to the broker as they are."""

    made: list[str] = []

    async def make(*names: str, settings: dict[str, str] | None = None) -> KafkaBus:
        prefix = f"{topic_prefix}{secrets.token_hex(3)}."
        made.append(prefix)
        wanted = [topic for topic in topics(prefix) if topic.name.removeprefix(prefix) in names]
        for topic in wanted:
            topic.topic_configs = (topic.topic_configs or {}) | (settings or {})
        admin = AIOKafkaAdminClient(bootstrap_servers=stack.kafka, request_timeout_ms=30_000)
        await admin.start()
        try:
            answer = await admin.create_topics(wanted)
            assert all(code == 0 for _, code, *_ in answer.topic_errors), answer
            async with asyncio.timeout(20):
                while not await _led(admin, [topic.name for topic in wanted]):  # noqa: ASYNC110 - the broker knows
                    await asyncio.sleep(0.05)
        finally:
            await admin.close()
        return KafkaBus(stack.kafka, prefix)

    yield make
    gc.collect()
    for prefix in made:
        await delete_topics(stack.kafka, prefix)


async def _led(admin: AIOKafkaAdminClient, names: list[str]) -> bool:
    """Whether every partition has its leader: until then producers and consumers ask again and again."""
    return all(
        topic["error_code"] == 0 and all(part["leader"] >= 0 for part in topic["partitions"])
        for topic in await admin.describe_topics(names)
    )


def memory_bus() -> MemoryBus:
    """A bus in memory with all event topics and that of the keys."""
    return MemoryBus(dict.fromkeys(TOPICS, SHARDS) | {KEYS: 8})
