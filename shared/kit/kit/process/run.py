"""Runs services in one task group. If one part fails, the process ends, to be started again."""

import asyncio
import contextlib
import gc
import signal
import socket
import sys
from collections.abc import Coroutine, Iterator, Sequence
from typing import Any

import asyncpg
import structlog
import uvicorn
import uvloop

from kit import telemetry
from kit.bus import Bus, BusError
from kit.consume.watchdog import Stuck
from kit.http.request_metrics import RequestMetrics
from kit.http.unreadable import HttpProtocol
from kit.kafka import KafkaBus
from kit.process.process import Process, opened
from kit.process.service import Service
from kit.process.settings import Common, ServiceSettings, SettingsError, load
from kit.store import Unavailable

SHUTDOWN_SECONDS = 8.0
"""Seconds from SIGTERM until parts that still run are cancelled."""

EXPECTED_ERRORS = (BusError, Unavailable, Stuck, OSError, asyncpg.PostgresError, asyncpg.InterfaceError)
"""Errors that end a process and are clear without a stack trace."""

log = structlog.get_logger("service")


GC_THRESHOLDS = (20_000, 20, 20)
"""The garbage collector's thresholds: new objects until it runs, and how seldom it looks at older generations."""


def collect_seldom() -> None:
    """Collect garbage seldom: with Python's default thresholds, half of a batch's time goes into searching live
    objects."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*GC_THRESHOLDS)


class PartEnded(Exception):
    """A part of the process ended before the service was stopped."""


def run(services: Sequence[Service]) -> None:
    """Run until SIGTERM or SIGINT. Exits 2 for wrong settings, 1 if a part failed."""
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(_main(services))
    except Exception as error:
        causes = list(_causes(error))
        if wrong := [cause for cause in causes if isinstance(cause, SettingsError)]:
            sys.stderr.write("".join(f"{cause}\n" for cause in wrong))
            raise SystemExit(2) from None
        unforeseen = next((cause for cause in causes if not isinstance(cause, (*EXPECTED_ERRORS, PartEnded))), None)
        log.critical("stopped", errors=[f"{type(cause).__name__}: {cause}" for cause in causes], exc_info=unforeseen)
        raise SystemExit(1) from None


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The errors in nested exception groups."""
    if isinstance(error, BaseExceptionGroup):
        for inner in error.exceptions:
            yield from _causes(inner)
    else:
        yield error


async def _main(services: Sequence[Service]) -> None:
    settings = _settings(services)
    common = settings[0][0]
    name = services[0].name if len(services) == 1 else "all"
    provider = telemetry.configure(name, common.log_level, common.otlp_endpoint)
    collect_seldom()
    bus = KafkaBus(common.kafka, common.topic_prefix, common.replica)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    try:
        await serve([(service, own) for service, (_, own) in zip(services, settings, strict=True)], common, bus, stop)
    finally:
        provider.shutdown()


def _settings(services: Sequence[Service]) -> list[tuple[Common, ServiceSettings]]:
    """The settings of all services. Raises SettingsError with everything that is wrong, each variable once."""
    loaded: list[tuple[Common, ServiceSettings]] = []
    faults: dict[str, None] = {}
    for service in services:
        try:
            loaded.append(load(service.name, service.settings))
        except SettingsError as error:
            faults |= dict.fromkeys(str(error).splitlines())
    if faults:
        raise SettingsError("\n".join(faults))
    return loaded


async def serve(
    services: Sequence[tuple[Service, ServiceSettings]], common: Common, bus: Bus, stop: asyncio.Event
) -> None:
    """Run services until `stop`. Any part that ends with an error ends all of them."""
    async with contextlib.AsyncExitStack() as stack:
        every: list[Process] = []
        servers: list[_Server] = []
        async with asyncio.TaskGroup() as group:
            http: list[asyncio.Task[None]] = []
            finishing: list[asyncio.Task[None]] = []
            lasting: list[asyncio.Task[None]] = []

            async def start(process: Process) -> None:
                await process.begin()
                finishing.extend(group.create_task(_until_stopped(process, part)) for part in process.finishing())
                lasting.extend(group.create_task(_until_stopped(process, part)) for part in process.lasting())
                process.started = True
                log.info("started", service=process.service.name, port=process.own.port)

            for service, own in services:
                process = await stack.enter_async_context(opened(service, common, own, bus))
                every.append(process)
                server = _Server(_config(process))
                servers.append(server)
                http.append(group.create_task(server.serve([_listening(process)])))
            starting = [group.create_task(start(process)) for process in every]
            await stop.wait()
            for task in starting:
                task.cancel()
            await _end(every, servers, http, finishing)
            for task in (*finishing, *lasting):
                task.cancel()


async def _until_stopped(process: Process, part: Coroutine[Any, Any, None]) -> None:
    """Run a part that must last until the service stops. Raises PartEnded if it ends before."""
    try:
        await part
    except asyncio.CancelledError:
        task = asyncio.current_task()
        if process.stopping or (task and task.cancelling()):
            raise
        # Nobody cancelled this task: a library leaked its own cancellation, which a task group would ignore.
    if not process.stopping:
        raise PartEnded(f"a part of {process.service.name} ended by itself: {part}")


def _listening(process: Process) -> socket.socket:
    """The service's port. Raises OSError if it is taken: uvicorn would leave the process by itself."""
    host, port = process.common.host, process.own.port
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, OverflowError) as error:
        raise OSError(f"{process.service.name} can't listen on {host}, port {port}: {error}") from error


async def _end(
    every: Sequence[Process],
    servers: Sequence["_Server"],
    http: Sequence["asyncio.Task[None]"],
    finishing: Sequence["asyncio.Task[None]"],
) -> None:
    """End in an order that loses nothing: take no new requests, answer those under way, then finish their effects."""
    log.info("stopping", services=[process.service.name for process in every])
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(SHUTDOWN_SECONDS):
            for server in servers:
                server.should_exit = True
            await asyncio.wait(http)
            for process in every:
                await process.stop()
            if finishing:
                await asyncio.wait(finishing)


class _Server(uvicorn.Server):
    """Leaves the signals to us: several servers may share a process."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def _config(process: Process) -> uvicorn.Config:
    return uvicorn.Config(
        RequestMetrics(process.app(), process.metrics.answered, traced=process.traced),
        host=process.common.host,
        port=process.own.port,
        loop="none",
        http=HttpProtocol,
        lifespan="off",
        proxy_headers=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=3,
        timeout_keep_alive=30,
    )
