"""Facts in words."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from contracts.base import BY_CLASS, kind_of
from contracts.complaints import OutcomeAccepted, OutcomeDisputed, OutcomeGiven
from contracts.envelope import Meta, Recorded
from contracts.escalations import CalledRole, ComplaintReason, EscalationRaised, RoleCalled
from contracts.feedback import FeedbackAddedTo, FeedbackClassified, PromiseJudged, SurveyAnswered
from contracts.notifications import (
    CorrespondenceOpened,
    LetterRequested,
    LetterSuppressed,
    NotificationRequested,
    NotificationSent,
    ThreadOpened,
)
from contracts.sla import AlarmSet, PolicyPublished
from punctual.demo import words
from punctual.demo.words import Narrator

ID = UUID(int=7)
AT = datetime(2016, 3, 2, 14, 30, tzinfo=UTC)


def fact(event: Any) -> Recorded[Any]:
    return Recorded(
        topic=kind_of(event).topic,
        shard=0,
        shard_seq=1,
        stream=f"ticket-{ID}",
        version=1,
        event_id=ID,
        command_id=ID,
        recorded_at=AT,
        event=event,
        meta=Meta(actor="eve", role="engineer"),
    )


def test_a_line_has_the_local_time_the_ticket_and_the_words() -> None:
    narrator = Narrator()
    narrator.line(fact(ThreadOpened(ticket_id=ID, subject_id=ID, number="P-7", channel="portal", email="sealed")))
    said = narrator.line(fact(SurveyAnswered(ticket_id=ID, survey_id=ID, subject_id=ID, rating=4)))
    assert said is not None
    assert (said[0], said[1], said[2].text) == ("09:30", "P-7", "rated ★★★★☆")


def test_a_mail_is_named_for_what_it_is_about_and_whom_it_is_for() -> None:
    narrator = Narrator()
    asked = NotificationRequested(
        ticket_id=ID,
        notification_id=ID,
        template="sla-breached",
        cause=ID,
        number="P-7",
        automatic="generated",
        role="support-manager",
    )
    assert narrator.line(fact(asked)) is None
    said = narrator.line(fact(NotificationSent(ticket_id=ID, notification_id=ID, message_id="<1@x>")))
    assert said is not None
    assert said[2].text == "mail to the Support Manager: sla breached"


def test_a_letter_about_feedback_is_named_for_what_it_is() -> None:
    narrator = Narrator()
    opened = CorrespondenceOpened(ticket_id=ID, subject_id=ID, number="F-7", channel="page", email="sealed")
    asked = LetterRequested(
        ticket_id=ID, notification_id=ID, template="complaint-outcome", cause=ID, number="F-7", automatic=None
    )
    assert narrator.line(fact(opened)) is None
    assert narrator.line(fact(asked)) is None
    sent = narrator.line(fact(NotificationSent(ticket_id=ID, notification_id=ID, message_id="<1@x>")))
    assert sent is not None
    assert (sent[1], sent[2].text) == ("F-7", "mail to the requester: complaint outcome")
    erased = LetterSuppressed(ticket_id=ID, notification_id=ID, template="complaint-outcome", cause=ID, reason="erased")
    assert said(erased) == "mail not sent: erased"


def said(event: Any) -> str:
    line = Narrator().line(fact(event))
    assert line is not None
    return line[2].text


def called(role: CalledRole, reason: ComplaintReason) -> RoleCalled:
    return RoleCalled(ticket_id=ID, escalation="e", reason=reason, role=role, turn=0, number="F-7", since=AT)


def judged(promise: Any, outcome: Any) -> PromiseJudged:
    return PromiseJudged(feedback_id=ID, number="F-7", promise=promise, alarm="a", outcome=outcome, due_at=AT, at=AT)


@pytest.mark.parametrize(
    ("event", "words"),
    [
        (called("vp", "review"), "escalation calls the VP: a complaint is to be reviewed"),
        (called("vp", "urgent"), "escalation calls the VP: a complaint is urgent"),
        (
            called("support-manager", "update-missed"),
            "escalation calls the Support Manager: a promised update was missed",
        ),
        (called("ceo", "arbitration"), "escalation calls the CEO: the outcome of a complaint is disputed"),
        (judged("acknowledgement", "kept"), "acknowledged in time"),
        (judged("update", "cancelled"), "no update is owed any more"),
        (judged("acknowledgement", "broken"), "BREACH: no person acknowledged it by 09:30"),
        (judged("update", "broken"), "BREACH: neither the outcome nor an update by 09:30"),
        (judged("urgent", "broken"), "BREACH: no person answered the urgent complaint by 09:30"),
        (FeedbackClassified(feedback_id=ID, subject_id=ID, kind="praise", cause="staff"), "it is praise"),
        (
            FeedbackClassified(feedback_id=ID, subject_id=ID, kind="complaint", cause="deadline"),
            "nobody said what it is, so it is now a complaint",
        ),
        (
            FeedbackAddedTo(feedback_id=ID, subject_id=ID, message_id=ID, channel="page", text="sealed", answers=True),
            "the customer answered the question",
        ),
        (OutcomeGiven(feedback_id=ID, subject_id=ID, found="sealed", corrects=True), "a correction of the outcome"),
        (OutcomeAccepted(feedback_id=ID, subject_id=ID, cause="customer"), "the customer accepts the outcome"),
        (
            OutcomeAccepted(feedback_id=ID, subject_id=ID, cause="silence"),
            "the customer was silent: the matter counts as settled",
        ),
        (
            OutcomeDisputed(feedback_id=ID, number="F-7", subject_id=ID, cause="unmarked"),
            "nobody marked the customer's words, so they are a dispute",
        ),
    ],
    ids=lambda value: getattr(value, "cause", None) or type(value).__name__,
)
def test_what_is_said_of_feedback(event: Any, words: str) -> None:
    assert said(event) == words


def test_plumbing_is_not_told() -> None:
    assert Narrator().line(fact(AlarmSet(ticket_id=ID, alarm="ladder", due_at=AT))) is None


def test_the_policy_is_told_once_and_not_in_each_of_its_shards() -> None:
    told = [
        Narrator().line(
            fact(PolicyPublished(shard=n, version="v", name="The policy", tzdata="t", holidays="h", resolved={}))
        )
        for n in (0, 1)
    ]
    assert told[0] is not None
    assert told[1] is None


@pytest.mark.parametrize("role", ["engineer", "support-manager", "vp", "ceo"])
def test_every_rung_has_a_name(role: Any) -> None:
    raised = EscalationRaised(
        ticket_id=ID, escalation="response", cause="breach", severity=1, breached_at=AT, rung=0, role=role, next_at=None
    )
    assert said(raised).startswith("escalation calls the ")


PLUMBING = {
    "policy.published",
    "clock.unowed",
    "alarm.set",
    "alarm.cancelled",
    "alarm.rang",
    "account.tier-changed",
    "account.locale-changed",
    "thread.opened",
    "correspondence.opened",
    "feedback-mail.received",
    "feedback.scheduled",
    "feedback.split-off",
    "survey.overtaken",
    "survey.reminder-due",
    "survey.delivered",
    "thread.assigned",
    "thread.locale-changed",
    "thread.mail-received",
    "thread.overtaken",
    "notification.requested",
    "letter.requested",
    "escalation.forestalled",
    "escalation.scheduled",
    "delivery-notice.received",
    "waiting-mails.noted",
    "ticket.participant-added",
    "ticket.participant-removed",
    "thread.joined",
    "thread.left",
    "address.marked",
    "address.cleared",
}


def test_every_kind_of_event_is_told_or_known_to_be_plumbing() -> None:
    told = {BY_CLASS[cls].name for cls in words.WORDS}
    assert told | PLUMBING >= {kind.name for kind in BY_CLASS.values() if kind.topic.startswith("punctual.")}
