"""Letters to customers about feedback and complaints (P16-P22)."""

from uuid import UUID

from contracts.complaints import (
    ComplaintDecided,
    ComplaintWithdrawn,
    InformationAsked,
    MadeUrgent,
    OutcomeDisputed,
    OutcomeGiven,
    UpdateGiven,
)
from contracts.feedback import FeedbackAcknowledged, FeedbackAddedTo, FeedbackClassified, FeedbackReceived
from contracts.notifications import Automatic
from contracts.rfc3339 import write_instant
from notifier.domain.commands import NotifierCommand, Notify, OpenThread
from notifier.domain.policy import Policy
from notifier.react.machines import withheld

Commands = list[NotifierCommand]


def received(event: FeedbackReceived, cause: UUID, _: Policy) -> Commands:
    """The automatic receipt, with the number and until when a person acknowledges it; it acknowledges nothing (P17).
    Whoever wrote on a ticket is told that staff marked that.
    """
    receipt = Notify(
        cause=cause,
        template="feedback-received",
        to="requester",
        automatic=_automatic(event),
        deadline="acknowledgement",
        about={"marked_on": event.about_number} if event.marked and event.about_number else {},
        withheld=withheld(event),
    )
    command = OpenThread(
        ticket_id=event.feedback_id,
        subject_id=event.subject_id,
        number=event.number,
        channel=event.channel,
        email=event.email or "",
        mail=event.mail,
        receipt=receipt,
        language=event.language,
        zone=event.zone,
        terms=event.terms,
    )
    return [command]


def _automatic(event: FeedbackReceived | FeedbackAddedTo) -> Automatic:
    """Only a mail is replied to."""
    return "replied" if event.channel == "email" else "generated"


def acknowledged(event: FeedbackAcknowledged, cause: UUID, _: Policy) -> Commands:
    """The acknowledgement of a person, unless staff say that they gave it otherwise."""
    if event.noted:
        return []
    return [Notify(cause=cause, template="feedback-acknowledged", to="requester", automatic=None, text=event.text)]


def asked(event: InformationAsked, cause: UUID, _: Policy) -> Commands:
    """A question of staff."""
    return [Notify(cause=cause, template="feedback-question", to="requester", automatic=None, text=event.question)]


def classified(event: FeedbackClassified, cause: UUID, _: Policy) -> Commands:
    """The customer is told if staff say that a complaint is none; the thread knows whether it was one."""
    if event.cause != "staff" or event.kind == "complaint":
        return []
    about: dict[str, str] = {"kind": event.kind}
    return [
        Notify(
            cause=cause,
            template="feedback-reclassified",
            to="requester",
            automatic=None,
            text=event.reason,
            about=about,
        )
    ]


def outcome(event: OutcomeGiven, cause: UUID, _: Policy) -> Commands:
    """What the review found (P20)."""
    return [
        Notify(
            cause=cause,
            template="complaint-outcome",
            to="requester",
            automatic=None,
            text=event.found,
            second_text=event.resolution,
            third_text=event.measures,
            about={"corrects": "true"} if event.corrects else {},
            deadline="silence",
        )
    ]


def disputed(event: OutcomeDisputed, cause: UUID, _: Policy) -> Commands:
    """That the CEO hears it (P21)."""
    about: dict[str, str] = {"cause": event.cause}
    return [Notify(cause=cause, template="complaint-disputed", to="requester", about=about)]


def urgent(event: MadeUrgent, cause: UUID, _: Policy) -> Commands:
    """That the VP or the CEO was told, and until when a person answers (P22)."""
    about: dict[str, str] = {"to": event.to}
    return [Notify(cause=cause, template="complaint-urgent", to="requester", about=about, deadline="urgent")]


def decided(event: ComplaintDecided, cause: UUID, _: Policy) -> Commands:
    """The CEO's decision."""
    return [Notify(cause=cause, template="complaint-decided", to="requester", automatic=None, text=event.decision)]


def withdrawn(event: ComplaintWithdrawn, cause: UUID, _: Policy) -> Commands:
    """That nothing is due any more."""
    return [Notify(cause=cause, template="complaint-withdrawn", to="requester")]


def delayed(event: UpdateGiven, cause: UUID) -> Notify:
    """What delays the review, what is needed, and when the next word comes (P19)."""
    return Notify(
        cause=cause,
        template="complaint-delayed",
        to="requester",
        automatic=None,
        text=event.delays,
        second_text=event.needs,
        about={"next_at": write_instant(event.next_at)},
    )


def kept(event: FeedbackAddedTo, cause: UUID) -> Notify:
    """That words after the decision are kept, and change nothing (P21)."""
    return Notify(
        cause=cause,
        template="complaint-final",
        to="requester",
        automatic=_automatic(event),
        withheld=withheld(event),
    )
