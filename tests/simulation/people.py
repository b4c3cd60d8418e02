"""Whoever has to do with a ticket, and the bad moments at which they do it."""

from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid5

from tests.simulation.arithmetic import USUAL
from tests.simulation.letters import Correspondent

from contracts.tickets import Closed, InformationCompleted, TicketOpened
from escalation.domain.commands import AcknowledgeEscalation
from feedback.domain.commands import AnswerSurvey
from feedback.react import survey_stream
from intake.directory import Directory
from intake.domain import commands as intake
from intake.domain.events import Details
from intake.enrich import Addressed
from kit.log.request import Result
from kit.simulate.settings import MASTER_KEY

if TYPE_CHECKING:
    from tests.simulation.scenario import Desk

KINDS = ("response", "next-reply", "update", "resolution")
COMPLETE = Details(product="Desk", product_version="1", os="Linux", os_version="6")


DIRECTORY = Directory(MASTER_KEY)
COMPLETE_AT_ONCE = 0.7
"""How many requesters say at once all that the shipped policy requires."""
FORGOTTEN = 0.1
"""How many tickets are opened, and neither their requester nor an engineer says any more of them."""
HASTY = 0.1
"""How many requesters withdraw before they have said anything more."""


@dataclass
class Person:
    """Whoever has to do with one ticket. `email`: of its requester, who may have others."""

    desk: "Desk"
    ticket: UUID
    account: UUID
    email: str

    def __post_init__(self) -> None:
        self.by_mail = Correspondent(self)
        self.forgotten = self.desk.more.random() < FORGOTTEN

    @property
    def random(self) -> Random:
        """Chance."""
        return self.desk.random

    @property
    def stream(self) -> str:
        """The ticket's."""
        return f"ticket-{self.ticket}"

    async def do(self, kind: type[Any], /, **values: Any) -> Result:
        """As staff."""
        return await self.desk.ask("intake", self.stream, kind(ticket_id=self.ticket, by="engineer", **values))

    async def say(self, kind: type[Any], /, **values: Any) -> Result:
        """As the customer."""
        asked = {"ticket_id": self.ticket, "by": "requester", "account_id": self.account, **values}
        addressed = Addressed(
            command=lambda subject: kind(**asked, subject_id=subject),
            opens=kind is intake.TicketRequest,
            account_id=self.account,
            digest=DIRECTORY.digest(self.email),
            candidate=self.desk.id_of(Random(self._id().int)),
        )
        return await self.desk.ask("intake", self.stream, addressed, "requester")

    async def open(self, number: int) -> None:
        """Ask for help, perhaps without saying all."""
        severity = self.random.choice((1, 1, 2, 2, 3, 4))
        if self.random.random() < 0.3:
            await self.by_mail.open(severity)
            return
        complete = self.random.random() < COMPLETE_AT_ONCE
        await self.say(
            intake.TicketRequest,
            number=f"P-{number}",
            channel=self.random.choice(("portal", "chat")),
            severity=severity,
            priority="normal",
            details=COMPLETE if complete else Details(product="Desk"),
            title="It is broken",
            description="It does not work any more.",
            email=self.email,
            policy=self.desk.policy,
        )

    async def requester(self) -> None:
        """Says what is missing, writes, withdraws, perhaps at once, and then thinks better of it."""
        if self.forgotten:
            return
        if self.desk.more.random() < HASTY:
            await self.desk.pause(6)
            await self.say(intake.Close, cause="withdrawn")
            await self.desk.pause(6)
            if self.desk.more.random() < 0.7:
                await self.say(intake.Reopen, reason="It is needed after all.")
        for n in range(self.random.choice((1, 2, 3, 6))):
            await self.desk.pause(12)
            some = Details(os=f"Linux {n}") if self.random.random() < 0.4 else COMPLETE
            await self.say(intake.ProvideInformation, details=some)
        for _ in range(self.random.choice((0, 0, 1, 3))):
            await self.desk.pause(12)
            if self.random.random() < 0.3 or not await self.by_mail.answer():
                message = {"message_id": self._id(), "channel": "portal", "body": "And?", "details": COMPLETE}
                await self.say(intake.PostMessage, **message)
        if self.random.random() < 0.15:
            await self.say(intake.Close, cause="withdrawn")
        await self._rate()

    async def engineer(self) -> None:
        """Answers, at some bad moment or never; then settles it, perhaps more than once."""
        if self.forgotten or self.random.random() < 0.15:
            return
        await self._await_moment()
        await self.do(
            intake.GiveInitialResponse,
            message_id=self._id(),
            states=self.random.choice(("plan", "resolution")),
            body="So.",
            awaits_reply=self._awaits_reply(),
        )
        for _ in range(self.random.randint(0, 2)):
            await self.desk.pause(8)
            await self.do(intake.Resolve, resolution="It is repaired.")
            await self.desk.pause(4)
            await self.do(intake.Close, cause="resolved")
            await self.desk.pause(8)
            await self._rate()
            if self.random.random() < 0.6:
                await self.say(intake.Reopen, reason="It is not.")

    async def correspondence(self) -> None:
        """They write to each other, wait for one another, or not; where that makes a difference."""
        for _ in range(self.desk.more.randint(1, 8)):
            await self.desk.pause(10)
            message: dict[str, Any] = {"message_id": self._id(), "channel": "portal", "body": "Well?"}
            match self.desk.more.randrange(5):
                case 0 | 1:
                    await self.say(intake.PostMessage, **message)
                case 2:
                    await self.do(intake.PostMessage, public=False, **message)
                case _:
                    await self.do(intake.PostMessage, awaits_reply=self._awaits_reply(), **message)

    def _awaits_reply(self) -> bool:
        return self.desk.thorough and self.desk.more.random() < 0.4

    async def meddler(self) -> None:
        """Assesses anew, asks back, assigns, takes escalations on."""
        for _ in range(self.random.randint(0, 5)):
            await self.desk.pause(10)
            match self.random.randrange(5):
                case 0:
                    await self.do(intake.RequestInformation, missing=("product_version",), reason="Which?")
                    await self.desk.pause(4)
                    await self.say(intake.ProvideInformation, details=COMPLETE)
                case 1:
                    await self.do(intake.PostMessage, message_id=self._id(), channel="portal", body="We look into it.")
                    severity = self.random.choice((1, 2, 3, 4))
                    await self.do(intake.ChangeSeverity, severity=severity, reason="It looks like that.")
                case 2:
                    await self.do(intake.ChangeSeverity, severity=self.random.choice((1, 2, 3, 4)), reason="So it is.")
                case 3:
                    await self.do(intake.Assign, engineer=self.random.choice(("eve", "otto")))
                case _:
                    about = self.desk.more.choice(KINDS) if self.desk.thorough else "response"
                    stream = f"escalation-{self.ticket}-{about}"
                    await self.desk.ask("escalation", stream, AcknowledgeEscalation(by="engineer"))

    async def _await_moment(self) -> None:
        """A moment around the deadline as it was at first."""
        facts = self.desk.facts(self.ticket)
        begun = next(
            (f for f in facts if isinstance(f.event, InformationCompleted) or _complete(f.event)),
            facts[0] if facts else None,
        )
        if begun is None or self.random.random() < 0.3:
            await self.desk.pause(30)
            return
        due = USUAL.deadline(begun.event.severity, begun.event.tier, begun.event.calendar, begun.happened_at)
        off = self.random.choice((-3600, -60, -0.000001, 0, 0, 0.000001, 60, 3600, 4 * 3600))
        await self.desk.until(due + timedelta(seconds=off))

    async def _rate(self) -> None:
        closings = sum(isinstance(fact.event, Closed) for fact in self.desk.facts(self.ticket))
        if closings and self.random.random() < 0.7:
            survey = uuid5(self.ticket, f"survey {closings}")
            rating = self.random.randint(1, 5)
            comment = self.random.choice((None, "Thanks."))
            now = self.desk.world.right.now()
            answer = AnswerSurvey(survey_id=survey, now=now, rating=rating, comment=comment)
            await self.desk.ask("feedback", survey_stream(self.ticket, closings), answer, "requester")

    def _id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128))


def _complete(event: Any) -> bool:
    return isinstance(event, TicketOpened) and not event.missing
