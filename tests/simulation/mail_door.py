"""Where customers' mails come in: the real mailroom behind every intake, and the mail servers that bring them."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from random import Random
from typing import Any, Literal
from uuid import UUID

from tests.simulation.equals.mailroom import waits_for_a_person

from contracts.names import shard_of
from intake.by_hand import ByHand
from intake.domain.refusals import MailUnknown
from intake.mail import id_of_feedback_mail, key, parse
from intake.mail_seal import Erased
from intake.mailroom.process import Processor
from intake.mailroom.receive import Receiver
from kit.process.host import Host
from kit.simulate.troubled import TroubledWorld
from kit.store import Unavailable

MAILBOX = "support@punctual.local"
FEEDBACK_BOX = "feedback@punctual.local"
Fate = Literal["opens", "belongs", "ignored", "unmatched", "feedback", "bounces"]


@dataclass
class Posted:
    """A mail on its way. `fate`: what is to become of it, on that ticket or feedback if any; `stored`: we said that we
    have it. `to`: where it is delivered; `mailbox`: whose mail it is then. `identity`: its Message-ID, if it matters.
    `fills_in`: the lines of our form that are filled in in it.
    """

    content: bytes
    sender: str
    fate: Fate
    ticket: UUID | None
    stored: bool = False
    to: str = MAILBOX
    mailbox: str = MAILBOX
    identity: str = ""
    fills_in: frozenset[str] = frozenset()

    @cached_property
    def key(self) -> str:
        """What makes it the same one."""
        return key(self.mailbox, parse(self.content), self.content)

    @property
    def feedback_id(self) -> UUID:
        """The id of its words, if they are feedback, and of the feedback if they begin one."""
        return id_of_feedback_mail(self.key)


class MailDoor:
    """`posted`: all mails that were written, each once, however often they came."""

    def __init__(self, world: TroubledWorld, random: Random) -> None:
        self._world, self._random = world, random
        self._staff = Random("staff")
        self._receivers: list[Receiver] = []
        self.posted: list[Posted] = []

    async def serve(self, host: Host) -> None:
        """Intake's part that takes mails in and performs them."""
        stored = asyncio.Event()
        receiver = replace(Receiver.of(host, stored), draw=self._subject)
        self._receivers.append(receiver)
        try:
            await Processor.of(host, stored).run()
        finally:
            self._receivers.remove(receiver)

    def _subject(self) -> UUID:
        """In one of the lanes: what is known of a person's address is in the shard of the subject."""
        drawn = Random(self._random.getrandbits(128))
        while True:
            subject = UUID(int=drawn.getrandbits(128))
            if shard_of(subject) in self._world.setting.lanes:
                return subject

    def notice(self, ordinal: int) -> UUID:
        """The id of a notice about mails that wait, in one of the lanes."""
        drawn = Random(f"notice {ordinal}")
        while True:
            notice_id = UUID(int=drawn.getrandbits(128))
            if shard_of(notice_id) in self._world.setting.lanes:
                return notice_id

    async def post(self, mail: Posted) -> None:
        """As a mail server that hands on: until it is told that the mail is stored, and at times another one, later."""
        self.posted.append(mail)
        if self._random.random() < 0.25:
            self._world.run(self._hand_on(mail, self._random.choice((0.0, 2.0)) * self._random.random()))
        await self._hand_on(mail)

    async def _hand_on(self, mail: Posted, after: float = 0.0) -> None:
        await asyncio.sleep(after)
        while True:
            if self._receivers:
                receiver = self._random.choice(self._receivers)
                try:
                    await receiver.receive(mail.content, mail.sender, [mail.to])
                    mail.stored = True
                    if self._random.random() >= self._world.faults.unacknowledged:
                        return
                except (Unavailable, Erased) as error:
                    self._world.tell(f"mail from {mail.sender}: {error!r}; it is brought again")
            await asyncio.sleep(0.05 + self._random.random())

    async def see_to_mails(self) -> None:
        """As the Support Manager, until cancelled: discard those of which a notice told."""
        while True:
            await asyncio.sleep(self._staff.random())
            try:
                for row in self._untouched():
                    if self._receivers and self._is_told_of(row):
                        await self._discard(row["key"])
            except (Unavailable, MailUnknown) as error:
                self._world.tell(f"Support Manager: {error!r}; it is tried again")

    async def _discard(self, key: str) -> None:
        one = self._staff.choice(self._receivers)
        staff = ByHand(
            store=one.store,
            mail_seal=one.mail_seal,
            directory=one.directory,
            staff_domain=one.sorter.staff_domain,
        )
        await staff.discard(key, "Seen.", "manager")

    def _untouched(self) -> list[dict[str, Any]]:
        mails = self._world.stores["intake"].tables.models.get("mails", {})
        return [row for row in mails.values() if waits_for_a_person(row)]

    def _is_told_of(self, row: dict[str, Any]) -> bool:
        notices = self._world.stores["intake"].tables.models.get("mail_notices", {}).values()
        return any(one["noted_at"] >= row["received_at"] for one in notices)

    def waiting(self) -> Iterable[str]:
        """What is still to be performed, or to be seen to."""
        for row in self._world.stores["intake"].tables.models.get("mails", {}).values():
            if row["state"] == "stored":
                yield f"intake: mail {row['key']} for ticket {row['ticket_id']} is not performed"
        for row in self._untouched():
            yield f"intake: mail {row['key']} is {row['state']}, and nobody has seen to it"
