"""Plays the story: each ticket's people act at their instants, one after another, through the public doors."""

import asyncio
import re
from collections.abc import Coroutine, Iterable
from typing import Any

from kit.clock import Clock
from punctual.demo import mails
from punctual.demo.actions import (
    Account,
    Action,
    Ask,
    Assess,
    Assign,
    Close,
    Inform,
    Open,
    Rate,
    Reopen,
    Resolve,
    Respond,
    Ticket,
    Write,
)
from punctual.demo.doors import DoorClosed, Doors
from punctual.demo.progress import Progress

LINK = re.compile(r"https?://\S+/s/[^\s?#>]+")


async def register(doors: Doors, accounts: Iterable[Account]) -> None:
    """Enter the customers."""
    for account in accounts:
        body = {
            "account_id": str(account.id),
            "name": account.name,
            "tier": account.tier,
            "domains": [account.domain],
        }
        await doors.post("intake", "/v1/accounts", body, who="lena", role="admin")


async def play(doors: Doors, clock: Clock, tickets: Iterable[Ticket], progress: Progress) -> None:
    """Play all tickets side by side. What goes wrong is noted in `progress`; the others go on."""
    async with asyncio.TaskGroup() as group:
        for ticket in tickets:
            group.create_task(_Player(doors, clock, ticket, progress).play())


class _Player:
    """The people around one ticket."""

    def __init__(self, doors: Doors, clock: Clock, ticket: Ticket, progress: Progress) -> None:
        self._doors, self._clock, self._ticket, self._progress = doors, clock, ticket, progress
        self._number = ""

    async def play(self) -> None:
        ratings: list[asyncio.Task[None]] = []
        for action in self._ticket.actions:
            await asyncio.sleep(max(0.0, self._clock.real(action.at - self._clock.now())))
            try:
                if isinstance(action, Reopen):  # a survey that is still unsent then is never sent
                    await asyncio.gather(*ratings)
                if isinstance(action, Rate):  # a mail must come first, and nobody waits for it
                    ratings.append(asyncio.create_task(self._noted(self._rate(action))))
                else:
                    await self._do(action)
            except DoorClosed as error:
                self._progress.failed(self._ticket, action, str(error))
                return
            self._progress.played(self._ticket, action, self._clock.now() - action.at)
        await asyncio.gather(*ratings)

    async def _noted(self, doing: Coroutine[Any, Any, None]) -> None:
        try:
            await doing
        except DoorClosed as error:
            self._progress.failed(self._ticket, self._ticket.actions[-1], str(error))

    async def _do(self, action: Action) -> None:
        match action:
            case Open():
                await self._open(action)
            case Inform() | Write(by="requester") if self._ticket.way == "email":
                await self._answer(action)
            case _:
                await self._on_ticket(action)

    async def _open(self, action: Open) -> None:
        ticket = self._ticket
        if ticket.way == "email":
            mail = mails.request(ticket, action, to=self._doors.environment.mailbox)
            await self._doors.send(ticket.email, mail, times=2 if ticket.form == "twice" else 1)
            if ticket.form == "twice":
                received = await self._reply()
                await self._doors.send("", mails.away(ticket, received))
            return
        body = {
            "severity": action.severity,
            "priority": action.priority,
            "title": action.title,
            "description": action.description,
            "details": action.details,
            "channel": ticket.way,
        }
        answer = await self._as_requester("/v1/tickets", body)
        self._number = answer["number"]
        self._progress.opened[answer["ticket_id"]] = ticket

    async def _reply(self) -> Any:
        """Our automatic reply, which has the number of a ticket that came by mail (P7)."""
        received = await self._doors.arrived(self._ticket.email, " [P-")
        self._number = str(received["Subject"]).rpartition("[")[2].rstrip("]")
        return received

    async def _answer(self, action: Inform | Write) -> None:
        mail = mails.answer(self._ticket, action, await self._reply())
        await self._doors.send(self._ticket.email, mail)

    async def _on_ticket(self, action: Action) -> None:
        if not self._number:
            await self._reply()
        by_requester, path, body = request_of(action, self._ticket)
        route = f"/v1/tickets/{self._number}/{path}"
        if by_requester:
            await self._as_requester(route, body)
        else:
            await self._doors.post("intake", route, body, who=self._ticket.engineer, role="engineer")

    async def _as_requester(self, route: str, body: dict[str, Any]) -> Any:
        ticket = self._ticket
        return await self._doors.post(
            "intake", route, body, who=ticket.email, role="requester", account=ticket.account.id, email=ticket.email
        )

    async def _rate(self, action: Rate) -> None:
        """Read the mail, follow its link, send the form that is there."""
        if not self._number:
            await self._reply()
        mail = await self._doors.arrived(self._ticket.email, f"[{self._number}]", saying="/s/", nth=action.closing)
        link = LINK.search(mails.text_of(mail))
        if link is None:
            raise DoorClosed("the survey mail has no link")
        page = await self._doors.page(link[0])
        thanks = await self._doors.form(link[0], {"rating": str(action.rating), "comment": action.comment})
        if (page.status_code, thanks.status_code) != (200, 200):
            raise DoorClosed(f"the survey's page answered {page.status_code}, then {thanks.status_code}")


def request_of(action: Action, ticket: Ticket) -> tuple[bool, str, dict[str, Any]]:
    """Whether the requester acts, the route below the ticket, and the body."""
    match action:
        case Inform(details=details):
            return True, "information", {"details": details}
        case Ask(missing=missing, reason=reason):
            return False, "information-requests", {"missing": list(missing), "reason": reason}
        case Write(by=by, body=body):
            return by == "requester", "messages", {"body": body}
        case Assign():
            return False, "assignment", {"engineer": ticket.engineer}
        case Respond(states=states, body=body):
            return False, "response", {"states": states, "body": body}
        case Assess(severity=severity, reason=reason):
            return False, "severity", {"severity": severity, "reason": reason}
        case Resolve(resolution=resolution):
            return False, "resolution", {"resolution": resolution}
        case Close(cause=cause):
            return ticket.way != "email", "closing", {"cause": cause}
        case Reopen(reason=reason):
            return True, "reopening", {"reason": reason}
        case _:
            raise TypeError(f"{action} is not done at a ticket's door")
