"""The mailbox that the desk's mails arrive in: the local stack's own mail catcher, or compose's MailDev."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

import httpx2

FRESH_SECONDS = 0.2
"""How long MailDev's list is used before it is read again."""


class Catcher(Protocol):
    """A mail catcher that is read over HTTP. `url` is its page."""

    @property
    def url(self) -> str:
        """For a browser."""
        ...

    async def caught(self, http: httpx2.AsyncClient, to: str | None = None) -> list[dict[str, Any]]:
        """The mails that arrived (at that address), the newest first: `id`, `subject`, `message_id` of each."""
        ...

    async def raw(self, http: httpx2.AsyncClient, mail: dict[str, Any]) -> bytes:
        """One of them, as it came."""
        ...


@dataclass(frozen=True, slots=True)
class OwnCatcher:
    """`deploy/local/mailcatcher`."""

    url: str

    async def caught(self, http: httpx2.AsyncClient, to: str | None = None) -> list[dict[str, Any]]:
        """As it lists them."""
        answer = await http.get(self.url + "api/messages", params={"to": to} if to else {})
        return cast("list[dict[str, Any]]", answer.json())

    async def raw(self, http: httpx2.AsyncClient, mail: dict[str, Any]) -> bytes:
        """The file that it kept."""
        return (await http.get(f"{self.url}api/messages/{mail['id']}/raw")).content


@dataclass(slots=True)
class MailDev:
    """MailDev 3, whose list has whole mails, the oldest first.

    Dozens of people look for their mail at once, so it is asked for what is new only, and not by each of them.
    """

    url: str
    _known: list[dict[str, Any]] = field(default_factory=list)
    _asked: float = 0.0
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def caught(self, http: httpx2.AsyncClient, to: str | None = None) -> list[dict[str, Any]]:
        """In our words. Without an address: as it is at this moment."""
        async with self._asking:
            if to is None or time.monotonic() - self._asked > FRESH_SECONDS:
                answer = await http.get(self.url + "api/email", params={"skip": len(self._known)})
                self._known += (_envelope(one) for one in answer.json())
                self._asked = time.monotonic()
        return [one for one in reversed(self._known) if to is None or to in one["rcpt_to"]]

    async def raw(self, http: httpx2.AsyncClient, mail: dict[str, Any]) -> bytes:
        """The file that it kept."""
        return (await http.get(f"{self.url}api/email/{mail['id']}/source")).content


def _envelope(mail: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": mail["id"],
        "subject": mail.get("subject", ""),
        "message_id": mail["headers"].get("message-id", ""),
        "rcpt_to": [one["address"] for one in mail["envelope"]["to"]],
    }
