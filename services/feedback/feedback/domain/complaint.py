"""What follows from the steps of a complaint (P18-P22)."""

from datetime import UTC, datetime, time, timedelta
from typing import Literal

from contracts.complaints import (
    ComplaintDecided,
    ComplaintJoined,
    ComplaintWithdrawn,
    InformationAsked,
    MadeUrgent,
    OutcomeAccepted,
    OutcomeDisputed,
    OutcomeGiven,
    ReviewerNamed,
    ReviewNoted,
    ReviewOpened,
    UpdateGiven,
    WordsMarked,
)
from contracts.feedback import FeedbackClassified
from contracts.rfc3339 import write_instant
from contracts.texts import Blank, is_blank, required_text
from feedback.domain.commands import (
    AcceptOutcome,
    AskInformation,
    DecideComplaint,
    DisputeOutcome,
    GiveOutcome,
    GiveUpdate,
    HearMore,
    JoinComplaint,
    MakeUrgent,
    MarkWords,
    NameReviewer,
    NoteReview,
    WithdrawComplaint,
)
from feedback.domain.events import Event
from feedback.domain.refusals import OnlyReviewer, OtherReviewer, QuestionOpen, SameComplaint, UnknownMessage, WrongTime
from feedback.domain.state import Feedback


def opened(state: Feedback) -> ReviewOpened:
    """The review begins, and counts from the receipt (P18)."""
    return ReviewOpened(feedback_id=state.feedback_id, number=state.number, since=state.received_at)


def note(command: NoteReview, state: Feedback) -> list[Event]:
    """An internal note."""
    return [
        ReviewNoted(
            feedback_id=state.feedback_id, subject_id=state.subject_id, note_id=command.note_id, text=command.text
        )
    ]


def name_reviewer(command: NameReviewer, state: Feedback) -> list[Event]:
    """Somebody else reviews a complaint about the VP."""
    if command.reviewer == state.reviewer:
        return []
    return [
        ReviewerNamed(
            feedback_id=state.feedback_id,
            number=state.number,
            subject_id=state.subject_id,
            reviewer=command.reviewer,
            reason=command.reason,
        )
    ]


def join(command: JoinComplaint, state: Feedback) -> list[Event]:
    """Another complaint is about the same matter: one review, both told. Raises SameComplaint, OtherReviewer."""
    if command.other == state.feedback_id:
        raise SameComplaint("Name another one, of the same matter.", field="other")
    if command.other in state.joined:
        return []
    if command.other_reviewer != state.reviewer:
        raise OtherReviewer("Name the same reviewer for both first: there is one review.", field="other")
    return [
        ComplaintJoined(
            feedback_id=state.feedback_id,
            number=state.number,
            other=command.other,
            other_number=command.other_number,
            leads=command.leads,
        )
    ]


def ask(command: AskInformation, state: Feedback) -> list[Event]:
    """A question to the customer."""
    return [InformationAsked(feedback_id=state.feedback_id, subject_id=state.subject_id, question=command.question)]


def update(command: GiveUpdate, state: Feedback) -> list[Event]:
    """Tell the customer of the delay, and promise the next word (P19). Raises WrongTime."""
    next_at = _promised_at(command, state)
    renewed = state.renewals + 1 if _was_promised(state) else state.renewals
    return [
        UpdateGiven(
            feedback_id=state.feedback_id,
            number=state.number,
            subject_id=state.subject_id,
            delays=command.delays,
            needs=command.needs,
            next_at=next_at,
            renewals=renewed,
        )
    ]


def _was_promised(state: Feedback) -> bool:
    """Whether the update that is owed now was promised to the customer, and not by the rule of the week."""
    return any(name == "update" and one.terms[0].alarm.at for name, one in state.promises if one.alarms)


def _promised_at(command: GiveUpdate, state: Feedback) -> datetime:
    """The instant that is promised; of a date alone, the end of its hours. Raises WrongTime."""
    closing = _closing(command, state)
    if closing is None:
        raise WrongTime("The desk has no hours on that day; name a working day.", field="next_at")
    at = command.next_at if isinstance(command.next_at, datetime) else closing
    if at <= command.now:
        raise WrongTime("It is past; name a later one.", field="next_at")
    bound = command.now + timedelta(days=state.terms.ahead_days)
    if at > bound:
        raise WrongTime(
            f"At most {state.terms.ahead_days} days ahead, until {write_instant(bound)}; you can renew it then.",
            field="next_at",
        )
    return at


def _closing(command: GiveUpdate, state: Feedback) -> datetime | None:
    """When the desk closes on the day that is promised; without a known calendar, as that day ends in UTC."""
    calendar, at = command.policies.calendar(state.terms), command.next_at
    if isinstance(at, datetime):
        return calendar.last_closing(at) if calendar else at
    return calendar.last_closing_on(at) if calendar else datetime.combine(at + timedelta(days=1), time(), UTC)


