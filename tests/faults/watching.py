"""Who is ready, asked again and again."""

import asyncio
import time
from collections.abc import Iterable
from dataclasses import dataclass

import httpx2

from punctual.local.services import Service

LOOK_EVERY_SECONDS = 0.5
"""Seconds between looks at who is ready."""
TOLERATED_UNREADY_SECONDS = 2.0
"""Seconds for which a process may be unready on account of others."""
ANSWER_TIMEOUT_SECONDS = 5.0
"""Seconds that an answer may take before its process counts as unready."""


@dataclass
class Watched:
    """One process of a service. `unready`: the longest it was so, in seconds, and what it said then."""

    service: Service
    was_ready: bool = False
    unready: tuple[float, str] = (0.0, "")
    _since: float | None = None

    def saw(self, answer: str | None, now: float) -> None:
        """It was asked: None if it is ready, otherwise what it said."""
        if answer is None:
            self.was_ready, self._since = True, None
        elif self.was_ready:
            self._since = now if self._since is None else self._since
            self.unready = max(self.unready, (now - self._since, answer))

    def faults(self) -> list[str]:
        """What is wrong if it had no reason to be unready."""
        name, (longest, said) = f"{self.service.name} at {self.service.url}", self.unready
        found = [f"{name} was unready for {longest:.1f} s: {said}"] if longest > TOLERATED_UNREADY_SECONDS else []
        return found + ([f"{name} ended by itself"] if self.service.child.exit_code() is not None else [])


async def watch(watched: Iterable[Watched]) -> None:
    """Ask all of them until cancelled; the list may change meanwhile."""
    async with httpx2.AsyncClient(timeout=ANSWER_TIMEOUT_SECONDS, trust_env=False) as client:
        while True:
            await asyncio.gather(*(_ask(client, one) for one in list(watched)))
            await asyncio.sleep(LOOK_EVERY_SECONDS)


async def _ask(client: httpx2.AsyncClient, one: Watched) -> None:
    begun = time.monotonic()
    try:
        answer = await client.get(f"{one.service.url}/readyz")
        said = None if answer.status_code == 200 else answer.text
    except httpx2.HTTPError as error:
        said = repr(error)
    one.saw(said, begun)
