"""Where benchmarks run: a stack of their own, and services as processes of their own."""

import asyncio
import os
import shutil
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from uuid import UUID

import httpx2

from contracts.roles import Role
from kit.http.auth import Caller, issue
from punctual.local.desk import start_desk
from punctual.local.places import Home
from punctual.local.process import Child, Spec
from punctual.local.services import await_ready, start_service
from punctual.local.stack import Stack


@dataclass
class Place:
    """The stack, the services' ports, and their settings."""

    stack: Stack
    ports: dict[str, int]
    env: dict[str, str]

    def token(self, role: Role, account: UUID | None = None) -> str:
        """An Authorization header's value."""
        email = "ann@customer.example" if account else None
        caller = Caller(f"bench-{role}", role, account, email)
        return "Bearer " + issue(self.env["PUNCTUAL_TOKEN_SECRET"], caller, now=time.time())

    @asynccontextmanager
    async def service(self, *names: str) -> AsyncIterator[None]:
        """Run services while the block lasts."""
        env = self.env | {"PUNCTUAL_LOG_LEVEL": "warning"}
        running = [start_service(self.stack, name, self.ports[name], env) for name in names]
        try:
            await asyncio.gather(*(await_ready(one) for one in running))
            yield
        finally:
            await asyncio.gather(*(one.child.stop() for one in running))

    @asynccontextmanager
    async def process(self, name: str, *argv: str) -> AsyncIterator[Child]:
        """Run a Python module while the block lasts."""
        log = self.stack.home.log / f"{name}.log"
        child = Child(Spec(name, [sys.executable, *argv], log, env={**os.environ, **self.env}, stop_within=10))
        try:
            yield child
        finally:
            await child.stop()

    async def account(self) -> UUID:
        """An account to open tickets for."""
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{self.ports['intake']}") as client:
            body = {"name": "Bench", "tier": "patrol", "domains": []}
            answer = await client.post("/v1/accounts", json=body, headers={"Authorization": self.token("admin")})
            return UUID(answer.raise_for_status().json()["account_id"])


@asynccontextmanager
async def place(home: Home) -> AsyncIterator[Place]:
    """A durable stack with fresh data."""
    for part in (home.kafka, home.postgres):
        shutil.rmtree(part.resolve() if part.is_symlink() else part, ignore_errors=True)
    desk = await start_desk(home, services=False, usual_ports=False, say=lambda text: print(f"· {text}", flush=True))
    try:
        yield Place(desk.stack, desk.ports, desk.env)
    finally:
        await desk.stop()
