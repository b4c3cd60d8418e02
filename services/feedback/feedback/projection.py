"""Which rows a fact changes: of surveys and of feedback, and of what is remembered of tickets and accounts.

Words stay in the log.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.complaints import InformationAsked, OutcomeGiven, UpdateGiven
from contracts.envelope import Fact
from contracts.feedback import (
    DeadlineScheduled,
    FeedbackReceived,
    PromiseJudged,
    SurveyAnswered,
    SurveyDelivered,
    SurveyIssued,
)
from contracts.names import NOTIFICATIONS, TICKETS
from contracts.notifications import NotificationRequested
from contracts.tickets import AccountRegistered, LocaleChanged, TicketOpened
from feedback.domain.expected import next_deadline
from feedback.domain.state import ENDED_STAGES, Feedback
from feedback.domain.survey import open_until
from kit.consume.views import Part, Parts, View
from kit.decider import Put


def project(fact: Fact, before: Any, after: Any) -> Iterable[Put]:
    """The rows that a fact changes; a later answer to a survey replaces an earlier one."""
    if isinstance(after, Feedback):
        return [*_feedback(fact, before, after), *_promise(fact), *_reported(fact, before, after)]
    match fact.event:
        case SurveyIssued() as issued:
            values = {
                "ticket_id": issued.ticket_id,
                "closing": issued.closing,
                "account_id": issued.account_id,
                "subject_id": issued.subject_id,
                "number": issued.number,
                "issued_at": fact.happened_at,
                "open_until": open_until(after),
                "closed_at": issued.closed_at,
                "severity": issued.severity,
                "tier": issued.tier,
                "engineer": issued.engineer,
            }
        case SurveyDelivered():
            values = {"delivered_at": fact.recorded_at}
        case SurveyAnswered(rating=rating):
            values = {"rating": rating, "answered_at": fact.happened_at, "open_until": open_until(after)}
        case _:
            return []
    return [
        Put("surveys", {"survey_id": fact.event.survey_id}, values | {"version": fact.version}),
        *_answer(fact),
    ]


def _answer(fact: Fact) -> Iterable[Put]:
    """Every answer, for reports as known at an instant."""
    if isinstance(fact.event, SurveyAnswered):
        key = {"survey_id": fact.event.survey_id, "version": fact.version}
        yield Put("survey_answers", key, {"rating": fact.event.rating, "recorded_at": fact.recorded_at})


def _feedback(fact: Fact, before: Any, after: Feedback) -> Iterable[Put]:
    due = next_deadline(after)
    values: dict[str, Any] = {
        "kind": after.kind,
        "stage": after.stage,
        "reviewer": after.reviewer,
        "urgent": after.urgent,
        "renewals": after.renewals,
        "unmarked": len(after.unmarked),
        "due_at": due[1] if due else None,
        "due_for": due[0] if due else None,
        "version": fact.version,
    }
    match fact.event:
        case FeedbackReceived() as received:
            values |= {
                "number": received.number,
                "channel": received.channel,
                "account_id": received.account_id,
                "subject_id": received.subject_id,
                "about": received.about,
                "about_number": received.about_number,
                "survey_id": received.survey_id,
                "split_from": received.split_from,
                "received_at": received.received_at or fact.happened_at,
            }
        case OutcomeGiven(corrects=False):
            values |= {"outcome_at": fact.happened_at}
        case InformationAsked():
            values |= {"asked_at": fact.happened_at}
    if after.acknowledged and not getattr(before, "acknowledged", False):
        values |= {"acknowledged_at": fact.happened_at}
    if after.stage != getattr(before, "stage", None):
        values |= {"ended_at": _ended_at(after, fact.happened_at)}
    return [Put("feedback", {"feedback_id": after.feedback_id}, values)]


def _reported(fact: Fact, before: Any, after: Feedback) -> Iterable[Put]:
    """What reports as known at an instant need of the way to where it is now."""
    key = {"feedback_id": after.feedback_id, "version": fact.version}
    if after.stage != getattr(before, "stage", None):
        yield Put("feedback_stages", key, {"stage": after.stage, "recorded_at": fact.recorded_at})
    if isinstance(fact.event, UpdateGiven):
        renewed = isinstance(before, Feedback) and fact.event.renewals > before.renewals
        yield Put("feedback_updates", key, {"renewed": renewed, "recorded_at": fact.recorded_at})


def _ended_at(after: Feedback, at: datetime) -> datetime | None:
    return at if after.stage in ENDED_STAGES else None


def _promise(fact: Fact) -> Iterable[Put]:
    match fact.event:
        case DeadlineScheduled(deadline="acknowledgement" | "update" | "urgent") as made:
            values: dict[str, Any] = {"promise": made.deadline, "due_at": made.due_at, "made_at": fact.recorded_at}
        case PromiseJudged() as made:
            values = {
                "outcome": made.outcome,
                "judged_at": made.at,
                "reclassified": made.reclassified,
                "renewals": made.renewals,
                "recorded_at": fact.recorded_at,
            }
        case _:
            return []
    return [Put("feedback_promises", {"feedback_id": made.feedback_id, "alarm": made.alarm}, values)]


@dataclass(frozen=True, slots=True)
class KnownTicket:
    """A ticket that was opened."""

    number: str = ""
    account_id: UUID | None = None


def _opened(known: KnownTicket, fact: Fact) -> KnownTicket:
    return KnownTicket(fact.event.number, fact.event.account_id)


def _columns(parts: Parts) -> Mapping[str, Any]:
    known = parts["ticket"]
    return {"number": known.number, "account_id": known.account_id}


KNOWN_TICKETS = View(
    table="tickets",
    parts={TICKETS: Part(column="ticket", initial=KnownTicket(), evolve=_opened, heeds=[TicketOpened])},
    joined=_columns,
)
"""A row for each ticket."""


@dataclass(frozen=True, slots=True)
class SurveyMail:
    """A mail that asks about a closing."""

    closing: int = 0


def _asked(mail: SurveyMail, fact: Fact) -> SurveyMail:
    return SurveyMail(int((fact.event.about or {}).get("closing", 0)))


def _survey_mail(fact: Fact) -> Mapping[str, Any] | None:
    return {"notification_id": fact.event.notification_id} if fact.event.template == "survey" else None


def _closing(parts: Parts) -> Mapping[str, Any]:
    return {"closing": parts["mail"].closing}


SURVEY_MAILS = View(
    table="survey_mails",
    parts={NOTIFICATIONS: Part(column="mail", initial=SurveyMail(), evolve=_asked, heeds=[NotificationRequested])},
    joined=_closing,
    key=_survey_mail,
)
"""A row for each mail with a survey: by it we know which survey a mail that was sent is."""


@dataclass(frozen=True, slots=True)
class KnownAccount:
    """In which language and time zone an account reads."""

    language: str | None = None
    zone: str | None = None


def _reads(known: KnownAccount, fact: Fact) -> KnownAccount:
    return KnownAccount(fact.event.language, fact.event.zone)


def _locale(parts: Parts) -> Mapping[str, Any]:
    known = parts["account"]
    return {"language": known.language, "zone": known.zone}


KNOWN_ACCOUNTS = View(
    table="accounts",
    identity="account_id",
    parts={
        TICKETS: Part(column="account", initial=KnownAccount(), evolve=_reads, heeds=[AccountRegistered, LocaleChanged])
    },
    joined=_locale,
)
"""A row for each account."""
