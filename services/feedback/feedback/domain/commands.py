"""The commands of a survey and of feedback. `by`: the role of whoever gives it."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal
from uuid import UUID

from contracts.complaints import Reviewer
from contracts.feedback import Channel, CustomerLetter, Kind, Terms
from contracts.roles import Role
from contracts.sla import AlarmCancelled, AlarmRang, AlarmSet
from contracts.tickets import Severity, Tier
from feedback.domain.policy import Policies


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueSurvey:
    """A ticket was closed for the `closing`th time, at `closed_at`: ask its requester.

    `machine`: only in the portal, since a machine's mail opened the ticket and no person has written since.
    """

    ticket_id: UUID
    survey_id: UUID
    account_id: UUID
    subject_id: UUID
    number: str
    closing: int
    closed_at: datetime
    policies: Policies = field(repr=False)
    email: str | None = None
    severity: Severity | None = None
    tier: Tier | None = None
    engineer: str | None = None
    language: str | None = None
    zone: str | None = None
    machine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSurvey:
    """The requester, or the holder of the survey's signed link, rates the support, 1 (poor) to 5 (excellent).

    `now`: the instant at the door.
    """

    survey_id: UUID
    now: datetime
    rating: int
    comment: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OvertakeSurvey:
    """The ticket was reopened: its requester is to be asked no more about that closing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemindOfSurvey:
    """The instant of the reminder has come. `complaint_open`: about the ticket, or of its requester."""

    ticket_id: UUID
    closing: int
    complaint_open: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteDelivery:
    """The mail with the survey was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Marking:
    """Staff marked words on a ticket, a message or with the ticket's id its opening, and why. `kind`: what staff say
    these are; None: nothing yet."""

    message_id: UUID
    reason: str
    kind: Kind | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiveFeedback:
    """Somebody says what they think of the support. `received_at`: when, if staff enter it later than it came.

    `now`: the instant at the door. `marking`: that of staff, if they found the words on the ticket `about`. The other
    fields are those of FeedbackReceived.
    """

    by: Role
    now: datetime
    feedback_id: UUID
    number: str
    channel: Channel
    account_id: UUID | None
    subject_id: UUID
    text: str
    terms: Terms
    email: str | None = None
    proposed: Kind | None = None
    urgent: bool = False
    about: UUID | None = None
    about_number: str | None = None
    survey_id: UUID | None = None
    received_at: datetime | None = None
    split_from: UUID | None = None
    language: str = "en"
    zone: str | None = None
    mail: str | None = None
    marking: Marking | None = None
    machine: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Classify:
    """It is of this kind."""

    by: Role
    kind: Kind
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledge:
    """A person of the vendor answers. `kind`: of it, if nobody has said so. `noted`: it was spoken, or a letter."""

    by: Role
    text: str
    kind: Kind | None = None
    noted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AddWords:
    """The customer says more; or staff note that they did. `urgent`: they ask for an urgent resolution. `colleague`:
    somebody else of their account wrote it."""

    by: Role
    complainant: bool
    message_id: UUID
    channel: Channel
    text: str
    mail: str | None = None
    urgent: bool = False
    machine: bool = False
    colleague: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class HearMore:
    """More words of somebody on the customer's side, by whatever door, and perhaps what they ask for with them.

    `complains`: they say that it is a complaint; `urgent`: they need an urgent resolution (P22). `begins`: what it is
    if the mail that it follows never came to be feedback.
    """

    words: AddWords
    complains: bool = False
    urgent: bool = False
    begins: ReceiveFeedback | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SplitOff:
    """A message of the customer is about another matter, which becomes the feedback `into`. `reason`: what is new."""

    by: Role
    message_id: UUID
    into: UUID
    into_number: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinComplaint:
    """The `other` complaint is about the same matter: there is one review of both. Its stream gets the same command.

    `leads`: the reviewer is called about this one.
    """

    by: Role
    other: UUID
    other_number: str
    other_reviewer: Reviewer
    leads: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class AskInformation:
    """Staff ask the customer a question."""

    by: Role
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteTold:
    """Staff told the customer by telephone or letter what letters that reached nobody say: these, or all (None)."""

    by: Role
    channel: Literal["telephone", "letter"]
    text: str
    letters: tuple[CustomerLetter, ...] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteReview:
    """Staff note something about the review, for staff only."""

    by: Role
    note_id: UUID
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NameReviewer:
    """The complaint is about the VP: somebody else reviews it."""

    by: Role
    reviewer: Reviewer
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveUpdate:
    """What delays the review, what is needed, and when the customer hears next: at an instant, or on a date."""

    by: Role
    now: datetime
    delays: str
    needs: str
    next_at: datetime | date
    policies: Policies = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveOutcome:
    """What the review found, and the resolution, or the measures against a recurrence."""

    by: Role
    now: datetime
    found: str
    policies: Policies = field(repr=False)
    resolution: str | None = None
    measures: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptOutcome:
    """The customer accepts the outcome, or staff note that they do."""

    by: Role
    complainant: bool
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeOutcome:
    """The customer does not accept the outcome, or staff note so."""

    by: Role
    complainant: bool
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkWords:
    """What free words after the outcome mean."""

    by: Role
    message_id: UUID
    meaning: Literal["accepted", "disputed", "neither"]


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideComplaint:
    """The CEO decides."""

    by: Role
    decision: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawComplaint:
    """The customer takes the complaint back. `message_id`: for staff who note it, of the words that say so."""

    by: Role
    complainant: bool
    message_id: UUID | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MakeUrgent:
    """The customer needs an urgent resolution."""

    by: Role
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HearAlarm:
    """What sla-timer says of an alarm of this stream."""

    event: AlarmSet | AlarmRang | AlarmCancelled
    policies: Policies = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteUndelivered:
    """A letter to the customer reached nobody, for that `reason`."""

    notification_id: UUID
    letter: CustomerLetter
    reason: str


SurveyCommand = IssueSurvey | AnswerSurvey | OvertakeSurvey | RemindOfSurvey | NoteDelivery
Step = (
    Classify
    | Acknowledge
    | AddWords
    | SplitOff
    | JoinComplaint
    | AskInformation
    | NoteTold
    | NoteReview
    | NameReviewer
    | GiveUpdate
    | GiveOutcome
    | AcceptOutcome
    | DisputeOutcome
    | MarkWords
    | DecideComplaint
    | WithdrawComplaint
    | MakeUrgent
)
FeedbackCommand = ReceiveFeedback | HearMore | Step | HearAlarm | NoteUndelivered
Command = SurveyCommand | FeedbackCommand
