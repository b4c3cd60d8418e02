"""A few days of a desk: some accounts, a handful of tickets, and people who do what people do, at bad moments."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from tests.simulation.arithmetic import ALWAYS, EVENINGS, OFFICE
from tests.simulation.complaints import Complaint
from tests.simulation.equals.mailroom import MAILROOM
from tests.simulation.equals.outbox import OUTBOX
from tests.simulation.equals.series import in_memory
from tests.simulation.erasure import Erasures
from tests.simulation.feedback_mails import MailedComplaint, Writers
from tests.simulation.mail_door import MailDoor
from tests.simulation.mail_server import MailServer
from tests.simulation.marking import Marker
from tests.simulation.people import Person
from tests.simulation.poison import Releases
from tests.simulation.policies import Administrator

from contracts.causes import REQUEST, Cause
from contracts.envelope import Fact, Meta
from contracts.names import shard_of
from feedback.numbers import FEEDBACK_NUMBERS
from intake.domain import commands as intake
from intake.domain.policy import SHIPPED, Policy
from kit.log.request import CommandRequest, Done, Result
from kit.process.wiring import Timings
from kit.simulate.faults import Faults
from kit.simulate.troubled import TroubledWorld
from kit.simulate.world import Setting
from kit.store.rows import fact_of

DAY = 86_400
SPEED = DAY / 5.0
"""A day takes five of the loop's seconds."""
DAYS = 4
OPINIONATED = 0.4
"""The share of runs in which somebody says what they think of the support."""
WRITING = 0.25
"""The share of runs in which somebody says so by mail, and people answer letters about feedback."""
MARKING = 0.25
"""The share of runs in which staff mark what is said on tickets as feedback."""
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
        timings=Timings(
            beat=random.choice((0.1, 0.2, 0.4)),
            grace=random.choice((0.5, 1.0, 6.0)),
            parked_grace=random.choice((1.0, 30.0)),
            idle=1.0,
            lease=1.2,
            renew=0.3,
            lost=1.5,
        ),
        replicas={name: random.choice((1, 1, 1, 2)) for name in services},
        statements={"notifier": OUTBOX, "intake": MAILROOM, "feedback": in_memory(FEEDBACK_NUMBERS)},
    )


