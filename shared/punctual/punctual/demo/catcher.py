"""The mailbox that the desk's mails arrive in: the local stack's own mail catcher, or compose's MailDev."""

from dataclasses import dataclass
from typing import Any, Protocol, cast

import httpx2


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


@dataclass(frozen=True, slots=True)
class MailDev:
    """MailDev 3, whose list has whole mails, the oldest first."""

    url: str

    async def caught(self, http: httpx2.AsyncClient, to: str | None = None) -> list[dict[str, Any]]:
        """In our words. It compares the recipients that SMTP named, not those of the headers."""
        answer = await http.get(self.url + "api/email", params={"envelope.to.address": to} if to else {})
        return [
            {"id": one["id"], "subject": one.get("subject", ""), "message_id": one["headers"].get("message-id", "")}
            for one in reversed(answer.json())
        ]

    async def raw(self, http: httpx2.AsyncClient, mail: dict[str, Any]) -> bytes:
        """The file that it kept."""
        return (await http.get(f"{self.url}api/email/{mail['id']}/source")).content
