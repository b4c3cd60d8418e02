"""Topics of a test's own."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.stack import Addresses

from punctual.local.topics import create_topics, delete_topics


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
