"""A whole desk: the stack, its databases and topics, and the five services; what `up` and the demo run."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from punctual.local.databases import SERVICES
from punctual.local.errors import StackUnavailable
from punctual.local.keeping import Part
from punctual.local.migrations import MigrationFailed, folders, migrate
from punctual.local.places import Home
from punctual.local.process import Child, identity
from punctual.local.runfile import Process, Run
from punctual.local.services import (
    Service,
    addresses,
    await_ready,
    choose_ports,
    confidences,
    start_service,
    start_services,
)
from punctual.local.stack import Ports, Stack, start_stack
from punctual.local.topics import create_topics

RESTART_TIMEOUT_SECONDS = 300.0
"""A restarted service must be ready within this time: its database or broker may have been restarted too."""


@dataclass(slots=True)
class Desk:
    """What was started so far. `env` has all settings of the services, `public` those that are not secret."""

    stack: Stack
    ports: dict[str, int]
    public: dict[str, str]
    env: dict[str, str]
    services: list[Service] = field(default_factory=list)
    since: str = field(default_factory=lambda: now())

    @property
    def urls(self) -> dict[str, str]:
        """HTTP addresses by name: the services, and `mail` for the mail catcher's page."""
        found = {service.name: service.url for service in self.services}
        return found | ({"mail": self.stack.mail.url} if self.stack.mail else {})

    def parts(self) -> list[Part]:
        """The parts, each with the function that starts it again on its old port. Call it once all of them run."""

        async def again(place: int) -> None:
            before = self.services[place]
            self.services[place] = start_service(self.stack, before.name, before.port, self.env)
            await await_ready(self.services[place], RESTART_TIMEOUT_SECONDS)

        def now(place: int) -> Child:
            return self.services[place].child

        services = [
            Part(service.name, partial(now, place), partial(again, place), settings=True)
            for place, service in enumerate(self.services)
        ]
        return services + self.stack.parts()

    def children(self) -> list[Child]:
        """In the order in which they are stopped: the services, then what they stand on."""
        return [service.child for service in self.services] + self.stack.children

    def run(self, supervisor: Process, *, ready: bool) -> Run:
        """As `run.json` has it."""
        stack = self.stack
        processes = [Process.of(s.child, s.port, s.url) for s in self.services]
        if stack.mail:
            processes.append(Process.of(stack.mail.child, stack.mail.http, stack.mail.url))
        if stack.kafka:
            processes.append(Process.of(stack.kafka.child, stack.kafka.port))
        if stack.postgres:
            processes.append(Process.of(stack.postgres.child, stack.postgres.port))
        return Run(supervisor, self.since, processes, self.public, ready)

    async def stop(self) -> None:
        """The services first, all at once; then the stack."""
        await asyncio.gather(*(service.child.stop() for service in self.services))
        await self.stack.stop()


async def start_desk(
    home: Home,
    *,
    settings: Mapping[str, str] | None = None,
    services: bool = True,
    usual_ports: bool = True,
    durable: bool = True,
    say: Callable[[str], None] = lambda _: None,
    started: Callable[[Desk], None] = lambda _: None,
) -> Desk:
    """Start a desk in this home; `settings` are further PUNCTUAL_* variables for the services (clock, prefix).

    `started` is called whenever more of it runs. On failure, or when cancelled, all is stopped again.
    Raises StackUnavailable, MigrationFailed. Call it from the main thread.
    """
    further = dict(settings or {})
    stack = await start_stack(home, ports=None if usual_ports else Ports.any(), durable=durable, say=say)
    ports = choose_ports(stack, usual=usual_ports)
    public = addresses(stack, ports) | further
    desk = Desk(stack, ports, public, public | confidences(stack))
    started(desk)
    try:
        async with asyncio.TaskGroup() as group:
            group.create_task(_lay_out(stack))
            group.create_task(create_topics(stack.bootstrap, further.get("PUNCTUAL_TOPIC_PREFIX", "")))
        say("Databases and topics are there")
        if services:
            desk.services = await start_services(stack, ports, desk.env)
            say("All five services are ready")
            started(desk)
    except BaseException as error:
        await desk.stop()
        if isinstance(error, BaseExceptionGroup) and error.split((StackUnavailable, MigrationFailed))[1] is None:
            raise _first(error) from error
        raise
    return desk


def _first(error: BaseException) -> BaseException:
    """The first error of a group."""
    return _first(error.exceptions[0]) if isinstance(error, BaseExceptionGroup) else error


async def _lay_out(stack: Stack) -> None:
    """Create and migrate the databases."""
    await stack.create_databases()
    async with asyncio.TaskGroup() as group:
        for service in SERVICES:
            group.create_task(migrate(stack.dsns(service).owner, folders(service)))


def this_process(pid: int) -> Process:
    """The supervisor's own entry in `run.json`."""
    return Process("up", pid, identity(pid), 15, 60.0)


def now() -> str:
    """The present time, in the form that `run.json` has."""
    return datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
