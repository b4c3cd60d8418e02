"""Services of the desk, run in this process against the real broker and database, for tests that talk to them."""

import asyncio
import os
import socket
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from uuid import UUID

import httpx2
import pytest
from tests.stack import Addresses

from contracts.names import SERVICES
from contracts.roles import Role
from kit.http.auth import Caller, issue
from kit.kafka import KafkaBus
from kit.process.run import serve
from kit.process.service import Service
from kit.process.settings import Common, load, prefix_of
from punctual.local.databases import Dsns

SECRET = "a secret for tests, long enough"
MASTER = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass
class TestDesk:
    """Where the running services are."""

    __test__ = False

    common: Common
    ports: dict[str, int]
    dsns: dict[str, Dsns]
    smtp: int
    failed: "asyncio.Task[None]"
    clients: dict[tuple[str, str], httpx2.AsyncClient] = field(default_factory=dict)

    def client(self, service: str, role: Role = "engineer", account: UUID | None = None) -> httpx2.AsyncClient:
        """A client of a service with a token of that role."""
        key = (service, f"{role} {account}")
        if key not in self.clients:
            email = "ann@customer.example" if account else None
            token = issue(SECRET, Caller(f"a-{role}", role, account, email), now=time.time())
            headers = {"Authorization": f"Bearer {token}"}
            base = f"http://127.0.0.1:{self.ports[service]}"
            self.clients[key] = httpx2.AsyncClient(base_url=base, headers=headers, timeout=20)
        return self.clients[key]


async def eventually(ask: Callable[[], Awaitable[object]], timeout_seconds: float = 20) -> object:
    """What `ask` gives once it is neither None nor False nor empty, nor an AssertionError."""
    until = asyncio.get_running_loop().time() + timeout_seconds
    while True:
        try:
            if found := await ask():
                return found
            problem: Exception = TimeoutError("it never came")
        except AssertionError as error:
            problem = error
        if asyncio.get_running_loop().time() > until:
            raise problem
        await asyncio.sleep(0.05)


@asynccontextmanager
async def desk(
    stack: Addresses,
    database: Callable[[str], Awaitable[Dsns]],
    prefix: str,
    monkeypatch: pytest.MonkeyPatch,
    services: Sequence[str] = SERVICES,
    **settings: str,
) -> AsyncIterator[TestDesk]:
    """Start services with databases of their own on the prefix's topics; `settings` are PUNCTUAL_* without that."""
    for name in [name for name in os.environ if name.startswith("PUNCTUAL_") and "_TEST_" not in name]:
        monkeypatch.delenv(name)
    ports = {name: free_port() for name in services}
    dsns = {name: await database(name) for name in services}
    smtp = free_port()
    values = {
        "KAFKA": stack.kafka,
        "TOPIC_PREFIX": prefix,
        "MASTER_KEY": MASTER,
        "TOKEN_SECRET": SECRET,
        "SURVEY_SECRET": SECRET,
        "INTAKE_SMTP_PORT": str(smtp),
        "LOG_LEVEL": "warning",
        **({"ESCALATION_URL": f"http://127.0.0.1:{ports['escalation']}"} if "escalation" in ports else {}),
        **({"FEEDBACK_URL": f"http://127.0.0.1:{ports['feedback']}"} if "feedback" in ports else {}),
        **settings,
    }
    for name, value in values.items():
        monkeypatch.setenv(f"PUNCTUAL_{name}", value)
    found = {entry.name: entry for entry in entry_points(group="punctual.services")}
    chosen: list[Service] = [found[name].load() for name in services]
    for name in services:
        monkeypatch.setenv(prefix_of(name) + "DATABASE_URL", dsns[name].app)
        monkeypatch.setenv(prefix_of(name) + "PORT", str(ports[name]))
    loaded = [(service, load(service.name, service.settings)) for service in chosen]
    common = loaded[0][1][0]
    bus = KafkaBus(stack.kafka, prefix)
    stop = asyncio.Event()
    pairs = [(service, own) for service, (_, own) in loaded]
    running = asyncio.create_task(serve(pairs, common, bus, stop), name="desk")
    made = TestDesk(common, ports, dsns, smtp, running)
    try:
        await eventually(lambda: _ready(made), 60)
        yield made
    finally:
        stop.set()
        for client in made.clients.values():
            await client.aclose()
        await asyncio.wait_for(running, 30)


async def _ready(made: TestDesk) -> bool:
    if made.failed.done():
        made.failed.result()
    async with httpx2.AsyncClient(timeout=5) as client:
        for name, port in made.ports.items():
            try:
                answer = await client.get(f"http://127.0.0.1:{port}/readyz")
            except httpx2.TransportError:
                return False
            assert answer.status_code == 200, (name, answer.text)
    return True
