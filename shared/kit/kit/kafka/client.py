"""What all clients have in common: they are started, polled and let go, and none of it waits for ever."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from kit.bus import BusError, Message

BROKER_TIMEOUT_SECONDS = 20.0
"""Seconds until a question that gets no answer is given up."""
MAX_SILENCE_SECONDS = 30.0
"""Seconds without any answer after which we connect anew: the brokers may have other addresses now."""


@asynccontextmanager
async def starting(
    client: AIOKafkaProducer | AIOKafkaConsumer, what: str, patience: float = BROKER_TIMEOUT_SECONDS
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


class Polling:
    """What comes to a consumer; topics without their prefix. Notices when no broker answers any more."""

    def __init__(self, consumer: AIOKafkaConsumer, prefix: str) -> None:
        self._consumer, self._prefix = consumer, prefix
        self._heard = time.monotonic()

    async def poll(self, patience: float) -> list[Message]:
        """What has come within so many seconds. Raises BusError."""
        try:
            async with asyncio.timeout(patience + BROKER_TIMEOUT_SECONDS):
                found = await self._consumer.getmany(timeout_ms=int(patience * 1000))
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
    """What the library knows of a partition; None: it isn't assigned."""
    return consumer._subscription.subscription.assignment.state_value(there)


def answered(state: Any, within: float) -> bool:
    """Whether the broker has answered a fetch of the partition within so many seconds."""
    return state.timestamp is not None and time.time() - state.timestamp / 1000 <= within


@asynccontextmanager
async def answering(what: str) -> AsyncIterator[None]:
    """For questions to the broker. Raises BusError when it doesn't answer."""
    try:
        async with asyncio.timeout(BROKER_TIMEOUT_SECONDS):
            yield
    except (KafkaError, OSError, TimeoutError) as error:
        raise BusError(f"{what}: {error!r}") from error
