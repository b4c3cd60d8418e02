"""The mail server that takes our mails: away at times, slow, greylisting, and mute when it should say that it did."""

import asyncio
import re
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from functools import cached_property
from random import Random
from typing import Any
from uuid import UUID

from contracts.base import BY_CLASS
from contracts.message_ids import letter_id, message_id
from contracts.names import NOTIFICATIONS, category_of
from contracts.notifications import (
    CUSTOMER_LETTERS,
    LetterRequested,
    NotificationRequested,
    NotificationSent,
    Requested,
)
from kit.process.host import Host
from kit.simulate.faults import CALM
from kit.simulate.store import SimulatedStore
from kit.simulate.troubled import TroubledWorld
from kit.store.rows import fact_of
from kit.store.values import Row
from notifier.senders.mail import Sender
from notifier.senders.smtp import Connection, Deferred, Rejected, ServerAway


@dataclass(frozen=True, kw_only=True)
class MailFaults:
    """Chances for each mail that is offered. `slowness`: seconds that the server takes at most."""

    away: float = 0.0
    away_for: float = 4.0
    refused: float = 0.0
    """It will never be taken."""
    deferred: float = 0.0
    """It isn't taken now, and the server says so, or hangs up before it has heard all of it."""
    unanswered: float = 0.0
    """It is taken, and the server hangs up before it says so."""
    slowness: float = 0.0

    @classmethod
    def drawn(cls, random: Random) -> "MailFaults":
        """Some servers are fine."""

        def chance(most: float) -> float:
            return random.choice((0.0, most * random.random() ** 2, most * random.random()))

        return cls(
            away=chance(0.2),
            refused=chance(0.1),
            deferred=chance(0.5),
            unanswered=chance(0.5),
            slowness=random.choice((0.0, 0.2, 2.0)),
        )


NONE = MailFaults()
DOMAIN = "punctual.local"
NEXT_CALL = "Next one is called: "
"""How the line of a call begins that says when."""
CALLED_AGAIN = "Unless somebody does, called again: "
"""Likewise of a call about a complaint."""
SENT = BY_CLASS[NotificationSent].name
REQUESTED = frozenset(BY_CLASS[kind].name for kind in (NotificationRequested, LetterRequested))
_INSTANT = rb"before [A-Z][a-z]+day, \d+ [A-Z][a-z]+ \d{4}, [\d:]+ (\([^)]+\)|your time)|within \d+ (working )?days?"
_PROMISED = (
    rb"One of our engineers will look into it\."
    rb"|We promise that one of our engineers will answer by [^.]+\."
    rb"|We promised you an answer by [^.]+\. We are late, and one of our engineers will answer\."
    rb"|We generally answer such requests by [^.;]+(; at this severity that is no promise|\. That has passed; [^.]+)\."
    rb'|We don\'t know the support hours "[^"]*" that were agreed with you, [^.]+\.'
)
"""What a receipt says of the first answer."""
_SUBJECT = re.compile(rb"(?m)^Subject: .*\n(?:[ \t].*\n)*")
_TOLD_EITHER_WAY = re.compile(
    rb"(?m)^(%s|%s).*$|%s"
    % (NEXT_CALL.encode(), CALLED_AGAIN.encode(), (_INSTANT + b"|" + _PROMISED).replace(b" ", rb"\s+"))
)


def identity_of(requested: Requested) -> str:
    """The Message-ID of a mail that was requested."""
    made = letter_id if requested.template in CUSTOMER_LETTERS else message_id
    return made(requested.ticket_id, requested.notification_id, DOMAIN)


def but_for_the_instant(content: bytes) -> bytes:
    """A mail without what it says once as an instant and once in terms: of the next call, or of a deadline."""
    return b" ".join(_TOLD_EITHER_WAY.sub(b"", content).split())


@dataclass
class Taken:
    """A mail that the server took. `unanswered`: it hung up before it said so."""

    mail: EmailMessage
    content: bytes
    at: float
    sender: SimulatedStore
    unanswered: bool

    @cached_property
    def identity(self) -> str:
        """Its Message-ID."""
        return str(self.mail["Message-ID"])

    @cached_property
    def recipient(self) -> str:
        """For whom it is."""
        return str(self.mail["To"])

    @property
    def in_doubt(self) -> bool:
        """Whether its sender may not know that it was taken: was not told, or has died since."""
        return self.unanswered or (self.sender.dead and not self.sender.in_order)