@dataclass
class Desk:
    """The people. `answers`: what they were told, by command. `more`: chance of what only some runs have."""

    world: TroubledWorld
    random: Random
    more: Random
    words: Random
    fields: Random
    opinions: Random
    writing: Random
    marking: Random
    machines: Random
    programs: Random
    answers: list[tuple[CommandRequest, Result]] = field(init=False, default_factory=list)
    accounts: list[UUID] = field(init=False, default_factory=list)
    tickets: list[UUID] = field(init=False, default_factory=list)
    complaints: list[Complaint] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        if self.opinions.random() < OPINIONATED:
            self.complaints = [Complaint(self, n) for n in range(self.opinions.randint(1, 3))]
        self.writes = self.writing.random() < WRITING
        self.marks = self.marking.random() < MARKING
        if self.writes:
            self.complaints += [MailedComplaint(self, n) for n in range(self.writing.randint(1, 2))]
        self.server, self.door = MailServer(self.world, self.random), MailDoor(self.world, self.random)
        self.thorough = self.more.random() < 0.5
        self.careless = self.words.random() < 0.4
        self.administrator = Administrator(self.world, self.random, self.fields, more=self.thorough)
        self.releases, self.erasures = Releases(self.world, self.random), Erasures(self.world, self.random)
        self.world.waiting += [self.server.waiting, self.door.waiting, self.releases.waiting]
        self.world.waiting.append(self.administrator.waiting)
        self.world.own["notifier"] = {"connections": 2, "attempts": self.random.choice((3, 20))}

    async def live(self) -> None:
        """All that customers and staff do, until they go home. Operators stay."""
        for _ in range(2):
            self.world.run(self.releases.operate())
        self.world.run(self.door.see_to_mails())
        for _ in range(2):
            self.accounts.append(self._id())
        async with asyncio.TaskGroup() as people:
            for account in self.accounts:
                people.create_task(self._account(account))
        async with asyncio.TaskGroup() as people:
            people.create_task(self.administrator.change(DAYS * 5.0))
            people.create_task(self.administrator.change_anything(DAYS * 5.0))
            people.create_task(self.erasures.happen(DAYS * 5.0))
            for account in self.accounts:
                people.create_task(self._licensing(account))
            for number in range(self.random.randint(2, 5)):
                people.create_task(self._ticket(number))
            for complaint in self.complaints:
                people.create_task(complaint.runs())
                if self.writes:
                    people.create_task(Writers(complaint).write())

    @property
    def policy(self) -> Policy:
        """The one by which a door judges."""
        doors = (one.host.book.current for one in self.world.processes if one.service.name == "intake" and one.up)
        return next(doors, SHIPPED)

    def _id(self) -> UUID:
        return self.id_of(self.random)

    def id_of(self, random: Random) -> UUID:
        """An id in one of the lanes."""
        while True:
            drawn = UUID(int=random.getrandbits(128))
            if shard_of(drawn) in self.world.setting.lanes:
                return drawn

    async def ask(
        self, service: str, stream: str, command: Any, role: str = "engineer", random: Random | None = None
    ) -> Result:
        """Give a command, now and then twice."""
        random = random or self.random
        command_id = UUID(int=random.getrandbits(128))
        request = CommandRequest(
            command_id=command_id,
            stream=stream,
            command=command,
            meta=Meta(actor=f"some {role}", role=role, cause=Cause(REQUEST, str(command_id))),
        )
        tries = [self.world.perform(service, request) for _ in range(random.choice((1, 1, 1, 2)))]
        results = await asyncio.gather(*tries)
        self.answers += [(request, result) for result in results]
        return results[0]

    async def pause(self, hours: float) -> None:
        """Up to so many hours, often none at all."""
        await self.pause_by(self.random, hours)

    async def pause_by(self, random: Random, hours: float) -> None:
        """The same, by another chance."""
        await asyncio.sleep(random.choice((0.0, 1.0)) * random.random() * hours * 3600 / SPEED)

    async def until(self, instant: datetime) -> None:
        away = (instant - self.world.setting.epoch).total_seconds() / SPEED - self.world.loop.time()
        await asyncio.sleep(max(away, 0.0) + 1e-8)

    async def _account(self, account: UUID) -> None:
        command = intake.RegisterAccount(
            account_id=account,
            by="admin",
            name="A customer",
            tier=self.random.choice(TIERS),  # type: ignore[arg-type]
            calendar=self._agreed(self.random.choice((None, None, ALWAYS, OFFICE))),
            domains=(self._domain(account),),
        )
        await self.ask("intake", f"account-{account}", command, "admin")

    async def _licensing(self, account: UUID) -> None:
        for _ in range(self.random.choice((0, 0, 1, 2))):
            await self.pause(DAYS * 20)
            agreed = self.random.choice((None, intake.Agreed(None), intake.Agreed(ALWAYS)))
            agreed = agreed and intake.Agreed(self._agreed(agreed.calendar))
            tier: Any = self.random.choice(TIERS)
            language = intake.Reads("de" if tier in ("patrol", "enlist") else None)
            command = intake.ChangeAccount(account_id=account, by="admin", tier=tier, agreed=agreed, language=language)
            await self.ask("intake", f"account-{account}", command, "admin")

    async def _ticket(self, number: int) -> None:
        await asyncio.sleep(self.random.random() * DAYS * 0.6 * 5)
        account = self.random.choice(self.accounts)
        name = self.random.choice(("ann", "bob"))
        person = Person(self, self._id(), account, f"{name}@{self._domain(account)}")
        await person.open(number)
        self.tickets.append(person.ticket)
        async with asyncio.TaskGroup() as hands:
            hands.create_task(person.requester())
            hands.create_task(person.engineer())
            hands.create_task(person.meddler())
            hands.create_task(person.by_mail.fill_in())
            hands.create_task(person.by_mail.machine())
            hands.create_task(person.by_mail.server())
            if self.thorough:
                hands.create_task(person.correspondence())
            if self.marks:
                hands.create_task(Marker(person).marks())

    def _agreed(self, calendar: str | None) -> str | None:
        """That one or, in careless runs, a word that no policy knows, or a calendar that only some policies have."""
        return self.words.choice((calendar, "offce", EVENINGS)) if self.careless else calendar

    def _domain(self, account: UUID) -> str:
        return f"customer{self.accounts.index(account)}.example"

    def account_of(self, email: str) -> UUID | None:
        """Whose domain the address is of."""
        domains = {self._domain(account): account for account in self.accounts}
        return domains.get(email.rpartition("@")[2])

    def facts(self, ticket: UUID) -> list[Fact]:
        """What intake has recorded of a ticket."""
        store = self.world.stores["intake"]
        return [fact_of(store.topic, row) for row in store.tables.streams.get(f"ticket-{ticket}", [])]


def done(answers: Sequence[tuple[CommandRequest, Result]]) -> list[tuple[CommandRequest, Done]]:
    """The commands that were carried out, with their answers."""
    return [(request, result) for request, result in answers if isinstance(result, Done)]
