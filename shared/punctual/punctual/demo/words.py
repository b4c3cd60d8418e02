"""Facts in words: one line each, for people who watch. Whatever is personal stays sealed; the lines need none of it."""

from collections.abc import Callable
from typing import Any

from contracts import escalations, feedback, notifications, sla, tickets
from contracts.envelope import Fact
from punctual.demo.line import Line, moment, role
from punctual.demo.said_of_feedback import OF_FEEDBACK
from punctual.demo.sample import ZONE


def _opened(e: tickets.TicketOpened, fact: Fact) -> Line:
    lacks = f", lacks {', '.join(e.missing).replace('_', ' ')}" if e.missing else ""
    return Line(f"opened by {e.channel}: severity {e.severity}, {e.tier.capitalize()}{lacks}", "bold")


def _message(e: tickets.MessagePosted, fact: Fact) -> Line:
    return Line("the requester wrote" if e.author == "requester" else f"{fact.meta.actor} wrote to the requester")


def _sent(e: notifications.NotificationSent, fact: Fact) -> Line:
    return Line("mail sent", "dim")


def _unsent(e: notifications.Suppressed, fact: Fact) -> Line:
    return Line(f"mail not sent: {e.reason}", "dim")


PROMISED: dict[str, str] = {
    "response": "an answer is promised",
    "objective": "an answer is hoped for",
    "next-reply": "a reply is promised",
    "update": "an update is promised",
    "resolution": "a resolution is promised",
}
KEPT: dict[str, str] = {
    "response": "answered",
    "objective": "answered",
    "next-reply": "replied",
    "update": "updated",
    "resolution": "resolved",
}
BROKEN: dict[str, str] = {
    "response": "no answer",
    "next-reply": "no reply",
    "update": "no update",
    "resolution": "not resolved",
}

