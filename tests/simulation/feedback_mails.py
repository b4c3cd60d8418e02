"""What people write to feedback's mailbox: what they think, more of it, and answers to the letters that they get."""

import asyncio
from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING

from tests.simulation.complaints import Complaint
from tests.simulation.letters import letter
from tests.simulation.mail_door import FEEDBACK_BOX, MAILBOX, Posted
from tests.simulation.mail_server import Taken

from contracts.message_ids import feedback_of
from contracts.names import shard_of

if TYPE_CHECKING:
    from tests.simulation.scenario import Desk

OPINIONS = ("Slow.\n", "Kind: praise\n\nQuick.\n", "Kind: complaint\n\nSlow.\n", "Urgent: yes\n\nIt can't wait.\n")
STRANGE_OPINIONS = ("Kind: praise\n\nQuick.\n", "Kind: criticism\n\nSlow.\n", "Kind: complaint\n\nSlow.\n")
ANSWERS = ("And?\n", "And?\n\n> Slow.\n", "We do not accept that.\n", "Urgent: yes\n\nIt can't wait.\n")
AT_ONCE = (0, 0, 1, 3)
"""How many mails somebody sends at once after the first, to choose from."""


class MailedComplaint(Complaint):
    """Feedback that somebody writes by mail, perhaps with some more mails at once."""

    def __post_init__(self) -> None:
        who = (*(f"ann@customer{n}.example" for n in range(2)), f"eve{self.number}@elsewhere.example")
        self.email = self.random.choice(who)
        self.first = opinion(self.desk, self.email, self.random.choice(OPINIONS))
        self.feedback_id = self.first.feedback_id

    @property
    def random(self) -> Random:
        """Chance."""
        return self.desk.writing

    async def _say(self) -> None:
        assert self.email
        self.account = self.desk.account_of(self.email)
        await self.desk.door.post(self.first)
        about = {"In_Reply_To": self.first.identity}
        more = [
            opinion(self.desk, self.email, self.random.choice(ANSWERS), self, **about)
            for _ in range(self.random.choice(AT_ONCE))
        ]
        await asyncio.gather(*[self.desk.door.post(mail) for mail in more])


@dataclass
class Writers:
    """All who write mails about one complaint: whoever complained, colleagues, and strangers who saw a letter."""

    complaint: Complaint
    desk: "Desk" = field(init=False)

    def __post_init__(self) -> None:
        self.desk = self.complaint.desk

    @property
    def random(self) -> Random:
        """Chance."""
        return self.desk.writing

    async def write(self) -> None:
        """Some mails, at some moments, if there is anything to answer."""
        for _ in range(self.random.choice((1, 2, 4))):
            await asyncio.sleep(self.random.random() * 5)
            letters = [one for one in self.desk.server.taken if feedback_of(one.identity) == self.complaint.feedback_id]
            if letters:
                await self._answer(self.random.choice(letters))

    async def _answer(self, got: Taken) -> None:
        sender, to = self._sender(got.recipient), FEEDBACK_BOX
        every = {
            "In_Reply_To": got.identity,
            "To": str(got.mail["Reply-To"]),
            "Subject": f"Re: {got.mail['Subject']}",
        }
        headers = every
        if (only := self.random.choice((None, "In_Reply_To", "To", "Subject", "References"))) is not None:
            headers = {only: (every | {"References": f"<lost@elsewhere.example> {got.identity}"})[only]}
        if "To" not in headers and self.random.random() < 0.3:
            to = MAILBOX
        if self.random.random() < 0.1:
            headers = headers | {"Auto_Submitted": "auto-replied"}
        mine = self.complaint.is_of(sender)
        body = self.random.choice(ANSWERS if mine else STRANGE_OPINIONS)
        await self.desk.door.post(opinion(self.desk, sender, body, self.complaint if mine else None, to, **headers))

    def _sender(self, recipient: str) -> str:
        stranger = f"mallory{self.random.randrange(3)}@elsewhere.example"
        colleague = recipient.replace("ann@", "bob@")
        return self.random.choice((recipient, recipient, recipient, colleague, stranger))


def opinion(
    desk: "Desk", sender: str, body: str, about: Complaint | None = None, to: str = FEEDBACK_BOX, **headers: str
) -> Posted:
    """A mail of feedback `about` a complaint, or about something new; should it be that, it is in one of the lanes."""
    headers = {"Subject": "My opinion", "To": to} | headers
    subject, automatic = headers.pop("Subject"), "Auto_Submitted" in headers
    while True:
        identity = f"<{desk.writing.getrandbits(64):016x}@pc.example>"
        content = letter(sender, subject, body, identity, **headers)
        mail = Posted(content, sender, "feedback", None, to=to, mailbox=FEEDBACK_BOX, identity=identity)
        if automatic:
            return Posted(content, sender, "ignored", None, to=to, mailbox=to, identity=identity)
        mail.ticket = about.feedback_id if about else mail.feedback_id
        if shard_of(mail.feedback_id) in desk.world.setting.lanes:
            return mail
