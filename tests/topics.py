"""Topics of a test's own."""

import secrets
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import entry_points

from aiokafka.admin import AIOKafkaAdminClient
from tests.stack import Addresses

from contracts.names import KEYS, SERVICES, SETTLED, SLA
from punctual.local.topics import create, topics


@asynccontextmanager
async def administering(bootstrap: str) -> AsyncIterator[AIOKafkaAdminClient]:
    """A client that may change topics."""
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap, request_timeout_ms=30_000)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def delete_topics(bootstrap: str, prefix: str) -> None:
    """Delete every topic whose name begins with the prefix, which must not be empty."""
    assert prefix, "an empty prefix would delete all topics"
    async with administering(bootstrap) as admin:
        names = await admin.list_topics()
        if doomed := [name for name in names if name.startswith(prefix)]:
            await admin.delete_topics(doomed)


def needed_by(services: Sequence[str]) -> set[str]:
    """Topics, without a prefix. Everybody hears of policies, by the topic of sla-timer, and of keys."""
    running = [point.load() for point in entry_points(group="punctual.services") if point.name in services]
    return {SLA, SETTLED, KEYS} | {topic for one in running for topic in (one.topic, *one.listens)}


@asynccontextmanager
async def own_topics(stack: Addresses, topic_prefix: str, services: Sequence[str] = SERVICES) -> AsyncIterator[str]:
    """All topics that these services write and read under a prefix of their own, as long as they are needed.

    Those of a whole desk are hundreds of partitions, which a small broker needs a second for; and its memory and open
    files are full after fifty desks, so none of them stays until the end of the run.
    """
    prefix = f"{topic_prefix}{secrets.token_hex(3)}."
    needed = {prefix + topic for topic in needed_by(services)}
    await create(stack.kafka, [topic for topic in topics(prefix) if topic.name in needed])
    try:
        yield prefix
    finally:
        await delete_topics(stack.kafka, prefix)
