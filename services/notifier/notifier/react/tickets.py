"""What is said about tickets: to requesters, and to staff about promises (P7-P12, P23-P25).

Closed sends no mail: the survey that follows is the mail about it (P16). People answer what the requester writes;
notifier answers only while required information is missing (P8, P12).
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.escalations import EscalationRaised
from contracts.feedback import SurveyIssued, SurveyReminderDue
from contracts.rfc3339 import write_instant
from contracts.sla import (
    BreachRetracted,
    ClockAwaited,
    ClockRescheduled,
    ClockStarted,
    ClockUnowed,
    ObjectiveMissed,
    SlaBreached,
    SlaWarning,
)
from contracts.tickets import (
    Assigned,
    InformationCompleted,
    InformationReceived,
    InformationRequested,
    InitialResponseGiven,
    MessagePosted,
    ParticipantAdded,
    ParticipantRemoved,
    Resolved,
    TicketLocaleChanged,
    TicketOpened,
)
from notifier.domain.commands import (
    AnswerMail,
    AssignThread,
    ChangeThreadLocale,
    JoinThread,
    LeaveThread,
    NotifierCommand,
    Notify,
    OpenThread,
    RetractBreach,
)
from notifier.domain.next_instant import CLOCK, terms
from notifier.domain.policy import Policy
from notifier.react.machines import withheld

Commands = list[NotifierCommand]


def _received(event: TicketOpened, cause: UUID, _: Policy) -> Commands:
    about = {"missing": ",".join(event.missing)} if event.missing else {**CLOCK}
    about |= {"unread": event.unread} if event.unread else {}
    about |= {"severity_taken": str(event.severity)} if event.severity_unread else {}
    receipt = Notify(
        cause=cause,
        template="ticket-received",
        to="requester",
        automatic="replied" if event.channel == "email" else "generated",
        about=about,
        withheld=withheld(event),
    )
    command = OpenThread(
        ticket_id=event.ticket_id,
        subject_id=event.subject_id,
        number=event.number,
        channel=event.channel,
        email=event.reply_to or event.email,
        mail=event.thread,
        receipt=receipt,
        language=event.language,
        zone=event.zone,
        title=event.title,
    )
    return [command]


def _reads(event: TicketLocaleChanged, cause: UUID, _: Policy) -> Commands:
    return [ChangeThreadLocale(language=event.language, zone=event.zone)]


def _assigned(event: Assigned, cause: UUID, _: Policy) -> Commands:
    return [AssignThread(engineer=event.engineer)]


def _joined(event: ParticipantAdded, cause: UUID, _: Policy) -> Commands:
    return [JoinThread(subject_id=event.subject_id, email=event.reply_to or event.email)]


def _left(event: ParticipantRemoved, cause: UUID, _: Policy) -> Commands:
    return [LeaveThread(subject_id=event.subject_id)]


def _wanted(event: InformationRequested, cause: UUID, _: Policy) -> Commands:
    about = {"missing": ",".join(event.missing)}
    return [
        Notify(
            cause=cause, template="information-wanted", to="requester", automatic=None, text=event.reason, about=about
        )
    ]


def _still_wanted(event: InformationReceived, cause: UUID, _: Policy) -> Commands:
    if not event.missing or event.policy:  # less is wanted than the requester was asked for: no mail is needed
        return []
    about = {"missing": ",".join(event.missing)}
    return [
        Notify(
            cause=cause,
            template="information-wanted",
            to="requester",
            automatic="replied",
            about=about,
            withheld=withheld(event),
        )
    ]


def _completed(event: InformationCompleted, cause: UUID, _: Policy) -> Commands:
    """The receipt said that the clock begins with this; so by when an answer is promised is said now."""
    if event.policy:  # the requester said nothing, and expects no word
        return []
    return [
        Notify(
            cause=cause,
            template="information-completed",
            to="requester",
            automatic="replied" if event.message_id else "generated",
            about={**CLOCK},
            withheld=withheld(event),
        )
    ]


def _message(event: MessagePosted, cause: UUID, _: Policy) -> Commands:
    if event.author == "requester":
        return [AnswerMail(subject_id=event.subject_id, mail=event.thread)] if event.thread else []
    if not event.public:
        return []
    return [Notify(cause=cause, template="message", to="requester", automatic=None, text=event.body, to_all=True)]


def _answer(event: InitialResponseGiven, cause: UUID, _: Policy) -> Commands:
    about: dict[str, str] = {"states": event.states}
    return [
        Notify(
            cause=cause, template="answer", to="requester", automatic=None, text=event.body, about=about, to_all=True
        )
    ]


def _resolved(event: Resolved, cause: UUID, _: Policy) -> Commands:
    return [
        Notify(cause=cause, template="resolved", to="requester", automatic=None, text=event.resolution, to_all=True)
    ]


def _survey(event: SurveyIssued, cause: UUID, _: Policy) -> Commands:
    about = _of_survey(event.survey_id, event.closing, event.answer_until)
    return [Notify(cause=cause, template="survey", to="requester", about=about, withheld=withheld(event))]


def _reminder(event: SurveyReminderDue, cause: UUID, _: Policy) -> Commands:
    about = _of_survey(event.survey_id, event.closing, event.answer_until)
    return [Notify(cause=cause, template="survey-reminder", to="requester", about=about)]


def _of_survey(survey_id: UUID, closing: int, answer_until: datetime | None) -> dict[str, str]:
    about = {"survey_id": str(survey_id), "closing": str(closing)}
    return about | ({"answer_until": write_instant(answer_until)} if answer_until else {})


def _warning(event: SlaWarning, cause: UUID, policy: Policy) -> Commands:
    about = {"percent": str(event.percent), "due_at": write_instant(event.due_at)} | _owed(event.metric)
    return [Notify(cause=cause, template="sla-warning", to=policy.warnings_to, about=about)]


def _breached(event: SlaBreached, cause: UUID, policy: Policy) -> Commands:
    about = {
        "severity": str(event.severity),
        "cause": event.cause,
        "due_at": write_instant(event.due_at),
        "breached_at": write_instant(event.breached_at),
    }
    about |= _owed(event.metric)
    return [Notify(cause=cause, template="sla-breached", to=policy.breaches_to, about=about)]


def _retracted(event: BreachRetracted, cause: UUID, _: Policy) -> Commands:
    about = {"cause": event.cause, "breached_at": write_instant(event.breached_at)} | _owed(event.metric)
    return [RetractBreach(cause=cause, about=about)]


def _missed(event: ObjectiveMissed, cause: UUID, policy: Policy) -> Commands:
    about = {"due_at": write_instant(event.due_at)} | _owed(event.metric)
    return [Notify(cause=cause, template="objective-missed", to=policy.misses_to, about=about)]


def _counted(
    event: ClockAwaited | ClockStarted | ClockRescheduled | ClockUnowed, cause: UUID, policy: Policy
) -> Commands:
    """Tell staff that the agreed calendar is unknown, so that other hours count: once per ticket and name."""
    unknown = event.unknown_calendar
    if unknown is None:
        return []
    about = {"calendar": unknown, "tier": event.tier}
    # A template that older releases know; its particulars say that it is no percentage.
    warning = Notify(
        cause=cause, template="sla-warning", to=policy.calendars_to, about=about, matter=f"unknown calendar {unknown}"
    )
    return [warning]


def _called(event: EscalationRaised, cause: UUID, _: Policy) -> Commands:
    about = {"severity": str(event.severity), "breached_at": write_instant(event.breached_at), "rung": str(event.rung)}
    about |= _owed(event.escalation)
    if event.next_at:
        about["next_at"] = write_instant(event.next_at)
    elif event.next_in:
        about |= terms(event.next_in)
    return [Notify(cause=cause, template="escalation", to=event.role, about=about)]


def _owed(metric: str) -> dict[str, str]:
    """The metric that is late; nothing for the first answer (P25)."""
    return {} if metric == "response" else {"metric": metric}


SAYS: Mapping[type[Any], Callable[[Any, UUID, Policy], Commands]] = {
    TicketOpened: _received,
    Assigned: _assigned,
    TicketLocaleChanged: _reads,
    ParticipantAdded: _joined,
    ParticipantRemoved: _left,
    InformationRequested: _wanted,
    InformationReceived: _still_wanted,
    InformationCompleted: _completed,
    MessagePosted: _message,
    InitialResponseGiven: _answer,
    Resolved: _resolved,
    SurveyIssued: _survey,
    SurveyReminderDue: _reminder,
    SlaWarning: _warning,
    SlaBreached: _breached,
    BreachRetracted: _retracted,
    ObjectiveMissed: _missed,
    ClockAwaited: _counted,
    ClockStarted: _counted,
    ClockRescheduled: _counted,
    ClockUnowed: _counted,
    EscalationRaised: _called,
}
