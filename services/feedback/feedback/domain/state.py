"""The situations of a survey and of feedback, with what is needed to decide."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from contracts.addresses import same_address
from contracts.alarms import Alarm
from contracts.base import ERASED
from contracts.complaints import Reviewer
from contracts.feedback import Channel, CustomerLetter, Kind, PromiseName, Rating, Terms
from contracts.promises import Promise

Stage = Literal["none", "review", "outcome", "arbitration", "settled", "decided", "withdrawn"]
"""How far a complaint has come. `none`: the feedback is no complaint; `outcome`: it was given, and the customer may
accept or dispute it; `settled`: accepted, or the customer was silent."""
OPEN_STAGES: tuple[Stage, ...] = ("review", "outcome", "arbitration")
"""While a complaint goes on."""
ENDED_STAGES: tuple[Stage, ...] = ("settled", "decided", "withdrawn")
"""When it is over, unless a settled one is disputed after all."""


@dataclass(frozen=True, slots=True)
class Nothing:
    """Nobody has been asked, or nothing was said."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Issued:
    """The requester has been asked. `delivered`: the mail was sent. The other fields are those of SurveyIssued.

    `answer_until` is None only within the transaction that records a survey without one. `remind_at`: None, too, once
    that instant has come. `overtaken`: nothing is to be mailed any more.
    """

    ticket_id: UUID
    survey_id: UUID
    subject_id: UUID
    account_id: UUID
    number: str
    closing: int
    email: str | None
    delivered: bool = False
    language: str | None = None
    zone: str | None = None
    answer_until: datetime | None = None
    remind_at: datetime | None = None
    overtaken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """The requester has answered; the last answer counts. `change_until`: None only as `answer_until` is."""

    asked: Issued
    rating: Rating
    comment: str | None
    change_until: datetime | None = None

    @property
    def ticket_id(self) -> UUID:
        """Of the ticket that was closed."""
        return self.asked.ticket_id

    @property
    def survey_id(self) -> UUID:
        """Of the survey."""
        return self.asked.survey_id

    @property
    def subject_id(self) -> UUID:
        """Of the requester."""
        return self.asked.subject_id


Timer = Literal["reminder", "silence", "marking"]
"""What follows by itself, unless it is stopped: the Support Manager is reminded of the acknowledgement; the customer's
silence after the outcome counts as settled; free words after it count as a dispute."""


@dataclass(frozen=True, slots=True)
class Running:
    """A timer that runs. `due_at`: when it rings, once sla-timer has said so."""

    timer: Timer
    alarm: Alarm
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Question:
    """Staff asked for information, and no answer has come. `at` is None only within the transaction that records it."""

    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What a customer said of the support, and how far we have come with it.

    `email`: where it is acknowledged; None: nothing is owed. `received_at`: as staff stated it, or when it was recorded
    (None only within the transaction that records it). `kind`: as the customer proposed; or, if `by_staff`, as staff
    set it. `promises`: those without a verdict, by name, the latest of a name last. `alarms_set`: how many alarms were
    asked for. `urgent`: it is urgent, and no person has answered since; `urgent_to`: who was called about it last.
    `messages`: what the customer said later, without what was split off; `unmarked`: those after the outcome that the
    reviewer has not marked. `joined`: other complaints about the same matter, which share the review. `renewals`: how
    often the promised time of the update was renewed; `missed`: how often in a row it was missed. `overdue`: what was
    promised until then, was broken, and a person still has to do. `undelivered`: the notifications that reached nobody;
    `untold`: the letters among them that nobody has told the customer by another way since. `echoes`: how many of the
    latest events only say when something is due, or that it was done in time. `language`, `zone`: in which the customer
    reads.
    """

    feedback_id: UUID
    number: str
    channel: Channel
    account_id: UUID | None
    subject_id: UUID
    email: str | None
    terms: Terms
    received_at: datetime | None
    kind: Kind | None
    by_staff: bool = False
    stage: Stage = "none"
    acknowledged: bool = False
    promises: tuple[tuple[PromiseName, Promise], ...] = ()
    timers: tuple[Running, ...] = ()
    alarms_set: int = 0
    reviewer: Reviewer = "vp"
    question: Question | None = None
    urgent: bool = False
    urgent_to: Literal["vp", "ceo"] = "vp"
    messages: frozenset[UUID] = frozenset()
    unmarked: frozenset[UUID] = frozenset()
    joined: frozenset[UUID] = frozenset()
    renewals: int = 0
    missed: int = 0
    overdue: tuple[tuple[PromiseName, datetime], ...] = ()
    undelivered: frozenset[UUID] = frozenset()
    untold: frozenset[CustomerLetter] = frozenset()
    echoes: int = 0
    language: str | None = None
    zone: str | None = None

    def is_on_its_side(self, account_id: UUID | None, email: str) -> bool:
        """Whether who writes is the customer, or somebody of their account; nobody is, once the customer was erased."""
        if self.email == ERASED:
            return False
        if account_id is not None and account_id == self.account_id:
            return True
        return same_address(email, self.email)

    def takes_in(self, *, complains: bool) -> bool:
        """Whether more words of the same person about the same ticket are part of this complaint.

        All are while it is open; once the CEO has decided, those that complain again, and those that say nothing of
        their kind, for they would become a complaint (P21).
        """
        return self.stage in OPEN_STAGES or (self.stage == "decided" and complains)

    @property
    def urgent_goes_to(self) -> Literal["vp", "ceo"]:
        """Who answers if it is urgent: the VP; the CEO during arbitration, or if it is about the VP (P22)."""
        return "vp" if self.stage != "arbitration" and self.reviewer == "vp" else "ceo"

    def owes(self, name: PromiseName) -> bool:
        """Whether the promise is open: neither kept nor cancelled nor broken."""
        return any(each == name and promise.alarms for each, promise in self.promises)

    def runs(self, timer: Timer) -> bool:
        """Whether the timer runs."""
        return any(running.timer == timer for running in self.timers)


Survey = Nothing | Issued | Answered
State = Survey | Feedback
INITIAL: State = Nothing()
