"""feedback's events, on `punctual.feedback.v1`: surveys (P16), and feedback with its acknowledgement (P17).

What follows if feedback is a complaint (P18-P22) is in `contracts.complaints`.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Literal
from uuid import UUID

from contracts.base import Instant, Personal, event
from contracts.names import FEEDBACK
from contracts.tickets import Kind as Kind
from contracts.tickets import Severity, Tier

TOPIC = FEEDBACK

Rating = Literal[1, 2, 3, 4, 5]

Channel = Literal["page", "portal", "email", "survey", "chat", "telephone", "letter"]
"""How feedback came, and so how it is acknowledged (P17)."""

PromiseName = Literal["acknowledgement", "update", "urgent"]
"""What is promised about feedback: a person's acknowledgement (P17); an update or the outcome (P19); a person's answer
to an urgent complaint (P22)."""

CustomerLetter = Literal[
    "feedback-received",
    "feedback-acknowledged",
    "feedback-question",
    "feedback-reclassified",
    "complaint-delayed",
    "complaint-outcome",
    "complaint-disputed",
    "complaint-decided",
    "complaint-withdrawn",
    "complaint-final",
    "complaint-urgent",
]
"""The letters to whoever gave feedback, by their templates."""

Deadline = PromiseName | Literal["silence", "marking"]
"""The promises, and what ends by itself: the silence after which an outcome counts as accepted (P20), and the time in
which free words after it are marked (P21)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The deadlines of the policy that was in force at the receipt; they hold for this feedback for good.

    `calendar`: by whose working days and hours. `acknowledge_working_days`: until the acknowledgement (P17);
    `review_days`: until the first update (P19); `urgent`: support time until an urgent complaint is answered (P22);
    `silence_days`: after the outcome, until silence counts as settled (P20), and after a question, until the outcome
    may rest on what is known; `ahead_days`: how far ahead an update may be promised, at most (P19); `marking_working_
    days`: until free words after the outcome are marked, or else are a dispute (P21).
    """

    policy: str
    calendar: str
    acknowledge_working_days: int
    review_days: int
    urgent: timedelta
    silence_days: int
    ahead_days: int
    marking_working_days: int


@event("survey.issued")
class SurveyIssued:
    """A ticket was closed, and its requester is asked to rate the support (P16). `email`: of the requester (None on
    older events, or if it was erased). `language`, `zone`: of the account at that instant, as on TicketOpened.

    `closed_at`: when; then the ticket had `severity`, `tier`, and was assigned to `engineer` (None on older events; the
    engineer also if it was assigned to nobody). `answer_until`: when the time for a first answer is over (None on older
    events: 90 days after this). `remind_at`: when the requester is reminded, once, if nothing has come by then; None:
    never. `machine`: a machine's mail opened the ticket, and no person has written since, so the survey waits in the
    portal and no mail goes out.
    """

    ticket_id: UUID
    survey_id: UUID
    account_id: UUID
    subject_id: UUID
    number: str
    closing: int
    email: Personal | None = None
    closed_at: Instant | None = None
    severity: Severity | None = None
    tier: Tier | None = None
    engineer: str | None = None
    language: str | None = None
    zone: str | None = None
    answer_until: Instant | None = None
    remind_at: Instant | None = None
    machine: bool = False


@event("survey.answered")
class SurveyAnswered:
    """The requester rated the support, 1 (poor) to 5 (excellent). A later answer replaces an earlier one.

    `change_until`: until when (None on older events: 14 days after the first answer).
    """

    ticket_id: UUID
    survey_id: UUID
    subject_id: UUID
    rating: Rating
    comment: Personal | None = None
    change_until: Instant | None = None


@event("survey.reminder-due")
class SurveyReminderDue:
    """Nobody has answered by `remind_at`, and nothing speaks against it: the requester is reminded, if the mail with
    the survey had been sent. The other fields are those of SurveyIssued."""

    ticket_id: UUID
    survey_id: UUID
    subject_id: UUID
    number: str
    closing: int
    answer_until: Instant


@event("survey.overtaken")
class SurveyOvertaken:
    """The ticket was reopened after this closing, or a complaint is open when the reminder is due: the requester is not
    reminded, nor asked if the mail hasn't left. The link stays good."""

    ticket_id: UUID
    survey_id: UUID
    cause: Literal["reopened", "complaint"]


@event("survey.delivered")
class SurveyDelivered:
    """The mail with the survey was sent."""

    ticket_id: UUID
    survey_id: UUID


