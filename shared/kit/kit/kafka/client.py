"""What all clients have in common: they are started, polled and let go, and none of it waits for ever."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

from kit.bus import BusError, Message

PATIENCE = 20.0
"""Seconds until a broker that doesn't answer is given up."""


@asynccontextmanager
async def starting(
    client: AIOKafkaProducer | AIOKafkaConsumer, what: str, patience: float = PATIENCE
) -> AsyncIterator[None]:
    """A client that doesn't start, or whose start is cancelled, is let go. Raises BusError."""
    try:
        async with asyncio.timeout(patience):
            yield
    except BaseException as error:
        await let_go(client)
        if isinstance(error, KafkaError | OSError | TimeoutError):
            raise BusError(f"{what}: {error!r}") from error
        raise


async def let_go(client: AIOKafkaProducer | AIOKafkaConsumer) -> None:
    """Stop a client, without waiting long."""
    try:
        async with asyncio.timeout(5):
            await client.stop()
    except (KafkaError, OSError, TimeoutError):
        pass
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if task and task.cancelling():
            raise  # otherwise it is the library's own: it waits for what it has cancelled


async def polled(consumer: AIOKafkaConsumer, prefix: str, patience: float) -> list[Message]:
    """What has come within so many seconds; topics without their prefix. Raises BusError."""
    try:
        async with asyncio.timeout(patience + PATIENCE):
            found = await consumer.getmany(timeout_ms=int(patience * 1000))
    except (KafkaError, OSError, TimeoutError) as error:
        raise BusError(f"no records: {error!r}") from error
    return [
        Message(one.topic.removeprefix(prefix), one.partition, one.offset, one.key, one.value, one.headers)
        for records in found.values()
        for one in records
    ]
