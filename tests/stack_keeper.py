"""`python -m tests.stack_keeper MODE CONTROLLER FOLDER`: holds a run's broker and database until the run is gone."""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
from tests.homes import discard
from tests.stack import KAFKA_IMAGE, POSTGRES_IMAGE, Addresses, publish

from punctual.local import Home, StackUnavailable, start_stack
from punctual.local.process import identity
from punctual.local.stack import Ports


@asynccontextmanager
async def embedded(folder: Path) -> AsyncIterator[Addresses]:
    """The same stack as `make up`, in a home of its own, on any free ports, without fsync."""
    home = Home(folder / "home")
    stack = await start_stack(home, ports=Ports.any(), durable=False, mail=False, say=print)
    try:
        yield Addresses("embedded", stack.postgres_dsn, stack.bootstrap)
    finally:
        await stack.stop()
        discard(home)


@asynccontextmanager
async def containers(folder: Path) -> AsyncIterator[Addresses]:
    """By testcontainers, whose reaper removes them even if we are killed."""
    from tests.stack_containers import ApacheKafkaContainer, postgres_container

    with postgres_container(POSTGRES_IMAGE) as postgres, ApacheKafkaContainer(KAFKA_IMAGE) as kafka:
        yield Addresses("containers", postgres.get_connection_url(), kafka.get_bootstrap_server())


@asynccontextmanager
async def given(folder: Path) -> AsyncIterator[Addresses]:
    """Somebody else's; the tests clean up after themselves."""
    yield Addresses("given", os.environ["PUNCTUAL_TEST_POSTGRES"], os.environ["PUNCTUAL_TEST_KAFKA"])


MODES = {"embedded": embedded, "containers": containers, "given": given}


async def keep(mode: str, controller: int, folder: Path) -> None:
    """Publish the addresses, wait for the end of the run, clean up."""
    begun = identity(controller)
    ended = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    try:
        async with MODES[mode](folder) as addresses:
            connection = await asyncpg.connect(addresses.postgres_superuser_dsn)
            version = await connection.fetchval("SHOW server_version")
            await connection.close()
            publish(folder, Addresses(addresses.kind, addresses.postgres_superuser_dsn, addresses.kafka, version))
            await _end(controller, begun, ended)
    except StackUnavailable as error:
        publish(folder, str(error))
        await _end(controller, begun, ended)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _end(controller: int, begun: str | None, ended: asyncio.Event) -> None:
    """Wait until we are told to end, or the run is gone."""
    while begun is not None and identity(controller) == begun and not ended.is_set():
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(ended.wait(), 0.3)


if __name__ == "__main__":
    (Path(sys.argv[3]) / "keeper.pid").write_text(str(os.getpid()))
    asyncio.run(keep(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])))
