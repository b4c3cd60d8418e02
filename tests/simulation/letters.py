"""What customers and their machines write by mail."""

import asyncio
from dataclasses import replace
from email.message import EmailMessage
from random import Random
from typing import TYPE_CHECKING
from uuid import uuid5

from tests.simulation.mail_door import MAILBOX, Fate, Posted
from tests.simulation.programs import Written, form, picture, words_of, written

from contracts.command_ids import MAILS
from contracts.names import shard_of
from intake.mail import key, parse

if TYPE_CHECKING:
    from tests.simulation.people import Person

MORE = (0, 0, 3, 8)
"""How many mails somebody sends at once after the first, to choose from."""
SEVERAL = 0.25
"""The share of those who write by mail that have several matters at once."""
SENT_FOR = ({"Auto_Submitted": "auto-generated"}, {"Precedence": "bulk"}, {"List_Id": "<staff.customer.example>"})
"""How machines and lists mark what they send for somebody."""
AWAY = (
    ("Out of office: {}", "I am out of the office until 14 August.\n"),
    ("Abwesenheit", "Vom 3. bis 14. August bin ich im Urlaub.\n"),
    ("自動返信: {}", "8月14日まで休暇中です。\n"),
)
"""Vacation replies without a header that says so."""
WITH_COLLEAGUES = 0.4
"""How many requesters name a colleague, and a stranger, in the mail that opens their ticket."""
COMPLETE = "Product: Desk\nVersion: 1\nOS: Linux\nOS version: 6\n"


def letter(sender: str, subject: str, body: str | bytes, identity: str, **headers: str) -> bytes:
    """A mail as it comes over the wire."""
    named = {"From": sender, "To": MAILBOX, "Subject": subject, "Message-ID": identity} | headers
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in named.items()]
    data = body.encode() if isinstance(body, str) else body
    return "\r\n".join([*lines, "", ""]).encode() + data.replace(b"\n", b"\r\n")


