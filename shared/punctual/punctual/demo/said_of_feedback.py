"""Facts about feedback and complaints in words."""

from collections.abc import Callable
from typing import Any

from contracts import complaints, escalations, feedback
from contracts.envelope import Fact
from punctual.demo.line import Line, moment, role

BROKEN: dict[str, str] = {
    "acknowledgement": "no person acknowledged it",
    "update": "neither the outcome nor an update",
    "urgent": "no person answered the urgent complaint",
}
KEPT: dict[str, str] = {
    "acknowledgement": "acknowledged in time",
    "update": "an update or the outcome in time",
    "urgent": "the urgent complaint is answered in time",
}
OWED: dict[str, str] = {"acknowledgement": "acknowledgement", "update": "update", "urgent": "urgent answer"}
CALLED: dict[str, str] = {
    "review": "a complaint is to be reviewed",
    "urgent": "a complaint is urgent",
    "update-missed": "a promised update was missed",
    "arbitration": "the outcome of a complaint is disputed",
}
DISPUTED: dict[str, str] = {
    "customer": "the customer disputes the outcome",
    "noted": "the customer disputes the outcome, as staff noted",
    "marked": "the reviewer takes the customer's words for a dispute",
    "unmarked": "nobody marked the customer's words, so they are a dispute",
}
MARKED: dict[str, str] = {
    "accepted": "the reviewer takes the customer's words for acceptance",
    "neither": "the customer's words neither accept nor dispute",
}


def _judged(e: feedback.PromiseJudged, fact: Fact) -> Line:
    match e.outcome:
        case "broken":
            return Line(f"BREACH: {BROKEN[e.promise]} by {moment(e.due_at)}", "bold red")
        case "kept":
            return Line(KEPT[e.promise], "bold green")
        case _:
            return Line(f"no {OWED[e.promise]} is owed any more", "blue")


def _classified(e: feedback.FeedbackClassified, fact: Fact) -> Line:
    kind = "a complaint" if e.kind == "complaint" else e.kind
    nobody = "nobody said what it is, so it is now"
    return Line(f"{nobody if e.cause == 'deadline' else 'it is'} {kind}", "magenta")


def _accepted(e: complaints.OutcomeAccepted, fact: Fact) -> Line:
    silent = "the customer was silent: the matter counts as settled"
    return Line(silent if e.cause == "silence" else "the customer accepts the outcome", "green")


def _added_to(e: feedback.FeedbackAddedTo, fact: Fact) -> Line:
    return Line("the customer answered the question" if e.answers else "the customer said more")


OF_FEEDBACK: dict[type[Any], Callable[[Any, Fact], Line]] = {
    feedback.FeedbackReceived: lambda e, f: Line(f"feedback by {e.channel}", "bold"),
    feedback.FeedbackClassified: _classified,
    feedback.FeedbackAcknowledged: lambda e, f: Line(f"{f.meta.actor} acknowledged it", "cyan"),
    feedback.FeedbackAddedTo: _added_to,
    feedback.LetterUndelivered: lambda e, f: Line(f"a letter did not arrive: {e.reason}", "bold red"),
    feedback.CustomerTold: lambda e, f: Line(f"{f.meta.actor} told the customer by {e.channel} instead", "cyan"),
    feedback.AcknowledgementReminded: lambda e, f: Line(f"to be acknowledged by {moment(e.due_at)}", "yellow"),
    feedback.PromiseJudged: _judged,
    complaints.ReviewOpened: lambda e, f: Line("a complaint: the VP reviews it", "bold"),
    complaints.ReviewerNamed: lambda e, f: Line(f"{role(e.reviewer)} reviews it instead of the VP", "magenta"),
    complaints.ReviewNoted: lambda e, f: Line(f"{f.meta.actor} took a note", "dim"),
    complaints.InformationAsked: lambda e, f: Line(f"{f.meta.actor} asked the customer", "yellow"),
    complaints.UpdateGiven: lambda e, f: Line(f"an update; the next word comes by {moment(e.next_at)}", "cyan"),
    complaints.OutcomeGiven: lambda e, f: Line(f"{'a correction of ' if e.corrects else ''}the outcome", "cyan"),
    complaints.OutcomeAccepted: _accepted,
    complaints.OutcomeDisputed: lambda e, f: Line(DISPUTED[e.cause], "yellow"),
    complaints.ComplaintJoined: lambda e, f: Line(f"about the same matter as {e.other_number}: one review", "dim"),
    complaints.WordsMarked: lambda e, f: Line(MARKED[e.meaning], "dim"),
    complaints.ComplaintDecided: lambda e, f: Line("the CEO has decided", "green"),
    complaints.ComplaintWithdrawn: lambda e, f: Line("withdrawn by the customer", "green"),
    complaints.MadeUrgent: lambda e, f: Line(f"urgent: goes straight to {role(e.to)}", "red"),
    escalations.RoleCalled: lambda e, f: Line(f"escalation calls {role(e.role)}: {CALLED[e.reason]}", "red"),
}
