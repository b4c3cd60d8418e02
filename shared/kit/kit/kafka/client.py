"""Starting, polling and stopping aiokafka clients, with timeouts."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from kit.bus import BusError, Message

BROKER_TIMEOUT_SECONDS = 20.0
"""Seconds until a request without an answer is given up."""
MAX_SILENCE_SECONDS = 30.0
"""Seconds without any answer after which we connect again: the brokers may have new addresses."""


@asynccontextmanager
async def starting(
    client: AIOKafkaProducer | AIOKafkaConsumer, what: str, wait_seconds: float = BROKER_TIMEOUT_SECONDS
) -> AsyncIterator[None]:
    """Around the start of a client: one that doesn't start is stopped. Raises BusError."""
    try:
        async with asyncio.timeout(wait_seconds):
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
            raise  # otherwise aiokafka leaked the cancellation of its own task


class Polling:
    """Polls a consumer, removes the prefix from topics, and notices when no broker answers."""

    def __init__(self, consumer: AIOKafkaConsumer, prefix: str) -> None:
        self._consumer, self._prefix = consumer, prefix
        self._heard = time.monotonic()

    async def poll(self, wait_seconds: float) -> list[Message]:
        """The records that come within so many seconds. Raises BusError."""
        try:
            async with asyncio.timeout(wait_seconds + BROKER_TIMEOUT_SECONDS):
                found = await self._consumer.getmany(timeout_ms=int(wait_seconds * 1000))
        except (KafkaError, OSError, TimeoutError) as error:
            raise BusError(f"no records: {error!r}") from error
        self._listen()
        return [
            Message(one.topic.removeprefix(self._prefix), one.partition, one.offset, one.key, one.value, one.headers)
            for records in found.values()
            for one in records
        ]

    def _listen(self) -> None:
        states = [state_of(self._consumer, there) for there in self._consumer.assignment()]
        if all(state.paused for state in states) or any(answered(state, MAX_SILENCE_SECONDS / 2) for state in states):
            self._heard = time.monotonic()
        elif time.monotonic() - self._heard > MAX_SILENCE_SECONDS:
            raise BusError(f"no broker has answered for {MAX_SILENCE_SECONDS:.0f} s")


def state_of(consumer: AIOKafkaConsumer, there: TopicPartition) -> Any:
    """aiokafka's state of a partition; None: it isn't assigned."""
    return consumer._subscription.subscription.assignment.state_value(there)


def answered(state: Any, within: float) -> bool:
    """Whether the broker answered a fetch of the partition in the last so many seconds."""
    return state.timestamp is not None and time.time() - state.timestamp / 1000 <= within


@asynccontextmanager
async def answering(what: str) -> AsyncIterator[None]:
    """Around a request to the broker. Raises BusError when no answer comes."""
    try:
        async with asyncio.timeout(BROKER_TIMEOUT_SECONDS):
            yield
    except (KafkaError, OSError, TimeoutError) as error:
        raise BusError(f"{what}: {error!r}") from error