def outcome(command: GiveOutcome, state: Feedback) -> list[Event]:
    """The outcome of the review, or its correction (P20). Raises OnlyReviewer, Blank, QuestionOpen."""
    if command.by != state.reviewer:
        raise OnlyReviewer(f"That is the {role_name(state.reviewer)}.")
    resolution, measures = _said(command.resolution), _said(command.measures)
    if not (resolution or measures):
        raise Blank("Say what the resolution is, or which measures prevent it in future, or both.", field="resolution")
    until = _answerable_until(command, state)
    if until and command.now < until:
        known = f"from {write_instant(until)} on decide on what is known"
        raise QuestionOpen(f"Wait for the answer, or record it; {known}.")
    return [
        OutcomeGiven(
            feedback_id=state.feedback_id,
            subject_id=state.subject_id,
            found=command.found,
            resolution=resolution,
            measures=measures,
            corrects=state.stage != "review" and "complaint-outcome" not in state.untold,
        )
    ]


def _answerable_until(command: GiveOutcome, state: Feedback) -> datetime | None:
    """Until when the review waits for the answer to a question; None: there is none. Raises QuestionOpen for one that
    did not reach the customer."""
    if state.stage != "review" or state.question is None or state.question.at is None:
        return None
    if "feedback-question" in state.untold:
        raise QuestionOpen("It did not reach them: tell them by telephone or letter, and note that.")
    calendar = command.policies.calendar(state.terms)
    days = state.terms.silence_days
    asked_at = state.question.at
    return calendar.calendar_days_after(asked_at, days) if calendar else asked_at + timedelta(days=days)


def accept(command: AcceptOutcome, state: Feedback) -> list[Event]:
    """The customer accepts the outcome. Raises Blank for staff who note so without the customer's words."""
    _admit_noted(command)
    return [
        OutcomeAccepted(
            feedback_id=state.feedback_id,
            subject_id=state.subject_id,
            cause="customer" if command.complainant else "noted",
            text=_said(command.text),
        )
    ]


def dispute(command: DisputeOutcome, state: Feedback) -> list[Event]:
    """The customer does not accept the outcome: the CEO hears it (P21). Raises Blank likewise."""
    _admit_noted(command)
    return [
        OutcomeDisputed(
            feedback_id=state.feedback_id,
            number=state.number,
            subject_id=state.subject_id,
            cause="customer" if command.complainant else "noted",
            text=_said(command.text),
        )
    ]


def _admit_noted(command: AcceptOutcome | DisputeOutcome) -> None:
    """Customers need not say why; staff who note what somebody said note their words."""
    if not command.complainant:
        required_text(command.text or "", "text")


def mark(command: MarkWords, state: Feedback) -> list[Event]:
    """What the customer's free words mean. Raises UnknownMessage, OnlyReviewer."""
    if command.by != state.reviewer:
        raise OnlyReviewer(f"That is the {role_name(state.reviewer)}.")
    if command.message_id not in state.unmarked:
        raise UnknownMessage("Look at the complaint again: it lists what waits.", field="message_id")
    match command.meaning:
        case "disputed":
            return [disputed(state, "marked")]
        case meaning:
            marked = WordsMarked(feedback_id=state.feedback_id, message_id=command.message_id, meaning=meaning)
    if meaning == "neither" or state.stage != "outcome":
        return [marked]
    return [marked, OutcomeAccepted(feedback_id=state.feedback_id, subject_id=state.subject_id, cause="noted")]


def disputed(state: Feedback, cause: Literal["marked", "unmarked"]) -> OutcomeDisputed:
    """Free words turn out to be a dispute."""
    return OutcomeDisputed(feedback_id=state.feedback_id, number=state.number, subject_id=state.subject_id, cause=cause)


def decision(command: DecideComplaint, state: Feedback) -> list[Event]:
    """The CEO's decision ends it (P21)."""
    return [ComplaintDecided(feedback_id=state.feedback_id, subject_id=state.subject_id, decision=command.decision)]


def withdraw(command: WithdrawComplaint, state: Feedback) -> list[Event]:
    """The customer takes it back."""
    return [ComplaintWithdrawn(feedback_id=state.feedback_id, subject_id=state.subject_id, text=_said(command.text))]


def make_urgent(command: MakeUrgent, state: Feedback) -> list[Event]:
    """Straight to the VP, or during arbitration to the CEO (P22). It is a complaint from now on, if it was none."""
    urgent = MadeUrgent(
        feedback_id=state.feedback_id,
        number=state.number,
        subject_id=state.subject_id,
        to=state.urgent_goes_to,
        text=command.text,
        joins=state.urgent,
    )
    return [*becoming(state), urgent]


def heard(command: HearMore, state: Feedback) -> list[Event]:
    """What the customer's words ask for beside being kept: that it is a complaint, or urgent.

    Once the matter is over they ask for nothing: they are kept all the same, since a mail or a survey can't be refused.
    """
    if state.stage in ("decided", "withdrawn"):
        return []
    if command.urgent:
        return make_urgent(MakeUrgent(by=command.words.by, text=command.words.text), state)
    return becoming(state) if command.complains else []


def becoming(state: Feedback) -> list[Event]:
    """What makes feedback a complaint, if it is none."""
    if state.stage != "none":
        return []
    named = FeedbackClassified(
        feedback_id=state.feedback_id, subject_id=state.subject_id, kind="complaint", cause="customer"
    )
    return [named, opened(state)]


def _said(text: str | None) -> str | None:
    """A text that may be left out; None: there is nothing to read."""
    return None if is_blank(text) else text


def role_name(role: str) -> str:
    """As sentences have it."""
    return {"vp": "VP", "support-manager": "Support Manager"}[role]
