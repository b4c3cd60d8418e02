"""Topics of a test's own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.stack import Addresses

from punctual.local.topics import create_topics, delete_topics


@asynccontextmanager
async def own_topics(stack: Addresses, prefix: str) -> AsyncIterator[None]:
    """All topics of a desk under the prefix, as long as they are needed.

    They don't stay until the end of the run: each desk has hundreds of partitions, and the memory and the open files
    of a small broker are full after fifty of them.
    """
    await create_topics(stack.kafka, prefix)
    try:
        yield
    finally:
        await delete_topics(stack.kafka, prefix)