class MailServer:
    """`taken`: all that it took, in order. `again`: mails that it took once more, and what excuses that."""

    def __init__(self, world: TroubledWorld, random: Random) -> None:
        self._world, self.random = world, random
        self._faults = MailFaults.drawn(random)
        self._back_at = 0.0
        self.taken: list[Taken] = []
        self.found: list[str] = []
        """What was wrong the moment it happened."""
        self.changed: list[tuple[Taken, Taken]] = []
        """Mails that were sent again with other words, each with the copy before."""

    @property
    def faults(self) -> MailFaults:
        """What goes wrong now."""
        return NONE if self._world.faults is CALM else self._faults

    async def serve(self, host: Host) -> None:
        """Notifier's part that sends, to this server."""
        await Sender.of(host, lambda: SimulatedLine(self, host.store)).run()

    async def offer(self, mail: EmailMessage, sender: Any) -> None:
        """Take a mail, or not. Raises what a line does."""
        now = self._world.loop.time()
        if self.faults is NONE:
            self._back_at = 0.0
        elif self.random.random() < self.faults.away:
            self._back_at = now + self.random.random() * self.faults.away_for
            self._world.tell("the mail server goes away")
        if now < self._back_at:
            raise ServerAway("nobody answers")
        await self._takes_its_time()
        if self.random.random() < self.faults.refused:
            raise Rejected("550 5.1.1")
        if self.random.random() < self.faults.deferred:
            raise Deferred(self.random.choice(("451 4.7.1", "disconnected")))
        unanswered = self.random.random() < self.faults.unanswered
        self._take(Taken(mail, mail.as_bytes(), self._world.loop.time(), sender, unanswered))
        await self._takes_its_time()
        if unanswered:
            raise Deferred("unknown")

    async def _takes_its_time(self) -> None:
        if self.faults.slowness and self.random.random() < 0.3:
            await asyncio.sleep(self.random.random() * self.faults.slowness)

    def _take(self, taken: Taken) -> None:
        if before := self.of(taken.identity):
            if not before[-1].in_doubt and taken.identity not in self.forgotten | self._anew:
                self.found.append(f"{taken.identity} is sent again, though its sender knew that it was taken")
            if self.words(before[-1]) != self.words(taken) and taken.identity not in self._anew:
                self.changed.append((before[-1], taken))
        self.taken.append(taken)

    def words(self, taken: Taken, *, subject: bool = True) -> bytes:
        """What it says, with its subject or without, as far as a database that went back in time doesn't forget it."""
        content = taken.content if subject else _SUBJECT.sub(b"", taken.content)
        return but_for_the_instant(content) if "notifier" in self._world.restores.services else content

    def of(self, identity: str) -> list[Taken]:
        """The copies of a mail."""
        return [one for one in self.taken if one.identity == identity]

    def to(self, recipient: str) -> list[Taken]:
        """What somebody got."""
        return [one for one in self.taken if one.recipient == recipient]

    @property
    def forgotten(self) -> set[str]:
        """The mails of which it was recorded that they were sent, in a database that then went back in time."""
        return {fact_of(NOTIFICATIONS, row).event.message_id for row in self._lost if row.type == SENT}

    @property
    def undone(self) -> set[UUID]:
        """The notifications of which any outcome went with such a database: they wait again, in their old place."""
        lost = [fact_of(NOTIFICATIONS, row) for row in self._lost]
        return {fact.event.notification_id for fact in lost if category_of(fact.stream) == "notification"}

    @property
    def _anew(self) -> set[str]:
        """The mails whose request went with such a database: they are requested again, by what is known then, and
        whoever sends them may be another than who had them in hand."""
        lost = [fact_of(NOTIFICATIONS, row).event for row in self._lost if row.type in REQUESTED]
        return {identity_of(event) for event in lost}

    @property
    def _lost(self) -> list[Row]:
        return self._world.restores.lost[NOTIFICATIONS]

    def waiting(self) -> Iterable[str]:
        """What is still to be sent."""
        rows = self._world.stores["notifier"].tables.models.get("notifications", {}).values()
        for row in rows:
            if row["status"] == "requested":
                yield f"notifier: mail {row['notification_id']} ({row['template']}) is not sent"


class SimulatedLine(Connection):
    """A connection to it."""

    def __init__(self, server: MailServer, sender: Any) -> None:
        self._server, self._sender = server, sender

    async def offer(self, mail: EmailMessage) -> None:
        """Have the server take the mail."""
        await self._server.offer(mail, self._sender)

    def close(self) -> None:
        """Hang up."""
