"""The desk in containers: a second compose project beside the usual one, on free ports and the demo's clock."""

import asyncio
import contextlib
import os
import socket
import sys
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx2

from kit.clock import AcceleratedClock
from kit.kafka import KafkaBus
from kit.process.settings import PREFIX
from punctual.demo.catcher import MailDev
from punctual.demo.environment import BEFORE_FIRST_TICKET, Environment, clock_from, clock_settings
from punctual.local.compose import Compose
from punctual.local.databases import SERVICES, role_of
from punctual.local.errors import StackUnavailable
from punctual.local.places import Home, checkout
from punctual.local.ports import choose, release
from punctual.local.services import variable

PROJECT = "punctual-demo"
STACK = ("postgres", "kafka", "mail", "migrate")
STACK_TIMEOUT_SECONDS, READY_TIMEOUT_SECONDS = 180.0, 120.0
SERVICES_START_SECONDS = 1.2
"""The services take about this many times as long to start as the stack took, on any machine, busy or idle."""
LEAST, MOST = timedelta(seconds=4), timedelta(seconds=90)
PORTS = {service: f"{PREFIX}{variable(service)}_PORT" for service in SERVICES} | {
    "smtp": f"{PREFIX}INTAKE_SMTP_PORT",
    "kafka": f"{PREFIX}KAFKA_PORT",
    "mail": f"{PREFIX}MAIL_PORT",
    "postgres": f"{PREFIX}POSTGRES_PORT",
}
"""The variables that the compose files take ports from."""


@asynccontextmanager
async def compose(
    home: Home, say: Callable[[str], None], watched: Callable[[Environment], None]
) -> AsyncIterator[Environment]:
    """A desk of containers, removed at the end with its volumes. `watched` is called before the services start.

    Raises StackUnavailable.
    """
    root = checkout()
    ports = {name: choose(0) for name in PORTS}
    clock = clock_from(datetime.now(UTC))
    files = [root / "docker-compose.yml", root / "deploy" / "compose.demo.yml"]
    project = Compose(PROJECT, files, environment(os.environ, ports, clock), home.log / "compose.log")
    try:
        with only_one():
            await project.check()
            await project.remove()
            say("Building the images" if sys.stderr.isatty() else f"Building the images, see {home.log}/compose.log")
            await project.build()
            try:
                yield await _started(project, ports, say, watched)
            finally:
                await asyncio.shield(_removed(project, home))
    finally:
        release(ports.values())


async def _started(
    project: Compose, ports: Mapping[str, int], say: Callable[[str], None], watched: Callable[[Environment], None]
) -> Environment:
    begun = time.monotonic()
    await project.run("up", "--detach", "--no-build", *STACK)
    await project.finished("migrate", STACK_TIMEOUT_SECONDS)
    took = time.monotonic() - begun
    say(f"PostgreSQL, Kafka and the mail catcher run in containers, with databases and topics ({took:.0f} s)")
    secrets = read_secrets(await project.read("exec", "-T", "postgres", "grep", "-r", "", "/run/secrets"))
    environment = ground_of(clock_from(datetime.now(UTC) + head_start(took)), ports, secrets)
    watched(environment)
    project.env |= clock_settings(environment.clock)
    begun = time.monotonic()
    # Without their dependencies, which are there: else the jobs that have ended would be run again.
    await project.run("up", "--detach", "--no-build", "--no-deps", *SERVICES)
    await _ready(project, environment)
    say(f"All five services are ready, in containers ({time.monotonic() - begun:.0f} s)")
    return environment


def head_start(stack_took: float) -> timedelta:
    """How long after the services' start the clock is to show midnight, so that they are ready for the first ticket."""
    return min(max(timedelta(seconds=SERVICES_START_SECONDS * stack_took) - BEFORE_FIRST_TICKET, LEAST), MOST)


def environment(ours: Mapping[str, str], ports: Mapping[str, int], clock: AcceleratedClock) -> dict[str, str]:
    """What docker needs of our environment, and what the compose files ask for."""
    kept = {name: value for name, value in ours.items() if not name.startswith((PREFIX, "COMPOSE_"))}
    return kept | {PORTS[name]: str(port) for name, port in ports.items()} | clock_settings(clock)


def read_secrets(said: str) -> dict[str, str]:
    """The value by file name, of lines as `grep -r ""` prints them: `<path>:<value>`."""
    pairs = (line.partition(":") for line in said.splitlines() if ":" in line)
    return {path.rpartition("/")[2]: value for path, _, value in pairs}


def ground_of(clock: AcceleratedClock, ports: Mapping[str, int], secrets: Mapping[str, str]) -> Environment:
    """The addresses as they are from outside the containers."""
    bootstrap = f"127.0.0.1:{ports['kafka']}"
    return Environment(
        stack="compose",
        kind="Kafka, PostgreSQL and five services in containers (docker compose)",
        clock=clock,
        bus=KafkaBus(bootstrap),
        urls={name: f"http://127.0.0.1:{ports[name]}" for name in SERVICES},
        smtp=ports["smtp"],
        mailbox="support@punctual.local",
        feedback_mailbox="feedback@punctual.local",
        catcher=MailDev(f"http://127.0.0.1:{ports['mail']}/"),
        dsns={s: from_outside(secrets[f"punctual_{role_of(s)}_database_url"], ports["postgres"]) for s in SERVICES},
        token_secret=secrets["punctual_token_secret"],
        kafka=bootstrap,
        around=(
            f"docker compose -p {PROJECT} ps",
            f"docker compose -p {PROJECT} logs -f sla-timer",
            f"docker compose -p {PROJECT} exec intake punctual token --role vp",
        ),
    )


def from_outside(dsn: str, port: int) -> str:
    """The same database through the port on loopback."""
    parts = urlsplit(dsn)
    return parts._replace(netloc=f"{parts.netloc.rpartition('@')[0]}@127.0.0.1:{port}").geturl()


async def _ready(project: Compose, environment: Environment) -> None:
    """Until all five are ready and the mail catcher answers. Raises StackUnavailable with the end of a log."""
    waited = {name: f"{url}/readyz" for name, url in environment.urls.items()} | {
        "mail": f"{environment.catcher.url}api/healthz"
    }
    until = time.monotonic() + READY_TIMEOUT_SECONDS
    async with httpx2.AsyncClient(timeout=5, trust_env=False) as client:
        for name, url in waited.items():
            while True:
                with contextlib.suppress(httpx2.HTTPError):
                    if (await client.get(url)).status_code == 200:
                        break
                if time.monotonic() > until:
                    last = await project.last_words(name)
                    raise StackUnavailable(
                        f"{name} was not ready within {READY_TIMEOUT_SECONDS:.0f} s. Its last words:\n{last}"
                    )
                await asyncio.sleep(0.2)


async def _removed(project: Compose, home: Home) -> None:
    with contextlib.suppress(StackUnavailable):  # what they said is worth having, but no reason to leave them
        (home.log / "services.log").write_text(await project.read("logs", "--no-color", *SERVICES))
    await project.remove()


@contextmanager
def only_one() -> Iterator[None]:
    """The project's name is the engine's, not a checkout's: one such demo at a time. Raises StackUnavailable."""
    with contextlib.closing(socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)) as claim:
        if sys.platform == "linux":
            try:
                claim.bind(f"\0punctual/compose/{PROJECT}")  # given back by the kernel, however we end
            except OSError:
                raise StackUnavailable(
                    f"A demo in containers ({PROJECT}) runs already: wait for it or stop it."
                ) from None
        yield
