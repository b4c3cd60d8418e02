"""A service as operators run it: `python -m punctual serve <name>`, a process of its own."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from tests.desk import MASTER, SECRET, eventually, free_port
from tests.stack import Addresses

from kit.process.settings import prefix_of
from punctual.local.databases import Dsns

ROOT = Path(__file__).parents[3]


@dataclass
class Serving:
    """How to run a service, and what it says. `env`: its PUNCTUAL_* variables."""

    name: str
    env: dict[str, str]
    folder: Path
    dsns: Dsns
    process: Process | None = None
    starts: int = 0
    clients: list[httpx2.AsyncClient] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.env[prefix_of(self.name) + "PORT"])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self, *, role: str = "", **changes: str) -> Process:
        """Start it; it is not ready yet. `role`: one of tests.integration.kit.dying, for one that ends by itself."""
        self.starts += 1
        what = ["tests.integration.kit.dying", role] if role else ["punctual", "serve", self.name]
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("PUNCTUAL_")}
        with self.out.open("wb") as out, self.err.open("wb") as err:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", *what),
                stdout=out,
                stderr=err,
                cwd=ROOT,
                env=inherited | {name: value for name, value in (self.env | changes).items() if value},
            )
        return self.process

    async def ready(self) -> None:
        """Wait until it says that it is ready."""

        async def look() -> bool:
            assert self.process
            if self.process.returncode is not None:
                raise RuntimeError(f"it ended ({self.process.returncode}): {self.said()} {self.complained()}")
            async with httpx2.AsyncClient(timeout=5) as client:
                try:
                    return (await client.get(f"{self.url}/readyz")).status_code == 200
                except httpx2.TransportError:
                    return False

        await eventually(look, 60)

    async def condition(self) -> tuple[int, dict[str, Any]]:
        """What `/readyz` answers now, once there is somebody to answer."""

        async def ask() -> tuple[int, dict[str, Any]] | None:
            assert self.process
            assert self.process.returncode is None, self.said() + self.complained()
            async with httpx2.AsyncClient(timeout=5) as client:
                try:
                    answer = await client.get(f"{self.url}/readyz")
                except httpx2.TransportError:
                    return None
            return answer.status_code, answer.json()

        found: tuple[int, dict[str, Any]] = await eventually(ask, 60)  # type: ignore[assignment]
        return found

    async def troubled(self, *words: str) -> str:
        """Wait until `/readyz` says 503 for one reason with all these words; the reason."""

        async def look() -> str | None:
            status, report = await self.condition()
            assert status == 503, report
            (trouble,) = report["troubles"]
            assert all(word in trouble for word in words), trouble
            return str(trouble)

        return str(await eventually(look, 60))

    async def ended(self, within: float = 20) -> int:
        """Its exit code."""
        assert self.process
        async with asyncio.timeout(within):
            return await self.process.wait()

    def signal(self, number: signal.Signals) -> None:
        assert self.process
        self.process.send_signal(number)

    @property
    def out(self) -> Path:
        return self.folder / f"{self.name}.{self.starts}.out"

    @property
    def err(self) -> Path:
        return self.folder / f"{self.name}.{self.starts}.err"

    def said(self) -> str:
        """What it wrote to stdout since its last start."""
        return self.out.read_text()

    def complained(self) -> str:
        """What it wrote to stderr."""
        return self.err.read_text()

    def lines(self, event: str | None = None) -> list[dict[str, Any]]:
        """Its log: every line must be an object."""
        found = [json.loads(line) for line in self.said().splitlines()]
        return [line for line in found if event in (None, line["event"])]


def environment(stack: Addresses, prefix: str, dsns: Mapping[str, Dsns]) -> dict[str, str]:
    """What these services need to be told, each on a free port."""
    env = {
        "PUNCTUAL_KAFKA": stack.kafka,
        "PUNCTUAL_TOPIC_PREFIX": prefix,
        "PUNCTUAL_MASTER_KEY": MASTER,
        "PUNCTUAL_TOKEN_SECRET": SECRET,
        "PUNCTUAL_SURVEY_SECRET": SECRET,
        "PUNCTUAL_INTAKE_SMTP_PORT": str(free_port()),
    }
    for name, addresses in dsns.items():
        env[prefix_of(name) + "DATABASE_URL"] = addresses.app
        env[prefix_of(name) + "PORT"] = str(free_port())
    return env


@asynccontextmanager
async def serving(
    name: str,
    stack: Addresses,
    database: Callable[[str], Awaitable[Dsns]],
    prefix: str,
    folder: Path,
    **more: str,
) -> AsyncIterator[Serving]:
    """A service with a database of its own, not started yet; killed afterwards if it still runs."""
    dsns = await database(name)
    one = Serving(name, environment(stack, prefix, {name: dsns}) | more, folder, dsns)
    try:
        yield one
    finally:
        if one.process and one.process.returncode is None:
            one.process.kill()
            await one.process.wait()


async def command(env: dict[str, str], *words: str) -> str:
    """What `punctual` says, with the settings that a service in a container has."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "punctual", *words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
        env={name: value for name, value in os.environ.items() if not name.startswith("PUNCTUAL_")} | env,
    )
    said = (await process.communicate())[0].decode()
    assert process.returncode == 0, said
    return said
