"""The mail catcher as a child process: takes every mail over SMTP, delivers none, shows them all over HTTP."""

import asyncio
import sys
from dataclasses import dataclass

from punctual.local.places import Home, assets
from punctual.local.process import Child, Spec, until


@dataclass(frozen=True, slots=True)
class MailCatcher:
    """A running mail catcher and its two ports."""

    child: Child
    smtp: int
    http: int

    @property
    def url(self) -> str:
        """Its page."""
        return f"http://127.0.0.1:{self.http}/"


async def start_mailcatcher(home: Home, *, smtp: int, http: int) -> MailCatcher:
    """Start it and wait until both ports answer. Raises StackUnavailable."""
    child = Child(
        Spec(
            "mailcatcher",
            [
                *(sys.executable, "-m", "mailcatcher"),
                *("--smtp", str(smtp), "--http", str(http), "--keep", str(home.path / "mail")),
            ],
            home.log / "mailcatcher.log",
            cwd=assets(),
            stop_within=5,
        )
    )

    async def ready() -> bool:
        for port in (smtp, http):
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", port)
            except OSError:
                return False
            writer.close()
        return True

    try:
        await until(child, ready, within=20)
    except BaseException:
        await child.stop()
        raise
    return MailCatcher(child, smtp, http)