@event("feedback.received")
class FeedbackReceived:
    """Somebody said what they think of the support (P17): an acknowledgement is owed, if there is an `email` for it.

    `feedback_id`: also the complaint's, if it is one. `proposed`: what the customer says it is; staff may set another
    kind. `about`: a ticket, with its number `about_number`; without `about`, that is a number which somebody unknown
    named, unchecked. `survey_id`: in whose comment it was said. `received_at`: of mails, when the mail door recorded
    it; of telephone calls and letters, if that was before staff entered it; None: the instant at which this was
    recorded. `split_from`: the feedback from which these words were split off. `account_id` None: the customer is
    unknown to us. `language`, `zone`: of the account, or the vendor's. `mail`: the Message-ID of the mail that it came
    by; `machine`: a machine sent that. `marked`: the message on the ticket `about` that staff marked as feedback, or
    that ticket, for its opening words.
    """

    feedback_id: UUID
    number: str
    channel: Channel
    account_id: UUID | None
    subject_id: UUID
    text: Personal
    terms: Terms
    email: Personal | None = None
    proposed: Kind | None = None
    about: UUID | None = None
    about_number: str | None = None
    survey_id: UUID | None = None
    received_at: Instant | None = None
    split_from: UUID | None = None
    language: str = "en"
    zone: str | None = None
    mail: Personal | None = None
    marked: UUID | None = None
    machine: bool = False


@event("feedback.classified")
class FeedbackClassified:
    """It is of this kind from now on. `cause`: staff set it; the customer asked for it; or nobody had said what it is
    when its acknowledgement fell due, so that it is a complaint. `reason`: of staff, who correct it."""

    feedback_id: UUID
    subject_id: UUID
    kind: Kind
    cause: Literal["staff", "customer", "deadline"]
    reason: Personal | None = None


@event("feedback.acknowledged")
class FeedbackAcknowledged:
    """A person acknowledged it, in these words (P17). They are sent to the customer unless `noted`: staff say that they
    were spoken on the telephone or written in a letter."""

    feedback_id: UUID
    subject_id: UUID
    text: Personal
    noted: bool = False


@event("feedback.added-to")
class FeedbackAddedTo:
    """The customer said more. `answers`: the last question of staff; `mail`: the Message-ID of the mail it came by.

    `final`: the CEO has decided already, so the words are kept, and change nothing; staff read whether they say
    something new. `urgent`: in them the customer asks for an urgent resolution all the same. `offers`: as what they
    clearly read after an outcome; staff say whether they are that. `machine`: a machine sent the mail. `colleague`:
    somebody else of the customer's account wrote it, who disputes nothing.
    """

    feedback_id: UUID
    subject_id: UUID
    message_id: UUID
    channel: Channel
    text: Personal
    answers: bool = False
    final: bool = False
    urgent: bool = False
    mail: Personal | None = None
    offers: Literal["dispute"] | None = None
    machine: bool = False
    colleague: bool = False


@event("feedback.undelivered")
class LetterUndelivered:
    """A letter to the customer reached nobody: the mail server refused it, or there is no address (`reason`). A person
    has to tell them by another way. Silence settles no outcome that the customer has not been told."""

    feedback_id: UUID
    number: str
    notification_id: UUID
    letter: CustomerLetter
    reason: str


@event("feedback.told")
class CustomerTold:
    """Staff told the customer by telephone or letter what these undelivered letters say, in these words. If that was
    the outcome, the silence that settles it begins now; if it was a question, so does the time to answer it."""

    feedback_id: UUID
    subject_id: UUID
    channel: Literal["telephone", "letter"]
    text: Personal
    letters: tuple[CustomerLetter, ...]


@event("feedback.split-off")
class WordsSplitOff:
    """A message of the customer is about another matter, which goes on as the feedback `into`.

    `into_number`: its own number. `reason`: of staff, who say what is new.
    """

    feedback_id: UUID
    subject_id: UUID
    message_id: UUID
    into: UUID
    into_number: str
    reason: Personal


@event("feedback.scheduled")
class DeadlineScheduled:
    """sla-timer has worked out when a deadline is. `alarm`, `set_by`: the alarm, and the event that set it.

    `remind_at`: when the Support Manager is reminded, before it comes.
    """

    feedback_id: UUID
    number: str
    deadline: Deadline
    alarm: str
    due_at: Instant
    set_by: UUID
    remind_at: tuple[Instant, ...] = ()


@event("feedback.reminded")
class AcknowledgementReminded:
    """The acknowledgement is due at `due_at`, and nobody has given it: the Support Manager is told."""

    feedback_id: UUID
    number: str
    alarm: str
    due_at: Instant


@event("feedback.judged")
class PromiseJudged:
    """The verdict on a promise. `at`: when it was kept or cancelled; of a broken one, `due_at`, or the later correction
    that put the deadline into the past (`reclassified`).

    Of an update, `renewals`: how often its time had been promised anew; `missed`: how many in a row were broken, this
    one included.
    """

    feedback_id: UUID
    number: str
    promise: PromiseName
    alarm: str
    outcome: Literal["kept", "broken", "cancelled"]
    due_at: Instant
    at: Instant
    reclassified: bool = False
    renewals: int = 0
    missed: int = 0


SurveyEvent = SurveyIssued | SurveyAnswered | SurveyReminderDue | SurveyOvertaken | SurveyDelivered
AcknowledgementEvent = (
    FeedbackReceived
    | FeedbackClassified
    | FeedbackAcknowledged
    | FeedbackAddedTo
    | LetterUndelivered
    | CustomerTold
    | WordsSplitOff
    | DeadlineScheduled
    | AcknowledgementReminded
    | PromiseJudged
)
