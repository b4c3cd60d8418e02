"""The five services as child processes, and their settings."""

import asyncio
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass

import httpx2

from punctual.local.databases import SERVICES, role_of
from punctual.local.places import checkout
from punctual.local.ports import choose
from punctual.local.process import Child, Spec, until
from punctual.local.secrets_file import POSTGRES
from punctual.local.stack import Stack

PORTS = {service: 8101 + n for n, service in enumerate(SERVICES)}
INBOUND_SMTP = 8125
READY_TIMEOUT_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Service:
    """A running service."""

    name: str
    child: Child
    port: int

    @property
    def url(self) -> str:
        """Its HTTP address."""
        return f"http://127.0.0.1:{self.port}"


def choose_ports(stack: Stack, *, usual: bool = True) -> dict[str, int]:
    """A port per service, and `smtp` for inbound mail: the usual one or the next free; any where not `usual`."""
    wanted = PORTS | {"smtp": INBOUND_SMTP}
    chosen: dict[str, int] = {}
    for name, port in wanted.items():
        others = {other for key, other in wanted.items() if key != name} | set(chosen.values())
        chosen[name] = choose(port if usual else 0, others)
        if usual and chosen[name] != port:
            stack.moved["inbound mail" if name == "smtp" else name] = (port, chosen[name])
    stack.claimed += chosen.values()
    return chosen


def addresses(stack: Stack, ports: Mapping[str, int]) -> dict[str, str]:
    """The settings that say where everything is; nothing secret."""
    env = {
        "PUNCTUAL_KAFKA": stack.bootstrap if stack.kafka else "none",
        "PUNCTUAL_HOST": "127.0.0.1",
        "PUNCTUAL_INTAKE_SMTP_PORT": str(ports["smtp"]),
        "PUNCTUAL_FEEDBACK_URL": f"http://127.0.0.1:{ports['feedback']}",
        "PUNCTUAL_ESCALATION_URL": f"http://127.0.0.1:{ports['escalation']}",
    }
    if stack.mail is not None:
        env["PUNCTUAL_NOTIFIER_SMTP_URL"] = f"smtp://127.0.0.1:{stack.mail.smtp}"
    return env | {f"PUNCTUAL_{variable(service)}_PORT": str(ports[service]) for service in SERVICES}


def confidences(stack: Stack) -> dict[str, str]:
    """The settings that are secret: keys, and the databases' addresses with their passwords."""
    keys = {name: value for name, value in stack.secrets.items() if name != POSTGRES}
    return keys | {f"PUNCTUAL_{variable(s)}_DATABASE_URL": stack.dsns(s).app for s in SERVICES}


def variable(service: str) -> str:
    """SLA_TIMER for sla-timer, as in PUNCTUAL_SLA_TIMER_PORT."""
    return role_of(service).upper()


def start_service(stack: Stack, name: str, port: int, env: Mapping[str, str]) -> Service:
    """Start it; it is not ready yet. Its settings are the given ones, over those of our own environment."""
    log = stack.home.log / f"{name}.log"
    argv = [sys.executable, "-m", "punctual", "serve", name]
    child = Child(Spec(name, argv, log, env={**os.environ, **env}, cwd=checkout(), stop_within=15))
    return Service(name, child, port)


async def await_ready(service: Service, within: float = READY_TIMEOUT_SECONDS) -> None:
    """Wait until its `/readyz` answers 200. Raises StackUnavailable if it ends before, or takes too long."""
    async with httpx2.AsyncClient(timeout=2, trust_env=False) as client:

        async def ready() -> bool:
            try:
                return (await client.get(f"{service.url}/readyz")).status_code == 200
            except httpx2.HTTPError:
                await asyncio.sleep(0.1)  # it is starting, and can use the processor better
                return False

        await until(service.child, ready, within)


async def start_services(stack: Stack, ports: Mapping[str, int], env: Mapping[str, str]) -> list[Service]:
    """All five, started together and ready. On failure those that were started are stopped."""
    services: list[Service] = []
    try:
        services += (start_service(stack, name, ports[name], env) for name in SERVICES)
        async with asyncio.TaskGroup() as group:
            for service in services:
                group.create_task(await_ready(service))
    except BaseException:
        await asyncio.gather(*(service.child.stop() for service in services))
        raise
    return services
