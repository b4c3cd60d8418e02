"""One project of `docker compose`: its commands as child processes, and what is wrong where one fails."""

import asyncio
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from punctual.local.errors import StackUnavailable

ENGINE, COMPOSE = 25, 2
"""The oldest major versions that understand our file (`start_interval`)."""


class Compose:
    """The project `name` of these files, with these variables and none of our own environment's in them."""

    def __init__(self, name: str, files: Sequence[Path], env: Mapping[str, str], log: Path) -> None:
        self.name, self.env, self._log = name, dict(env), log
        self._argv = ["docker", "compose", "--env-file", "/dev/null", "-p", name]
        self._argv += [word for file in files for word in ("-f", str(file))]

    async def check(self) -> None:
        """Raises StackUnavailable with what to do where no engine answers, or it or compose is too old."""
        await self._recent(("docker", "version", "--format", "{{.Server.Version}}"), ENGINE, "Docker engine")
        await self._recent(("docker", "compose", "version", "--short"), COMPOSE, "Docker Compose")

    async def _recent(self, argv: Sequence[str], least: int, what: str) -> None:
        code, said = await self._said(argv)
        if code != 0:
            why = " ".join(said.split())[-300:]
            raise StackUnavailable(f"No {what} answers ({why}): install or start it, or leave `--stack compose` out.")
        major = said.strip().lstrip("v").partition(".")[0]
        if major.isdecimal() and int(major) < least:
            raise StackUnavailable(f"This {what} is {said.strip()}, and {least} is needed: update it.")

    async def build(self) -> None:
        """Build the images, with compose's own progress in a terminal, else into the log. Raises StackUnavailable."""
        terminal = sys.stderr.isatty()
        await self.run("build", shown=terminal, options=("--progress", "auto" if terminal else "plain"))

    async def run(self, *words: str, shown: bool = False, options: Sequence[str] = ()) -> None:
        """A command of compose, its output in the log. Raises StackUnavailable with its last output."""
        argv = (*self._argv, *options, *words)
        with self._log.open("ab") as log:
            start = log.tell()
            code = await self._wait(argv, None if shown else log.fileno())
        if code:
            said = "" if shown else self._log.read_bytes()[start:].decode(errors="replace")
            last = "\n".join(said.strip().splitlines()[-12:])
            raise StackUnavailable(f"`docker compose {words[0]}` failed (exit {code}). {last}".strip())

    async def read(self, *words: str) -> str:
        """What a command of compose prints. Raises StackUnavailable."""
        code, said = await self._said((*self._argv, *words))
        if code:
            raise StackUnavailable(f"`docker compose {words[0]}` failed (exit {code}). {said.strip()[-1000:]}")
        return said

    async def containers(self) -> dict[str, dict[str, Any]]:
        """What compose knows of each service's container, ended ones too: State, ExitCode, Health."""
        said = await self.read("ps", "--all", "--format", "json")
        found = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
        return {one["Service"]: one for one in found}

    async def finished(self, service: str, within: float) -> None:
        """Wait for a one-shot job. Raises StackUnavailable if it fails or takes longer than that many seconds."""
        until = asyncio.get_running_loop().time() + within
        while (one := (await self.containers()).get(service)) is None or one["State"] != "exited":
            if asyncio.get_running_loop().time() > until:
                raise StackUnavailable(f"{service} has not ended within {within:.0f} s.")
            await asyncio.sleep(0.2)
        if one["ExitCode"]:
            raise StackUnavailable(f"{service} failed (exit {one['ExitCode']}). {await self.last_words(service)}")

    async def last_words(self, service: str, lines: int = 12) -> str:
        """The end of a service's log."""
        return (await self.read("logs", "--no-color", "--no-log-prefix", "--tail", str(lines), service)).strip()

    async def remove(self, stop_seconds: int = 10) -> None:
        """Stop and remove containers, network and volumes, if there are any. Raises StackUnavailable."""
        await self.run("down", "--volumes", "--remove-orphans", "--timeout", str(stop_seconds))

    async def _wait(self, argv: Sequence[str], out: int | None) -> int:
        # A session of its own: Ctrl-C is for us, who then stop everything in order.
        process = await asyncio.create_subprocess_exec(
            *argv, stdin=asyncio.subprocess.DEVNULL, stdout=out, stderr=out, env=self.env, start_new_session=True
        )
        return await _ended(process)

    async def _said(self, argv: Sequence[str]) -> tuple[int, str]:
        pipe = asyncio.subprocess.PIPE
        try:
            process = await asyncio.create_subprocess_exec(
                *argv, stdin=asyncio.subprocess.DEVNULL, stdout=pipe, stderr=pipe, env=self.env, start_new_session=True
            )
        except OSError as error:
            return 127, f"{argv[0]}: {error.strerror}"
        reading = asyncio.ensure_future(process.communicate())
        try:
            out, err = await asyncio.shield(reading)
        except asyncio.CancelledError:
            process.kill()
            await reading
            raise
        code = process.returncode or 0
        return code, (err if code and err.strip() else out).decode(errors="replace")


async def _ended(process: asyncio.subprocess.Process) -> int:
    try:
        return await process.wait()
    except asyncio.CancelledError:
        process.terminate()
        await process.wait()
        raise
