"""The public doors, as people use them: HTTP with a token of their own, SMTP, and the mailbox that mails arrive in."""

import asyncio
import smtplib
import time
from collections.abc import Mapping
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any
from uuid import UUID, uuid4

import httpx2

from contracts.roles import Role
from kit.http.auth import Caller, issue
from punctual.demo.environment import Environment
from punctual.demo.mails import text_of

REQUEST_TIMEOUT_SECONDS = 45.0
"""Real seconds that a service may take to answer."""
MAIL_TIMEOUT_SECONDS = 60.0
"""Real seconds until a mail is given up: on a busy machine it comes late, and that is no fault of the desk."""


class DoorClosed(Exception):
    """A door gave another answer than it must, or none (`status` 0)."""

    def __init__(self, said: str, status: int = 0) -> None:
        super().__init__(said)
        self.status = status


class Doors:
    """Used within `async with`."""

    def __init__(self, environment: Environment) -> None:
        self.environment = environment
        self._http = httpx2.AsyncClient(timeout=REQUEST_TIMEOUT_SECONDS, trust_env=False)
        self._tokens: dict[tuple[Any, ...], str] = {}

    async def __aenter__(self) -> "Doors":
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._http.aclose()

    def _token(self, subject: str, role: Role, account: UUID | None, email: str | None) -> str:
        key = (subject, role, account, email)
        if key not in self._tokens:
            caller = Caller(subject, role, account, email)
            self._tokens[key] = issue(self.environment.token_secret, caller, now=time.time())
        return self._tokens[key]

    async def post(
        self,
        service: str,
        path: str,
        body: Mapping[str, Any] | None,
        *,
        who: str,
        role: Role,
        account: UUID | None = None,
        email: str | None = None,
    ) -> Any:
        """POST, again with the same key where the answer is lost. Raises DoorClosed for anything but success."""
        key = str(uuid4())
        headers = {"Authorization": f"Bearer {self._token(who, role, account, email)}", "Idempotency-Key": key}
        for attempt in range(3):
            try:
                answer = await self._http.post(self.environment.urls[service] + path, json=body, headers=headers)
            except httpx2.TransportError as error:
                if attempt == 2:
                    raise DoorClosed(f"POST {path}: {error!r}") from error
                continue
            if answer.status_code != 503:
                break
            await asyncio.sleep(0.2)
        if answer.status_code >= 300:
            raise DoorClosed(f"POST {path} as {role}: {answer.status_code} {answer.text}", answer.status_code)
        return answer.json()

    async def get(self, service: str, path: str, role: Role = "support-manager", **query: str | int) -> Any:
        """What a GET answers."""
        answer = await self.fetch(service, path, role, **query)
        if answer.status_code != 200:
            raise DoorClosed(f"GET {path}: {answer.status_code} {answer.text}")
        return answer.json()

    async def fetch(self, service: str, path: str, role: Role, **query: str | int) -> httpx2.Response:
        """The answer to a GET, whatever it is."""
        headers = {"Authorization": f"Bearer {self._token(f'demo-{role}', role, None, None)}"}
        return await self._http.get(self.environment.urls[service] + path, headers=headers, params=query)

    async def pages(self, service: str, path: str, **query: str | int) -> list[dict[str, Any]]:
        """All items of a list, page after page along `Link: rel="next"`."""
        found: list[dict[str, Any]] = []
        answer = await self.fetch(service, path, "support-manager", **query)
        while True:
            if answer.status_code != 200:
                raise DoorClosed(f"GET {path}: {answer.status_code} {answer.text}")
            found += answer.json()["items"]
            following = answer.links.get("next")
            if not following:
                return found
            url = httpx2.URL(self.environment.urls[service] + path).join(following["url"])
            answer = await self._http.get(url, headers=answer.request.headers)

    async def page(self, url: str) -> httpx2.Response:
        """A page in a browser."""
        return await self._http.get(url)

    async def form(self, url: str, fields: Mapping[str, str]) -> httpx2.Response:
        """A form sent by a browser."""
        return await self._http.post(url, data=dict(fields))

    async def send(self, sender: str, mail: EmailMessage, *, times: int = 1) -> None:
        """Hand a mail in over SMTP."""
        await asyncio.to_thread(self._send, sender, mail, times)

    def _send(self, sender: str, mail: EmailMessage, times: int) -> None:
        try:
            with smtplib.SMTP("127.0.0.1", self.environment.smtp, timeout=REQUEST_TIMEOUT_SECONDS) as server:
                for _ in range(times):
                    server.send_message(mail, from_addr=sender)
        except (OSError, smtplib.SMTPException) as error:
            raise DoorClosed(f"SMTP from {sender}: {error!r}") from error

    async def caught(self, to: str | None = None) -> list[dict[str, Any]]:
        """The envelopes of the mails that arrived, the newest first."""
        return await self.environment.catcher.caught(self._http, to)

    async def arrived(self, to: str, containing: str, *, saying: str = "", nth: int = 1) -> EmailMessage:
        """The nth mail to that address that has the one in its subject and the other in its text. Raises DoorClosed if
        it doesn't come."""
        until = time.monotonic() + MAIL_TIMEOUT_SECONDS
        while True:
            found = [one for one in reversed(await self.caught(to)) if containing in one["subject"]]
            mails = [await self._mail(one) for one in found] if len(found) >= nth else []
            mails = [mail for mail in mails if saying in text_of(mail)]
            if len(mails) >= nth:
                return mails[nth - 1]
            if time.monotonic() > until:
                raise DoorClosed(f"no mail with {containing!r} and {saying!r} came to {to}")
            await asyncio.sleep(0.12)

    async def _mail(self, envelope: dict[str, Any]) -> EmailMessage:
        return message_from_bytes(await self.environment.catcher.raw(self._http, envelope), policy=default)
