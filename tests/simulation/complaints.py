"""Whoever says what they think of the support, and staff who take steps at bad moments, in any order, some twice."""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from typing import TYPE_CHECKING, Any, get_args
from uuid import UUID

from contracts.complaints import ComplaintDecided, OutcomeDisputed, OutcomeGiven, Reviewer, ReviewOpened
from contracts.envelope import Fact
from contracts.feedback import Channel, DeadlineScheduled, FeedbackAddedTo, Kind, Terms
from contracts.roles import Role
from escalation.domain.commands import AcknowledgeEscalation
from feedback.domain import commands
from feedback.domain.policy import UNHEARD, Policies
from feedback.react import feedback_stream
from kit.store.rows import fact_of

if TYPE_CHECKING:
    from tests.simulation.scenario import Desk

CALLS = ("review", "urgent", "update", "arbitration")
OFFSETS_SECONDS = (-3600.0, -60.0, -0.000001, 0.0, 0.0, 0.000001, 60.0, 3600.0)
"""From a deadline to the step that somebody takes."""


@dataclass
class Complaint:
    """One piece of feedback, perhaps a complaint, with all who have to do with it."""

    desk: "Desk"
    number: int
    feedback_id: UUID = field(init=False)
    email: str | None = field(init=False, default=None)
    account: UUID | None = field(init=False, default=None)

    def __post_init__(self) -> None:
        self.feedback_id = self.desk.id_of(self.random)

    @property
    def random(self) -> Random:
        """Chance."""
        return self.desk.opinions

    @property
    def stream(self) -> str:
        """Its stream."""
        return feedback_stream(self.feedback_id)

    @property
    def facts(self) -> list[Fact]:
        """What feedback has recorded of it."""
        store = self.desk.world.stores["feedback"]
        return [fact_of(store.topic, row) for row in store.tables.streams.get(self.stream, [])]

    @property
    def policies(self) -> Policies:
        """Those by which a door judges."""
        doors = (
            one.host.book.current for one in self.desk.world.processes if one.service.name == "feedback" and one.up
        )
        return next(doors, UNHEARD)

    def is_of(self, sender: str) -> bool:
        """Whether a mail comes from its customer's side."""
        return sender == self.email or (self.account is not None and self.account == self.desk.account_of(sender))

    async def runs(self) -> None:
        """It is said; then everybody does something."""
        await asyncio.sleep(self.random.random() * 5)
        await self._say()
        async with asyncio.TaskGroup() as people:
            people.create_task(self._customer())
            people.create_task(self._staff())
            people.create_task(self._called())

    async def _say(self) -> None:
        now = self._now()
        spoken = self.random.random() < 0.2
        command = commands.ReceiveFeedback(
            by="engineer" if spoken else "requester",
            now=now,
            feedback_id=self.feedback_id,
            number=f"F-{self.number}",
            channel="telephone" if spoken else self.random.choice(get_args(Channel)),
            account_id=self.random.choice((None, *self.desk.accounts)),
            subject_id=self.feedback_id,
            text="Nobody answers.",
            terms=self._terms(),
            email=self.random.choice((None, "ann@customer0.example", "ann@customer0.example", "bob@elsewhere.example")),
            proposed=self.random.choice((None, "praise", "criticism", "complaint", "complaint", "complaint")),
            urgent=self.random.random() < 0.2,
            received_at=now - timedelta(hours=self.random.randint(0, 90)) if spoken else None,
        )
        self.email, self.account = command.email, command.account_id
        await self._ask(command, command.by)

    def _terms(self) -> Terms:
        """Those in force, or shorter ones, so that more of the deadlines come while somebody looks."""
        terms = self.policies.terms
        if self.random.random() < 0.3:
            return terms
        return replace(
            terms,
            acknowledge_working_days=1,
            review_days=self.random.randint(1, 2),
            silence_days=1,
            marking_working_days=1,
        )

    async def _customer(self) -> None:
        for _ in range(self.random.randint(0, 7)):
            await self._moment()
            await self._ask(self._customers_step(), "requester")

    def _customers_step(self) -> Any:
        own: dict[str, Any] = {"by": "requester", "complainant": True}
        if self._last(OutcomeGiven, OutcomeDisputed, ComplaintDecided) is OutcomeGiven and self.random.random() < 0.5:
            return commands.DisputeOutcome(**own, text="That is no excuse.")
        match self.random.randrange(8):
            case 0:
                return commands.MakeUrgent(by="requester", text="It can't wait.")
            case 1:
                return commands.WithdrawComplaint(**own)
            case 2:
                return commands.AcceptOutcome(**own, text="So be it.")
            case 3 | 4:
                return commands.DisputeOutcome(**own)
            case _:
                return commands.AddWords(**own, message_id=self._id(), channel="email", text="And?")

    async def _staff(self) -> None:
        if self.random.random() < 0.2:
            return
        for _ in range(self.random.randint(3, 14)):
            await self._moment()
            role, command = self._staffs_step()
            await self._ask(command, role)

    def _staffs_step(self) -> tuple[Role, Any]:
        text = "We look into it."
        if self.random.random() < 0.3:
            match self._last(ReviewOpened, OutcomeGiven, OutcomeDisputed, ComplaintDecided):
                case kind if kind is ReviewOpened:
                    return "vp", self._outcome("vp")
                case kind if kind is OutcomeDisputed:
                    return "ceo", commands.DecideComplaint(by="ceo", decision="We pay.")
                case _:
                    return "support-manager", self._update()
        if self.random.random() < 0.1:
            channel: Any = self.random.choice(("telephone", "letter"))
            return "engineer", commands.NoteTold(by="engineer", channel=channel, text="So it is.")
        match self.random.randrange(12):
            case 0 | 1:
                kind = self.random.choice((None, *get_args(Kind)))
                return "engineer", commands.Acknowledge(by="engineer", text=text, kind=kind, noted=True)
            case 2:
                kind = self.random.choice(get_args(Kind))
                return "vp", commands.Classify(by="vp", kind=kind, reason="It is.")
            case 3:
                return "engineer", commands.AskInformation(by="engineer", question="When?")
            case 4:
                reviewer = self.random.choice(get_args(Reviewer))
                return "ceo", commands.NameReviewer(by="ceo", reviewer=reviewer, reason="It is about the VP.")
            case 5 | 6:
                return "support-manager", self._update()
            case 7 | 8:
                by: Role = self.random.choice(("vp", "vp", "support-manager"))
                return by, self._outcome(by)
            case 9:
                said = [fact.event.message_id for fact in self.facts if isinstance(fact.event, FeedbackAddedTo)]
                meaning: Any = self.random.choice(("accepted", "disputed", "neither"))
                message_id = self.random.choice(said) if said else self._id()
                return "vp", commands.MarkWords(by="vp", message_id=message_id, meaning=meaning)
            case 10:
                return "ceo", commands.DecideComplaint(by="ceo", decision="We pay.")
            case _:
                return "engineer", commands.NoteReview(by="engineer", note_id=self._id(), text="Hm.")

    def _last(self, *kinds: type[Any]) -> type[Any] | None:
        """What of these happened last."""
        return next((type(one.event) for one in reversed(self.facts) if isinstance(one.event, kinds)), None)

    def _outcome(self, by: Role) -> commands.GiveOutcome:
        return commands.GiveOutcome(
            by=by, now=self._now(), found="It was forgotten.", measures="A list.", policies=self.policies
        )

    def _update(self) -> commands.GiveUpdate:
        now = self._now()
        ahead = timedelta(hours=self.random.randint(-2, 40))
        at: Any = now + ahead if self.random.random() < 0.7 else (now + ahead).date()
        return commands.GiveUpdate(
            by="support-manager", now=now, delays="Logs.", needs="Nothing.", next_at=at, policies=self.policies
        )

    async def _called(self) -> None:
        """Somebody takes a call on, or doesn't."""
        for _ in range(self.random.randint(0, 3)):
            await self._pause(20)
            name = self.random.choice(CALLS)
            by: Role = self.random.choice(("vp", "ceo", "support-manager"))
            stream = f"escalation-{self.feedback_id}-{name}"
            await self._ask(AcknowledgeEscalation(by=by), by, "escalation", stream)

    async def _moment(self) -> None:
        """A moment around one of its deadlines, or any."""
        scheduled = [fact.event for fact in self.facts if isinstance(fact.event, DeadlineScheduled)]
        ahead = [one.due_at for one in scheduled if one.due_at > self._now()]
        if ahead and self.random.random() < 0.5:
            soon = min(ahead)
            if soon - self._now() < timedelta(days=3):
                await self.desk.until(soon + timedelta(seconds=self.random.choice(OFFSETS_SECONDS)))
                return
        await self._pause(16)

    async def _pause(self, hours: float) -> None:
        await self.desk.pause_by(self.random, hours)

    def _now(self) -> datetime:
        return self.desk.world.right.now()

    def _id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128))

    async def _ask(self, command: Any, role: str, service: str = "feedback", stream: str | None = None) -> None:
        await self.desk.ask(service, stream or self.stream, command, role, self.random)
