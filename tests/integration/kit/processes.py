"""Processes that the tests kill: `python -m tests.integration.kit.processes ROLE DSN SERVERS PREFIX`.

`relay` stops between the broker's acknowledgement and its cursor, `consume` between a batch's events and its commit,
`together:STEP` after that step of commands that stand or fall together. They then say so, and hang until killed.
"""

import asyncio
import logging
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import structlog
from tests.integration.kit.toy import Drop, core, follow, request

import kit.log.together
import kit.relay.relay
from contracts.names import ESCALATIONS, TICKETS
from kit.clock import WallClock
from kit.consume.consumer import Consumer
from kit.kafka import KafkaBus
from kit.log.request import CommandRequest
from kit.postgres import PostgresStore, PostgresTx
from kit.relay.relay import Relay
from kit.shards.ownership import Ownership
from kit.store.values import Relayed
from punctual.local.databases import Dsns

REACHED = b"here\n"
JARS = UUID(int=1), UUID(int=2)


async def hang() -> None:
    """Say where we are, and stay there."""
    sys.stdout.write(REACHED.decode())
    sys.stdout.flush()
    await asyncio.sleep(3600)


async def relay(dsn: str, bus: KafkaBus) -> None:
    """A relay that gets its first acknowledgements and then hangs."""

    async def relayed(self: Any, done: Sequence[Relayed]) -> set[int]:
        await hang()
        return set()

    PostgresTx.relayed = relayed  # type: ignore[method-assign]
    kit.relay.relay.MAX_BATCH_EVENTS = 7
    store = await PostgresStore.connect(dsn, TICKETS)
    ownership = Ownership(store, WallClock(), lease=2.0)
    relay = Relay(store, bus, WallClock(), ownership, service="jars", topic=TICKETS, wrote=asyncio.Event())
    await asyncio.gather(ownership.run(), relay.run())


async def consume(dsn: str, bus: KafkaBus) -> None:
    """A consumer that applies a few batches and hangs in the next one, before its commit."""
    store = await PostgresStore.connect(dsn, ESCALATIONS)
    own = core(ESCALATIONS)
    perform, batches = own.perform, 0

    async def performing(*args: Any) -> Any:
        nonlocal batches
        results = await perform(*args)
        batches += 1
        if batches == 3:
            await hang()
        return results

    own.perform = performing  # type: ignore[method-assign,assignment]
    ownership = Ownership(store, WallClock(), lease=2.0)
    consumer = Consumer(
        store=store, bus=bus, clock=WallClock(), ownership=ownership, topics=[TICKETS], follow=follow(own)
    )
    await asyncio.gather(ownership.run(), consumer.run())


async def together(dsn: str, step: str) -> None:
    """Two coins in two jars, both or none; hangs once that step is done."""
    owner: Any = kit.log.together if step == "_attempt" else PostgresTx
    done = getattr(owner, step)

    async def hanging(*args: Any) -> Any:
        result = await done(*args)
        await hang()
        return result

    setattr(owner, step, hanging)
    store = await PostgresStore.connect(dsn, TICKETS)
    await kit.log.together.carry_out(store, core(), WallClock(), two_coins(), timeout_seconds=15.0)


def two_coins() -> list[CommandRequest]:
    """The same commands in every process, for jars of different shards."""
    return [request(Drop(ticket_id=ticket), key=ticket, answer={"n": n}) for n, ticket in enumerate(JARS)]


@asynccontextmanager
async def running(role: str, dsns: Dsns, bus: KafkaBus) -> AsyncIterator[Process]:
    """Such a process, hanging where it should. Killed afterwards at the latest."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __spec__.name, role, dsns.app, bus.servers, bus.prefix),
        stdout=PIPE,
        cwd=Path(__file__).parents[3],
    )
    try:
        assert process.stdout
        async with asyncio.timeout(60):
            assert await process.stdout.readline() == REACHED
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


if __name__ == "__main__":
    role, dsn, servers, prefix = sys.argv[1:]
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    name, _, step = role.partition(":")
    bus = KafkaBus(servers, prefix)
    asyncio.run(together(dsn, step) if step else {"relay": relay, "consume": consume}[name](dsn, bus))