WORDS: dict[type[Any], Callable[[Any, Fact], Line]] = {
    tickets.AccountRegistered: lambda e, f: Line(f"{e.name} is a customer, tier {e.tier.capitalize()}", "dim"),
    tickets.TicketOpened: _opened,
    tickets.InformationRequested: lambda e, f: Line(
        f"{f.meta.actor} needs to know: {', '.join(e.missing).replace('_', ' ')}", "yellow"
    ),
    tickets.InformationReceived: lambda e, f: Line(
        f"{'the policy requires less' if e.policy else 'the requester wrote'}, and some is still missing"
    ),
    tickets.InformationCompleted: lambda e, f: Line(
        "the policy no longer requires what was missing" if e.policy else "the information is complete"
    ),
    tickets.MessagePosted: _message,
    tickets.MessageMarked: lambda e, f: Line(f"{f.meta.actor} marks a message as {e.kind or 'feedback'}", "magenta"),
    tickets.InitialResponseGiven: lambda e, f: Line(
        f"{f.meta.actor} answered with {'a resolution' if e.states == 'resolution' else 'a plan of action'}", "cyan"
    ),
    tickets.SeverityChanged: lambda e, f: Line(f"severity {e.before} is now {e.severity}", "magenta"),
    tickets.PriorityChanged: lambda e, f: Line(f"priority {e.before} is now {e.priority}", "magenta"),
    tickets.Assigned: lambda e, f: Line(f"{e.engineer} works on it", "dim"),
    tickets.TicketLocaleChanged: lambda e, f: Line("its customer reads another language, or in another zone", "dim"),
    tickets.EntitlementChanged: lambda e, f: Line(f"the account's tier is now {e.tier.capitalize()}", "magenta"),
    tickets.Resolved: lambda e, f: Line("resolved", "green"),
    tickets.Closed: lambda e, f: Line("closed" if e.cause == "resolved" else "withdrawn by the requester", "green"),
    tickets.Merged: lambda e, f: Line(f"goes on in {e.into_number}", "green"),
    tickets.Absorbed: lambda e, f: Line(f"{e.other_number} goes on here", "magenta"),
    tickets.Reopened: lambda e, f: Line("reopened", "yellow"),
    sla.ClockAwaited: lambda e, f: Line("no clock until the information is complete", "dim"),
    sla.ClockStarted: lambda e, f: Line(
        f"{PROMISED[e.metric]} by {moment(e.due_at)}",
        "blue",
    ),
    sla.ClockRescheduled: lambda e, f: Line(f"the deadline is now {moment(e.due_at)}", "blue"),
    sla.ClockPaused: lambda e, f: Line("the clock stands still: the ticket waits for its requester", "blue"),
    sla.ClockResumed: lambda e, f: Line(
        f"the clock goes on, the deadline is now {moment(e.due_at)}" if e.due_at else "the ticket waits no longer",
        "blue",
    ),
    sla.ClockCancelled: lambda e, f: Line(f"the clock is void: {e.cause}", "blue"),
    sla.SlaWarning: lambda e, f: Line(f"{e.percent} % of the time is used up", "yellow"),
    sla.SlaMet: lambda e, f: Line(f"{KEPT[e.metric]} in time", "bold green"),
    sla.AnsweredLate: lambda e, f: Line(f"{KEPT[e.metric]} late", "yellow"),
    sla.SlaBreached: lambda e, f: Line(f"BREACH: {BROKEN[e.metric]} by {moment(e.due_at)}", "bold red"),
    sla.BreachRetracted: lambda e, f: Line(f"the breach is retracted: {e.cause}", "bold yellow"),
    sla.ObjectiveMissed: lambda e, f: Line("the objective is missed", "yellow"),
    escalations.EscalationRaised: lambda e, f: Line(f"escalation calls {role(e.role)}", "red"),
    escalations.EscalationAcknowledged: lambda e, f: Line(f"the {f.meta.role} takes it on", "bold magenta"),
    escalations.EscalationExhausted: lambda e, f: Line("the ladder ends: all have been called", "bold red"),
    escalations.EscalationResolved: lambda e, f: Line(f"the escalation is over: {e.cause}", "magenta"),
    notifications.NotificationSent: _sent,
    notifications.NotificationFailed: lambda e, f: Line(f"mail failed: {e.reason}", "bold red"),
    notifications.NotificationBounced: lambda e, f: Line(f"mail came back: {e.reason}", "bold red"),
    notifications.NotificationSuppressed: _unsent,
    notifications.LetterSuppressed: _unsent,
    feedback.SurveyIssued: lambda e, f: Line("the requester is asked how it was", "dim"),
    feedback.SurveyAnswered: lambda e, f: Line(f"rated {'★' * e.rating}{'☆' * (5 - e.rating)}", "bold yellow"),
    **OF_FEEDBACK,
}
"""What is not here is plumbing: alarms, threads, the policy in each shard, requests of mails about to be sent; and
clocks by which nothing is owed."""


NUMBERED = (
    tickets.TicketOpened,
    feedback.FeedbackReceived,
    notifications.ThreadOpened,
    notifications.CorrespondenceOpened,
)
"""Events that say what the number is."""


class Narrator:
    """Says facts in words; it remembers what a mail is about and what the number of a ticket or of feedback is."""

    def __init__(self) -> None:
        self.numbers: dict[Any, str] = {}
        self._templates: dict[Any, tuple[str, str | None]] = {}

    def line(self, fact: Fact) -> tuple[str, str, Line] | None:
        """Local time, ticket number and words; None for plumbing."""
        event = fact.event
        if isinstance(event, NUMBERED):
            self.numbers[_about(event)] = event.number
        if isinstance(event, notifications.Requested):
            self._templates[event.notification_id] = (event.template.replace("-", " "), event.role)
        if isinstance(event, sla.PolicyPublished) and event.shard == 0:
            said = Line(f"policy in force: {event.name}", "dim")
        elif (say := WORDS.get(type(event))) is None:
            return None
        else:
            said = say(event, fact)
        if isinstance(event, notifications.NotificationSent):
            template, to = self._templates.get(event.notification_id, ("mail", None))
            said = Line(f"mail to {role(to) if to else 'the requester'}: {template}", "dim")
        number = self.numbers.get(_about(event), "")
        return f"{fact.happened_at.astimezone(ZONE):%H:%M}", number, said


def _about(event: Any) -> Any:
    """The id of the ticket or of the feedback; None: it is about neither."""
    return getattr(event, "feedback_id", None) or getattr(event, "ticket_id", None)
