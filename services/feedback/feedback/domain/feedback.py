"""What follows from commands about feedback of any kind (P17), and from its deadlines."""

from datetime import datetime, timedelta

from contracts.base import ERASED
from contracts.complaints import MadeUrgent, OutcomeAccepted, ReviewOpened
from contracts.feedback import (
    AcknowledgementReminded,
    Channel,
    CustomerTold,
    DeadlineScheduled,
    FeedbackAcknowledged,
    FeedbackAddedTo,
    FeedbackClassified,
    FeedbackReceived,
    LetterUndelivered,
    PromiseJudged,
    WordsSplitOff,
)
from contracts.roles import CUSTOMERS, Roles
from contracts.sla import AlarmCancelled, AlarmRang, AlarmSet
from contracts.texts import required_text
from feedback.domain import complaint, deadlines
from feedback.domain.commands import (
    Acknowledge,
    AddWords,
    Classify,
    HearAlarm,
    NoteTold,
    NoteUndelivered,
    ReceiveFeedback,
    SplitOff,
)
from feedback.domain.events import Event
from feedback.domain.phrases import offered
from feedback.domain.refusals import (
    AddressKnown,
    AlreadyAcknowledged,
    KindNeeded,
    NothingOwed,
    NothingUntold,
    NotSpoken,
    OnlyReviewer,
    ReceiptTooEarly,
    ReceiptTooLate,
    UnknownMessage,
)
from feedback.domain.state import Feedback, Timer

SPOKEN: tuple[Channel, ...] = ("telephone", "letter")
"""What staff enter some time after it came."""
OLDEST_RECEIPT = timedelta(days=366)
"""A call or a letter may lie about for so long until it is entered."""


def receive(command: ReceiveFeedback) -> list[Event]:
    """It is on record; a complaint is under review at once (P18). What staff say of words that they marked is their
    correction, with their reason.

    Raises Blank, TooLong, ReceiptTooLate, ReceiptTooEarly, NotSpoken."""
    text = required_text(command.text, "text")
    _admit_receipt(command)
    received = FeedbackReceived(
        feedback_id=command.feedback_id,
        number=command.number,
        channel=command.channel,
        account_id=command.account_id,
        subject_id=command.subject_id,
        text=text,
        terms=command.terms,
        email=command.email,
        proposed="complaint" if command.urgent else command.proposed,
        about=command.about,
        about_number=command.about_number,
        survey_id=command.survey_id,
        received_at=command.received_at,
        split_from=command.split_from,
        language=command.language,
        zone=command.zone,
        mail=command.mail,
        marked=command.marking.message_id if command.marking else None,
        machine=command.machine,
    )
    events: list[Event] = [received, *_as_marked(command)]
    if "complaint" in (received.proposed, command.marking and command.marking.kind):
        opened = ReviewOpened(feedback_id=command.feedback_id, number=command.number, since=command.received_at)
        events.append(opened)
    if command.urgent:
        urgent = MadeUrgent(
            feedback_id=command.feedback_id,
            number=command.number,
            subject_id=command.subject_id,
            to="vp",
            text=text,
        )
        events.append(urgent)
    return events


def _as_marked(command: ReceiveFeedback) -> list[Event]:
    """What staff who marked the words say they are."""
    marking = command.marking
    if marking is None or marking.kind is None:
        return []
    return [
        FeedbackClassified(
            feedback_id=command.feedback_id,
            subject_id=command.subject_id,
            kind=marking.kind,
            cause="staff",
            reason=marking.reason,
        )
    ]


def _admit_receipt(command: ReceiveFeedback) -> None:
    """Whether it can have been received when that is said; staff say so of calls and letters."""
    at, now, field = command.received_at, command.now, "received_at"
    if at is None:
        return
    if at > now:
        raise ReceiptTooLate("Say when the call or the letter came.", field=field)
    if command.by in CUSTOMERS or command.split_from:
        return
    if command.channel not in SPOKEN:
        raise NotSpoken("Only of a call or a letter may you say that it came earlier; leave it out.", field=field)
    if now - at > OLDEST_RECEIPT:
        raise ReceiptTooEarly(f"At most {OLDEST_RECEIPT.days} days ago; look at the year.", field=field)


def classify(command: Classify, state: Feedback) -> list[Event]:
    """Staff say what it is. Raises OnlyReviewer for a complaint that is to be none."""
    if command.kind == state.kind and state.by_staff:
        return []
    if state.stage == "review" and command.kind != "complaint" and command.by not in _sets_aside(state):
        raise OnlyReviewer(
            f"Ask the {complaint.role_name(state.reviewer)} to say that it is no complaint.", field="kind"
        )
    classified = FeedbackClassified(
        feedback_id=state.feedback_id,
        subject_id=state.subject_id,
        kind=command.kind,
        cause="staff",
        reason=command.reason,
    )
    if command.kind == "complaint" and state.stage == "none":
        return [classified, complaint.opened(state)]
    return [classified]


def _sets_aside(state: Feedback) -> Roles:
    """Who says that a complaint is none: its reviewer, and never the VP whom it is about."""
    return frozenset({"vp"}) if state.reviewer == "vp" else frozenset({state.reviewer, "ceo"})


