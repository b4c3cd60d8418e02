"""Topics of a test's own."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient
from tests.stack import Addresses

from punctual.local.topics import create_topics


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


@asynccontextmanager
async def own_topics(stack: Addresses, topic_prefix: str) -> AsyncIterator[str]:
    """All topics of a desk under a prefix of their own, as long as they are needed.

    They don't stay until the end of the run: each desk has hundreds of partitions, and the memory and the open files
    of a small broker are full after fifty of them.
    """
    prefix = f"{topic_prefix}{secrets.token_hex(3)}."
    await create_topics(stack.kafka, prefix)
    try:
        yield prefix
    finally:
        await delete_topics(stack.kafka, prefix)
