"""A few days of a desk: some accounts, a handful of tickets, and people who do what people do, at bad moments."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid5

from tests.simulation.arithmetic import ALWAYS, OFFICE, deadline

from contracts.envelope import Fact, Meta
from contracts.names import shard_of
from contracts.tickets import Closed, InformationCompleted, TicketOpened
from escalation.domain.commands import AcknowledgeEscalation
from feedback.domain.commands import AnswerSurvey
from feedback.domain.react import survey_stream
from intake.domain import commands as intake
from intake.domain.events import Details
from intake.prepare import Addressed
from kit.perform import Done, Result, Work
from kit.rows import fact_of
from kit.simulate.faults import Faults
from kit.simulate.world import Setting, World
from kit.wiring import Tempo

DAY = 86_400
SPEED = DAY / 5.0
"""A day takes five of the loop's seconds."""
DAYS = 4
COMPLETE = Details(product="Desk", product_version="1", os="Linux", os_version="6")
TIERS = ("enlist", "patrol", "command", "assessment")


def setting_of(random: Random) -> Setting:
    """Where and how a run takes place."""
    lanes = {0, *random.sample(range(64), random.choice((1, 2)))}
    services = ("intake", "sla-timer", "escalation", "notifier", "feedback")
    return Setting(
        epoch=datetime(2026, 3, 2, tzinfo=UTC) + timedelta(days=random.randrange(7), hours=random.randrange(24)),
        speed=SPEED,
        lanes=lanes,
        grain=random.choice((timedelta(microseconds=1), timedelta(minutes=1), timedelta(minutes=10))),
        faults=Faults.drawn(random),
        tempo=Tempo(beat=0.1, grace=random.choice((0.5, 1.0, 6.0)), idle=1.0),
        replicas={name: random.choice((1, 1, 1, 2)) for name in services},
    )


@dataclass
class Desk:
    """The people. `answers`: what they were told, by command."""

    world: World
    random: Random
    answers: list[tuple[Work, Result]] = field(default_factory=list)
    accounts: list[UUID] = field(default_factory=list)
    tickets: list[UUID] = field(default_factory=list)

    async def live(self) -> None:
        """All that people do, until they go home."""
        for _ in range(2):
            self.accounts.append(self._id())
        async with asyncio.TaskGroup() as people:
            for account in self.accounts:
                people.create_task(self._account(account))
        async with asyncio.TaskGroup() as people:
            for account in self.accounts:
                people.create_task(self._licensing(account))
            for number in range(self.random.randint(2, 5)):
                people.create_task(self._ticket(number))

    def _id(self) -> UUID:
        """An id in one of the lanes."""
        while True:
            drawn = UUID(int=self.random.getrandbits(128))
            if shard_of(drawn) in self.world.setting.lanes:
                return drawn

    async def ask(self, service: str, stream: str, command: Any, role: str = "engineer") -> Result:
        """Give a command, now and then twice."""
        work = Work(
            command_id=UUID(int=self.random.getrandbits(128)),
            stream=stream,
            command=command,
            meta=Meta(actor=f"some {role}", role=role),
        )
        tries = [self.world.perform(service, work) for _ in range(self.random.choice((1, 1, 1, 2)))]
        results = await asyncio.gather(*tries)
        self.answers += [(work, result) for result in results]
        return results[0]

    async def _pause(self, hours: float) -> None:
        """Up to so many hours, often none at all."""
        await asyncio.sleep(self.random.choice((0.0, 1.0)) * self.random.random() * hours * 3600 / SPEED)

    async def _until(self, instant: datetime) -> None:
        away = (instant - self.world.setting.epoch).total_seconds() / SPEED - self.world.loop.time()
        await asyncio.sleep(max(away, 0.0) + 1e-8)

    async def _account(self, account: UUID) -> None:
        command = intake.RegisterAccount(
            account_id=account,
            by="admin",
            name="A customer",
            tier=self.random.choice(TIERS),  # type: ignore[arg-type]
            calendar=self.random.choice((None, None, ALWAYS, OFFICE)),
        )
        await self.ask("intake", f"account-{account}", command, "admin")

    async def _licensing(self, account: UUID) -> None:
        for _ in range(self.random.choice((0, 0, 1, 2))):
            await self._pause(DAYS * 20)
            agreed = self.random.choice((None, intake.Agreed(None), intake.Agreed(ALWAYS)))
            tier: Any = self.random.choice(TIERS)
            command = intake.ChangeTier(account_id=account, by="admin", tier=tier, agreed=agreed)
            await self.ask("intake", f"account-{account}", command, "admin")

    async def _ticket(self, number: int) -> None:
        await asyncio.sleep(self.random.random() * DAYS * 0.6 * 5)
        ticket, account = self._id(), self.random.choice(self.accounts)
        self.tickets.append(ticket)
        person = Person(self, ticket, account)
        await person.open(number)
        async with asyncio.TaskGroup() as hands:
            hands.create_task(person.requester())
            hands.create_task(person.engineer())
            hands.create_task(person.meddler())

    def facts(self, ticket: UUID) -> list[Fact]:
        """What intake has recorded of a ticket."""
        store = self.world.stores["intake"]
        return [fact_of(store.topic, row) for row in store.tables.streams.get(f"ticket-{ticket}", [])]