def acknowledge(command: Acknowledge, state: Feedback) -> list[Event]:
    """A person answers (P17), by the way that it came: what came by mail is not acknowledged by telephone, unless mails
    don't reach them. Raises NothingOwed, AddressKnown, AlreadyAcknowledged, KindNeeded."""
    if state.email is None and not command.noted:
        raise NothingOwed("They left no address: note what you told them, with `noted`.")
    if command.noted and not (state.email is None or state.channel in SPOKEN or state.untold):
        raise AddressKnown("Write to them: leave out `noted`, and your words go there.", field="noted")
    if state.acknowledged and not state.urgent:
        raise AlreadyAcknowledged("Write a question, an update or the outcome instead.")
    kind = command.kind or state.kind
    if kind is None:
        raise KindNeeded("Nobody has said so yet.", field="kind")
    named = classify(Classify(by=command.by, kind=kind, reason=command.text), state) if kind != state.kind else []
    acknowledged = FeedbackAcknowledged(
        feedback_id=state.feedback_id, subject_id=state.subject_id, text=command.text, noted=command.noted
    )
    return [*named, acknowledged]


def add(command: AddWords, state: Feedback) -> list[Event]:
    """The customer says more: part of the same feedback, without a new deadline."""
    may_dispute = state.stage in ("outcome", "settled") and not command.colleague
    return [
        FeedbackAddedTo(
            feedback_id=state.feedback_id,
            subject_id=state.subject_id,
            message_id=command.message_id,
            channel=command.channel,
            text=command.text,
            answers=state.question is not None,
            final=state.stage == "decided",
            urgent=state.stage == "decided" and command.urgent,
            mail=command.mail,
            offers=offered(command.text) if may_dispute else None,
            machine=command.machine,
            colleague=command.colleague,
        )
    ]


def undelivered(command: NoteUndelivered, state: Feedback) -> list[Event]:
    """A letter reached nobody, so a person has to tell the customer; nobody has once the customer was erased."""
    if state.email == ERASED or command.notification_id in state.undelivered:
        return []
    return [
        LetterUndelivered(
            feedback_id=state.feedback_id,
            number=state.number,
            notification_id=command.notification_id,
            letter=command.letter,
            reason=command.reason,
        )
    ]


def told(command: NoteTold, state: Feedback) -> list[Event]:
    """Staff told the customer by another way. Raises NothingUntold."""
    letters = state.untold if command.letters is None else state.untold & {*command.letters}
    if not letters:
        field = "letters" if command.letters else None
        if state.untold:
            raise NothingUntold(f"These did not: {', '.join(sorted(state.untold))}. Name one of them.", field=field)
        raise NothingUntold("Write to them instead: a question, an update or the outcome.", field=field)
    return [
        CustomerTold(
            feedback_id=state.feedback_id,
            subject_id=state.subject_id,
            channel=command.channel,
            text=command.text,
            letters=tuple(sorted(letters)),
        )
    ]


def split(command: SplitOff, state: Feedback) -> list[Event]:
    """A message is about another matter. Raises UnknownMessage, also if it was split off before."""
    if command.message_id not in state.messages:
        raise UnknownMessage("Look at the history: each of the customer's messages has its id.", field="message_id")
    return [
        WordsSplitOff(
            feedback_id=state.feedback_id,
            subject_id=state.subject_id,
            message_id=command.message_id,
            into=command.into,
            into_number=command.into_number,
            reason=command.reason,
        )
    ]


def hear(command: HearAlarm, state: Feedback) -> list[Event]:
    """What sla-timer says of an alarm: when it will ring, that it rings, or that it won't."""
    event = command.event
    if isinstance(event, AlarmSet):
        return _scheduled(command, event, state)
    timer = deadlines.rung(state, event) if isinstance(event, AlarmRang) else None
    return _rung(timer, event.alarm, state) if timer else _verdict(event, state)


def _scheduled(command: HearAlarm, event: AlarmSet, state: Feedback) -> list[Event]:
    deadline = deadlines.named(state, event)
    if deadline is None or event.set_by is None:
        return []
    remind_at: tuple[datetime, ...] = ()
    calendar = command.policies.calendar(state.terms)
    if deadline == "acknowledgement" and calendar and state.received_at:
        remind_at = deadlines.reminders(calendar, state.received_at, event.due_at)
    return [
        DeadlineScheduled(
            feedback_id=state.feedback_id,
            number=state.number,
            deadline=deadline,
            alarm=event.alarm,
            due_at=event.due_at,
            set_by=event.set_by,
            remind_at=remind_at,
        )
    ]


def _rung(timer: Timer, alarm: str, state: Feedback) -> list[Event]:
    match timer:
        case "reminder":
            due_at = [one.terms[0].due_at for name, one in state.promises if name == "acknowledgement"]
            return [
                AcknowledgementReminded(feedback_id=state.feedback_id, number=state.number, alarm=alarm, due_at=at)
                for at in due_at
                if at
            ]
        case "silence":
            return [OutcomeAccepted(feedback_id=state.feedback_id, subject_id=state.subject_id, cause="silence")]
        case _:
            return [complaint.disputed(state, "unmarked")]


def _verdict(event: AlarmRang | AlarmCancelled, state: Feedback) -> list[Event]:
    found = deadlines.verdict_of(state, event)
    if found is None:
        return []
    promise, verdict = found
    judged = PromiseJudged(
        feedback_id=state.feedback_id,
        number=state.number,
        promise=promise,
        alarm=event.alarm,
        outcome=verdict.outcome,
        due_at=verdict.due_at,
        at=verdict.at,
        reclassified=verdict.outcome == "broken" and verdict.at > verdict.due_at,
        renewals=state.renewals if promise == "update" else 0,
        missed=state.missed + 1 if promise == "update" and verdict.outcome == "broken" else 0,
    )
    if promise == "acknowledgement" and verdict.outcome == "broken" and state.kind is None:
        unnamed = FeedbackClassified(
            feedback_id=state.feedback_id, subject_id=state.subject_id, kind="complaint", cause="deadline"
        )
        return [judged, unnamed, complaint.opened(state)]
    return [judged]
