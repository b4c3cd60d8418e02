"""What happened to feedback, in words."""

from collections.abc import Iterator, Sequence
from typing import Any

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
from contracts.envelope import Fact
from contracts.feedback import (
    AcknowledgementReminded,
    CustomerTold,
    DeadlineScheduled,
    FeedbackAcknowledged,
    FeedbackAddedTo,
    FeedbackClassified,
    FeedbackReceived,
    Kind,
    LetterUndelivered,
    PromiseJudged,
    PromiseName,
    WordsSplitOff,
)
from contracts.rfc3339 import write_instant

INTERNAL = (ReviewNoted, ReviewerNamed, ComplaintJoined, AcknowledgementReminded, WordsMarked)
"""What customers don't see."""
ROLES = {"vp": "the VP", "ceo": "the CEO", "support-manager": "the Support Manager"}


def shown(facts: Sequence[Fact], *, internal: bool) -> list[Fact]:
    """Those that a reader may see; `internal`: staff, who see all."""
    return [fact for fact in facts if internal or not isinstance(fact.event, INTERNAL)]


def words_of(event: Any) -> str:
    """One or two sentences."""
    return " ".join(_words(event))


def _words(event: Any) -> Iterator[str]:
    match event:
        case FeedbackReceived(channel=channel, proposed=proposed, received_at=received_at, split_from=split_from):
            yield f"It came by {channel}" + (f", at {write_instant(received_at)}" if received_at else "") + "."
            if event.marked:
                yield f"Staff marked it as feedback, on ticket {event.about_number}."
            if split_from:
                yield "It was split off from another matter."
            if proposed:
                yield f"The customer calls it {_kind(proposed)}."
            if event.about_number and not event.about:
                yield f"They say that it is about {event.about_number}; who they are is unknown."
        case FeedbackClassified(kind=kind, cause="deadline"):
            yield f"Nobody had said what it is until it was to be acknowledged: it is {_kind(kind)}."
        case FeedbackClassified(kind=kind):
            yield f"It is {_kind(kind)}."
        case FeedbackAcknowledged(noted=noted):
            yield "It was acknowledged" + (", as staff note." if noted else ".")
        case FeedbackAddedTo(answers=answers, final=final):
            yield "The customer answered the question." if answers else "The customer said more."
            if event.urgent:
                yield "They ask for an urgent resolution."
            if final:
                yield "The decision stands."
        case LetterUndelivered(letter=letter, reason=reason):
            yield f"A letter ({_letter(letter)}) did not reach the customer: {reason}."
            if letter == "complaint-outcome":
                yield "Silence settles nothing until they are told."
        case CustomerTold(channel=channel, letters=letters):
            what = ", ".join(map(_letter, letters))
            yield f"Staff told the customer by {channel} what had not reached them: {what}."
        case WordsSplitOff(into_number=number):
            yield f"What the customer said later is another matter, and goes on as {number}."
        case DeadlineScheduled(deadline=deadline, due_at=due_at):
            yield {
                "acknowledgement": f"It is to be acknowledged before {write_instant(due_at)}.",
                "update": f"The customer is to hear more before {write_instant(due_at)}.",
                "urgent": f"A person is to answer before {write_instant(due_at)}.",
                "silence": f"Silence until {write_instant(due_at)} settles it.",
                "marking": f"Unless the words are marked before {write_instant(due_at)}, they are a dispute.",
            }[deadline]
        case AcknowledgementReminded(due_at=due_at):
            yield f"The Support Manager was reminded that it is to be acknowledged before {write_instant(due_at)}."
        case PromiseJudged(promise=promise, outcome=outcome, due_at=due_at):
            yield f"The promise of {_promise(promise)} before {write_instant(due_at)} is {outcome}."
        case ReviewOpened():
            yield "Its review began."
        case ReviewerNamed(reviewer=reviewer):
            yield f"It is reviewed by {ROLES[reviewer]}."
        case ComplaintJoined(other_number=number):
            yield f"{number} is about the same matter: there is one review, and both customers hear of it."
        case ReviewNoted():
            yield "A note of the review, for staff."
        case InformationAsked():
            yield "The customer was asked for information."
        case UpdateGiven(next_at=next_at, renewals=renewals):
            yield f"The customer was told of the delay, and hears more before {write_instant(next_at)}."
            if renewals:
                yield f"That is renewal {renewals}."
        case OutcomeGiven(corrects=corrects):
            yield "The outcome was corrected." if corrects else "The outcome was given."
        case OutcomeAccepted(cause=cause):
            yield {
                "customer": "The customer accepts the outcome.",
                "noted": "The customer accepts the outcome, as staff note.",
                "silence": "The customer was silent: it is settled.",
            }[cause]
        case OutcomeDisputed(cause=cause):
            yield {
                "customer": "The customer does not accept the outcome; the CEO hears it.",
                "noted": "The customer does not accept the outcome, as staff note; the CEO hears it.",
                "marked": "The customer's words are a dispute; the CEO hears it.",
                "unmarked": "Nobody said what the customer's words mean: they are a dispute, and the CEO hears it.",
            }[cause]
        case WordsMarked(meaning="accepted"):
            yield "The customer's words accept the outcome."
        case WordsMarked():
            yield "The customer's words neither accept nor dispute the outcome."
        case ComplaintDecided():
            yield "The CEO decided; that is final."
        case ComplaintWithdrawn():
            yield "The customer withdrew the complaint."
        case MadeUrgent(to=to):
            yield f"It is urgent, and goes straight to {ROLES[to]}."


def _letter(letter: str) -> str:
    return letter.replace("-", " ")


def _kind(kind: Kind) -> str:
    return "a complaint" if kind == "complaint" else kind


def _promise(promise: PromiseName) -> str:
    return {"acknowledgement": "an acknowledgement", "update": "an update", "urgent": "an urgent answer"}[promise]
