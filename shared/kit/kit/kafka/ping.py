"""Pings the brokers: asks them for an answer, and for no data."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from aiokafka.protocol.metadata import MetadataRequest

from kit.bus import BusError

T = TypeVar("T")
BROKER_TIMEOUT_SECONDS = 2.0
"""Seconds for one broker to accept a connection and answer."""


class BrokerPing:
    """Connections to the brokers, at the addresses that they advertise, from which records come too.

    aiokafka leaks a connection if the task that opens it is cancelled. So we cancel no such task: each ends by its own
    timeout, and we wait for all before we close the client.
    """

    def __init__(self, servers: str, client_id: str) -> None:
        self._servers = servers
        self._client = AIOKafkaClient(
            bootstrap_servers=servers, client_id=client_id, request_timeout_ms=int(BROKER_TIMEOUT_SECONDS * 1000)
        )
        self._under_way: set[asyncio.Task[Any]] = set()

    async def __aenter__(self) -> "BrokerPing":
        try:
            await asyncio.shield(self._begin(self._client.bootstrap()))
        except BaseException as error:
            await self.__aexit__()
            if isinstance(error, KafkaError | OSError | TimeoutError):
                raise BusError(f"no broker at {self._servers}: {error!r}") from error
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._under_way:
            await asyncio.wait(self._under_way)
        with suppress(KafkaError, OSError):
            await self._client.close()

    async def answer(self) -> None:
        """Wait until one of the brokers answers. Raises BusError."""
        # A client without topics may know no brokers yet: then ask over its first connection.
        nodes = [broker.nodeId for broker in self._client.cluster.brokers()] or ["bootstrap"]
        for one in asyncio.as_completed([self._begin(self._ask(node)) for node in nodes]):
            if await one:
                return
        raise BusError(f"none of the brokers of {self._servers} answers")

    async def _ask(self, node: int | str) -> bool:
        with suppress(KafkaError, OSError, TimeoutError):
            await self._client.send(node, MetadataRequest([]))  # about no topic
            return True
        return False

    def _begin(self, coroutine: Coroutine[Any, Any, T]) -> "asyncio.Task[T]":
        task = asyncio.ensure_future(coroutine)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task
