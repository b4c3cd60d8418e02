"""Without a broker: all five services in this process, on the bus in memory that passes the real one's suite."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import UTC, datetime
from importlib.metadata import entry_points
from typing import TextIO

import httpx2
import structlog

from contracts.names import KEYS, SETTLED, SHARDS, TOPICS
from kit.memory_bus import MemoryBus
from kit.process.run import serve
from kit.process.service import Service
from kit.process.settings import PREFIX, TOOL_VARIABLES, load
from punctual.demo.catcher import OwnCatcher
from punctual.demo.environment import Environment, at_home, clock_from, clock_settings
from punctual.local.databases import SERVICES
from punctual.local.desk import now, this_process
from punctual.local.errors import StackUnavailable
from punctual.local.mailcatcher import start_mailcatcher
from punctual.local.migrations import folders, migrate
from punctual.local.places import Home
from punctual.local.ports import choose
from punctual.local.postgres import start_postgres
from punctual.local.runfile import Process, Run
from punctual.local.secrets_file import POSTGRES, load_secrets
from punctual.local.services import addresses, choose_ports, confidences
from punctual.local.stack import Stack

READY_TIMEOUT_SECONDS = 60.0


@asynccontextmanager
async def in_memory(
    home: Home, say: Callable[[str], None], watched: Callable[[Environment], None]
) -> AsyncIterator[Environment]:
    """A desk in this process, with a real database and mail catcher. Raises StackUnavailable, MigrationFailed."""
    stack = Stack(home, load_secrets(home))
    me = this_process(os.getpid())
    Run(me, now()).write(home)
    async with AsyncExitStack() as ending:
        ending.callback(home.run.unlink, missing_ok=True)
        ending.push_async_callback(stack.stop)
        await _start(stack, say)
        Run(me, now(), [Process.of(child) for child in stack.children]).write(home)
        ports = choose_ports(stack, usual=False)
        clock = clock_from(datetime.now(UTC))
        bus = MemoryBus(dict.fromkeys(TOPICS, SHARDS) | {SETTLED: 1, KEYS: 8})
        assert stack.mail
        environment = Environment(
            stack="in-memory",
            kind="IN-MEMORY BUS, not the real broker; one process",
            clock=clock,
            bus=bus,
            urls={name: f"http://127.0.0.1:{ports[name]}" for name in SERVICES},
            smtp=ports["smtp"],
            mailbox="support@punctual.local",
            feedback_mailbox="feedback@punctual.local",
            catcher=OwnCatcher(stack.mail.url),
            dsns={name: stack.dsns(name).app for name in SERVICES},
            token_secret=stack.secrets["PUNCTUAL_TOKEN_SECRET"],
            kafka=None,
            around=at_home(home),
        )
        watched(environment)
        env = addresses(stack, ports) | confidences(stack) | clock_settings(clock)
        running = await ending.enter_async_context(_serving(env, bus, home))
        await _ready(environment, running)
        say("All five services are ready, in this process")
        yield environment


async def _start(stack: Stack, say: Callable[[str], None]) -> None:
    port, smtp, http = (choose(0) for _ in range(3))
    stack.claimed += [port, smtp, http]
    stack.postgres = await start_postgres(stack.home, port, stack.secrets[POSTGRES], durable=False)
    say(f"PostgreSQL {stack.postgres.version} answers on port {port}")
    stack.mail = await start_mailcatcher(stack.home, smtp=smtp, http=http)
    say(f"The mail catcher shows {stack.mail.url}")
    await stack.create_databases()
    async with asyncio.TaskGroup() as group:
        for service in SERVICES:
            group.create_task(migrate(stack.dsns(service).owner, folders(service)))
    say("Databases are there")


@asynccontextmanager
async def _serving(env: dict[str, str], bus: MemoryBus, home: Home) -> AsyncIterator[asyncio.Task[None]]:
    before = dict(os.environ)
    for name in [name for name in os.environ if name.startswith(PREFIX) and not TOOL_VARIABLES.match(name)]:
        del os.environ[name]
    os.environ.update(env)
    published = {point.name: point for point in entry_points(group="punctual.services")}
    services: list[Service] = [published[name].load() for name in SERVICES]
    loaded = [load(service.name, service.settings) for service in services]
    log = (home.log / "services.log").open("a", buffering=1)
    _log_to(log)
    stop = asyncio.Event()
    pairs = [(service, own) for service, (_, own) in zip(services, loaded, strict=True)]
    running = asyncio.create_task(serve(pairs, loaded[0][0], bus, stop))
    try:
        yield running
    finally:
        stop.set()
        await asyncio.wait({running}, timeout=15)
        structlog.reset_defaults()
        log.close()
        os.environ.clear()
        os.environ.update(before)


def _log_to(file: TextIO) -> None:
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(20),
        logger_factory=structlog.WriteLoggerFactory(file),
    )


async def _ready(environment: Environment, running: "asyncio.Task[None]") -> None:
    until = asyncio.get_running_loop().time() + READY_TIMEOUT_SECONDS
    async with httpx2.AsyncClient(timeout=2, trust_env=False) as client:
        for name, url in environment.urls.items():
            while True:
                if running.done():
                    raise StackUnavailable(f"the services ended at their start: {running.exception()!r}")
                with contextlib.suppress(httpx2.HTTPError):
                    if (await client.get(f"{url}/readyz")).status_code == 200:
                        break
                if asyncio.get_running_loop().time() > until:
                    raise StackUnavailable(f"{name} was not ready within {READY_TIMEOUT_SECONDS:.0f} s")
                await asyncio.sleep(0.05)