@dataclass
class Person:
    """Whoever has to do with one ticket."""

    desk: Desk
    ticket: UUID
    account: UUID

    @property
    def random(self) -> Random:
        """Chance."""
        return self.desk.random

    @property
    def stream(self) -> str:
        """The ticket's."""
        return f"ticket-{self.ticket}"

    async def do(self, kind: type[Any], **values: Any) -> Result:
        """As staff."""
        return await self.desk.ask("intake", self.stream, kind(ticket_id=self.ticket, by="engineer", **values))

    async def say(self, kind: type[Any], **values: Any) -> Result:
        """As the customer."""
        command = kind(ticket_id=self.ticket, by="requester", account_id=self.account, **values)
        addressed = Addressed(
            command=command, account_id=self.account, digest=self.ticket.bytes, candidate=uuid5(self.ticket, "subject")
        )
        return await self.desk.ask("intake", self.stream, addressed, "requester")

    async def open(self, number: int) -> None:
        """Ask for help, perhaps without saying all."""
        complete = self.random.random() < 0.7
        await self.say(
            intake.OpenTicket,
            number=f"P-{number}",
            account_version=0,
            subject_id=self.ticket,
            tier="enlist",
            calendar=None,
            channel=self.random.choice(("portal", "email", "chat")),
            severity=self.random.choice((1, 1, 2, 2, 3, 4)),
            priority="normal",
            details=COMPLETE if complete else Details(product="Desk"),
            title="It is broken",
            description="It does not work any more.",
            email="ann@customer.example",
        )

    async def requester(self) -> None:
        """Says what is missing, writes, withdraws."""
        for _ in range(self.random.randint(1, 3)):
            await self.desk._pause(12)
            some = Details(os="Linux") if self.random.random() < 0.2 else COMPLETE
            await self.say(intake.ProvideInformation, details=some)
        if self.random.random() < 0.3:
            await self.desk._pause(12)
            await self.say(intake.PostMessage, message_id=self._id(), channel="portal", body="And?", details=COMPLETE)
        if self.random.random() < 0.15:
            await self.say(intake.Close, cause="withdrawn")
        await self._rate()

    async def engineer(self) -> None:
        """Answers, at some bad moment or never; then settles it, perhaps more than once."""
        if self.random.random() < 0.15:
            return
        await self._await_moment()
        await self.do(
            intake.GiveInitialResponse,
            message_id=self._id(),
            states=self.random.choice(("plan", "resolution")),
            body="So.",
        )
        for _ in range(self.random.randint(0, 2)):
            await self.desk._pause(8)
            await self.do(intake.Resolve, resolution="It is repaired.")
            await self.desk._pause(4)
            await self.do(intake.Close, cause="resolved")
            await self.desk._pause(8)
            await self._rate()
            if self.random.random() < 0.6:
                await self.say(intake.Reopen, reason="It is not.")

    async def meddler(self) -> None:
        """Assesses anew, asks back, assigns, takes escalations on."""
        for _ in range(self.random.randint(0, 5)):
            await self.desk._pause(10)
            match self.random.randrange(5):
                case 0:
                    await self.do(intake.RequestInformation, missing=("product_version",), reason="Which?")
                    await self.desk._pause(4)
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
                    stream = f"escalation-{self.ticket}-response"
                    await self.desk.ask("escalation", stream, AcknowledgeEscalation(by="engineer"))

    async def _await_moment(self) -> None:
        """A moment around the deadline as it was at first."""
        facts = self.desk.facts(self.ticket)
        begun = next(
            (f for f in facts if isinstance(f.event, InformationCompleted) or _complete(f.event)),
            facts[0] if facts else None,
        )
        if begun is None or self.random.random() < 0.3:
            await self.desk._pause(30)
            return
        due = deadline(begun.event.severity, begun.event.tier, begun.event.calendar, begun.happened_at)
        off = self.random.choice((-3600, -60, -0.000001, 0, 0, 0.000001, 60, 3600, 4 * 3600))
        await self.desk._until(due + timedelta(seconds=off))

    async def _rate(self) -> None:
        closings = sum(isinstance(fact.event, Closed) for fact in self.desk.facts(self.ticket))
        if closings and self.random.random() < 0.7:
            survey = uuid5(self.ticket, f"survey {closings}")
            rating = self.random.randint(1, 5)
            answer = AnswerSurvey(survey_id=survey, rating=rating, comment=self.random.choice((None, "Thanks.")))
            await self.desk.ask("feedback", survey_stream(self.ticket, closings), answer, "requester")

    def _id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128))


def _complete(event: Any) -> bool:
    return isinstance(event, TicketOpened) and not event.missing


def done(answers: Sequence[tuple[Work, Result]]) -> list[tuple[Work, Done]]:
    """The commands that were carried out, with their answers."""
    return [(work, result) for work, result in answers if isinstance(result, Done)]