class Correspondent:
    """Somebody who has to do with a ticket, at the keyboard."""

    def __init__(self, person: "Person") -> None:
        self._person, self._desk = person, person.desk
        self._first = ""

    @property
    def _random(self) -> Random:
        return self._desk.random

    async def open(self, severity: int) -> None:
        """Ask for help: this says what the ticket's id is. Perhaps at once some more mails about it."""
        body = COMPLETE if self._random.random() < 0.7 else "Product: Desk\n"
        mail = self._opening("It is broken", f"{body}Severity: {severity}\n\nIt does not work any more.\n")
        await self._desk.door.post(mail)
        assert mail.ticket
        self._person.ticket, first = mail.ticket, self._first
        await self._open_others(Random(first))
        self._first = first
        more = [self._adds(n) for n in range(self._random.choice(MORE))]
        await asyncio.gather(*more)

    async def _open_others(self, chance: Random) -> None:
        """Some have several matters at once: more than get a receipt of their own within an hour."""
        if chance.random() > SEVERAL:
            return
        for n in range(chance.randint(3, 6)):
            body = COMPLETE if chance.random() < 0.5 else "Product: Desk\n"
            mail = self._opening(f"Another matter {n}", f"{body}\nThis does not work either.\n")
            assert mail.ticket
            await self._desk.door.post(mail)
            self._desk.tickets.append(mail.ticket)

    async def _adds(self, number: int) -> None:
        """Something that was forgotten, and not all of it."""
        await self._send(f"OS: Linux {number}\n", "belongs", In_Reply_To=self._first)

    def _opening(self, subject: str, body: str) -> Posted:
        """A mail that will open a ticket, in one of the lanes."""
        sender, chance = self._person.email, self._desk.machines
        marks = chance.choice(SENT_FOR) if chance.random() < 0.15 else {}
        if self._desk.programs.random() < WITH_COLLEAGUES:
            local, _, domain = sender.rpartition("@")
            marks = marks | {"Cc": f"colleague-of-{local}@{domain}, eve@elsewhere.example"}
        mail = parse(letter(sender, subject, body, self._identity()))
        while True:
            self._first = self._identity()
            ticket = uuid5(MAILS, key(MAILBOX, replace(mail, message_id=self._first), b""))
            if shard_of(ticket) in self._desk.world.setting.lanes:
                return Posted(letter(sender, subject, body, self._first, **marks), sender, "opens", ticket)

    async def answer(self) -> bool:
        """Write to the ticket, if there is anything that the mail can refer to."""
        got = [one for one in self._desk.server.to(self._person.email) if str(self._person.ticket) in one.identity]
        clues = [("In_Reply_To", one.identity) for one in got]
        clues += [("References", f"<lost@elsewhere.example> {one.identity}") for one in got]
        clues += [("Subject", f"Re: {one.mail['Subject']}") for one in got]
        clues += [("To", str(one.mail["Reply-To"])) for one in got if one.mail["Reply-To"]]
        if self._first:
            clues.append(("In_Reply_To", self._first))
        if not clues:
            return False
        marks = self._desk.machines.choice(SENT_FOR) if self._desk.machines.random() < 0.1 else {}
        name, value = self._random.choice(clues)
        body = COMPLETE if self._random.random() < 0.5 else "And?\n"
        # With a fresh subject the address of a closed ticket would begin a new matter.
        about = {"Subject": "Re: Hello"} | {name: value} | marks
        identity = self._identity()
        said = self._written(body, [one.mail for one in got])
        await self._send(said, "belongs", identity, **about)
        if self._desk.programs.random() < 0.1:  # a scanner that says so of each page, or a script
            await self._send("And this.\n", "belongs", identity, **about)
        return True

    def _written(self, text: str, got: list[EmailMessage]) -> Written:
        """As some mail program writes it; or not a word, but a picture, or our own form."""
        chance = self._desk.programs
        asking = [one for one in got if form(words_of(one)).fills_in]
        if asking and chance.random() < 0.7:
            return form(words_of(chance.choice(asking)))
        if chance.random() < 0.1:
            return picture()
        answered = chance.choice(got) if got else None
        return written(text, answered, chance)

    async def fill_in(self) -> None:
        """Complete our form, where it stands in the mail that asks for it, soon after it came."""
        chance = self._desk.programs
        await self._desk.pause_by(chance, 3)
        got = self._desk.server.to(self._person.email)
        about = [one for one in got if str(self._person.ticket) in one.identity and form(words_of(one.mail)).fills_in]
        if about and chance.random() < 0.5:
            said = form(words_of(about[-1].mail))
            headers = {"Subject": "Re: Hello", "In_Reply_To": about[-1].identity}
            await self._send(said, "belongs", self._identity(chance), **headers)

    async def machine(self) -> None:
        """What writes without being asked: one that says that somebody is away, and somebody whom nobody knows."""
        await self._desk.pause(24)
        if self._random.random() < 0.3 and (got := self._desk.server.to(self._person.email)):
            reply = {"In_Reply_To": got[-1].identity, "Auto_Submitted": "auto-replied"}
            await self._send("I am away.\n", "ignored", **reply)
        if self._random.random() < 0.1:
            content = letter("eve@elsewhere.example", "Hello", "Who are you?\n", self._identity())
            await self._desk.door.post(Posted(content, "eve@elsewhere.example", "unmatched", None))

    async def server(self) -> None:
        """What mail servers and programs write about our mails: one came back, or is late; and somebody is away."""
        chance = self._desk.machines
        for _ in range(3):
            await self._desk.pause_by(chance, 12)
            got = [one for one in self._desk.server.to(self._person.email) if str(self._person.ticket) in one.identity]
            if not got or chance.random() > 0.15:
                continue
            about = chance.choice(got)
            if chance.random() < 0.3:
                subject, body = chance.choice(AWAY)
                headers = {"Subject": subject.format(f"Re: {about.mail['Subject']}"), "In_Reply_To": about.identity}
                await self._send(
                    body, "ignored", self._identity(chance), **headers, Content_Type="text/plain; charset=utf-8"
                )
            else:
                await self._comes_back(about.identity)

    async def _comes_back(self, identity: str) -> None:
        """A notice about one of our mails; most of them for good."""
        chance = self._desk.machines
        action, status = chance.choice(
            (("failed", "5.1.1"), ("failed", "5.1.1"), ("failed", "5.2.2"), ("delayed", "4.4.1"))
        )
        body = (
            "--b\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; isp.example\n\n"
            f"Final-Recipient: rfc822; {self._person.email}\nAction: {action}\nStatus: {status}\n"
            f"--b\nContent-Type: message/rfc822\n\nMessage-ID: {identity}\n\nHello\n--b--\n"
        )
        report = "multipart/report; report-type=delivery-status; boundary=b"
        name = f"<{chance.getrandbits(64):016x}@isp.example>"
        content = letter("MAILER-DAEMON@isp.example", "Undelivered", body, name, Content_Type=report)
        await self._desk.door.post(Posted(content, "", "bounces", self._person.ticket))

    async def _send(self, said: str | Written, fate: Fate, identity: str = "", **headers: str) -> None:
        said = Written(said.encode(), {}) if isinstance(said, str) else said
        sender = self._person.email
        headers = {"Subject": "Hello"} | headers | said.headers
        content = letter(sender, headers.pop("Subject"), said.body, identity or self._identity(), **headers)
        ticket = self._person.ticket if fate == "belongs" else None
        await self._desk.door.post(Posted(content, sender, fate, ticket, fills_in=said.fills_in))

    def _identity(self, chance: Random | None = None) -> str:
        return f"<{(chance or self._random).getrandbits(64):016x}@pc.example>"
