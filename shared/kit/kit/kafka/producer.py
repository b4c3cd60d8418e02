"""Sending records."""

import asyncio
from collections.abc import Awaitable
from typing import Any

from aiokafka import AIOKafkaProducer
from aiokafka.errors import InvalidTimestampError, KafkaError, MessageSizeTooLargeError

from kit.bus import BusError, Headers, Unsendable
from kit.kafka.client import BROKER_TIMEOUT_SECONDS, let_go

RECORD_ERRORS = (MessageSizeTooLargeError, InvalidTimestampError)
"""Errors by which the broker refuses a record for good."""


class KafkaProducer:
    """A producer. After an error it can't be used any more: aiokafka leaves a gap in its sequence numbers."""

    def __init__(self, producer: AIOKafkaProducer, prefix: str) -> None:
        self._producer = producer
        self._prefix = prefix

    async def send(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: Headers = ()
    ) -> Awaitable[int | None]:
        """Queue a record."""
        try:
            async with asyncio.timeout(BROKER_TIMEOUT_SECONDS):
                sent = await self._producer.send(
                    self._prefix + topic, value=value, key=key, partition=partition, headers=list(headers)
                )
        except RECORD_ERRORS as error:
            raise Unsendable(f"{topic}/{partition}: {error!r}") from error
        except (KafkaError, OSError, TimeoutError) as error:
            raise BusError(f"{topic}/{partition}: {error!r}") from error
        return _acknowledged(sent, f"{topic}/{partition}")

    async def close(self) -> None:
        """Stop it, without waiting for acknowledgements."""
        await let_go(self._producer)


async def _acknowledged(sent: "asyncio.Future[Any]", place: str) -> int | None:
    """The record's offset; None for a duplicate, for which the broker tells none."""
    try:
        async with asyncio.timeout(BROKER_TIMEOUT_SECONDS):
            offset: int = (await sent).offset
            return offset if offset >= 0 else None
    except RECORD_ERRORS as error:
        raise Unsendable(f"{place}: {error!r}") from error
    except (KafkaError, OSError, TimeoutError) as error:
        raise BusError(f"{place}: {error!r}") from error
