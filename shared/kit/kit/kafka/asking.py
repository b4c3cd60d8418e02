"""Asking the brokers for an answer, and for nothing else."""

import asyncio
from contextlib import suppress

from aiokafka.client import AIOKafkaClient
from aiokafka.errors import KafkaError
from aiokafka.protocol.metadata import MetadataRequest

from kit.bus import BusError

PATIENCE = 2.0
"""Seconds for one broker to connect and to answer."""


class Asking:
    """Connections to the brokers under the addresses that they give themselves: those are where records come from."""

    def __init__(self, servers: str, client_id: str) -> None:
        self._servers = servers
        self._client = AIOKafkaClient(
            bootstrap_servers=servers, client_id=client_id, request_timeout_ms=int(PATIENCE * 1000)
        )

    async def __aenter__(self) -> "Asking":
        try:
            async with asyncio.timeout(PATIENCE):
                await self._client.bootstrap()
        except BaseException as error:
            await self._client.close()
            if isinstance(error, KafkaError | OSError | TimeoutError):
                raise BusError(f"no broker at {self._servers}: {error!r}") from error
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        with suppress(KafkaError, OSError):
            await self._client.close()

    async def answer(self) -> None:
        """Wait for the first of them that answers. Raises BusError."""
        # One that knows of no topic yet tells of no brokers, and the first connection is kept.
        nodes = [broker.nodeId for broker in self._client.cluster.brokers()] or ["bootstrap"]
        asked = [asyncio.ensure_future(self._ask(node)) for node in nodes]
        try:
            for one in asyncio.as_completed(asked):
                if await one:
                    return
        finally:
            for one in asked:
                one.cancel()
        raise BusError(f"none of the brokers of {self._servers} answers")

    async def _ask(self, node: int | str) -> bool:
        with suppress(KafkaError, OSError, TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._client.send(node, MetadataRequest([]))  # about no topic
                return True
        return False
