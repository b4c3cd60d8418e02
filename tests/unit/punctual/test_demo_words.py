"""Facts in words."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from contracts.base import BY_CLASS, kind_of
from contracts.envelope import Meta, Recorded
from contracts.escalations import EscalationRaised
from contracts.feedback import SurveyAnswered
from contracts.notifications import NotificationRequested, NotificationSent, ThreadOpened
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
    said = Narrator().line(fact(raised))
    assert said is not None
    assert said[2].text.startswith("escalation calls the ")


PLUMBING = {
    "policy.published",
    "clock.unowed",
    "alarm.set",
    "alarm.cancelled",
    "alarm.rang",
    "account.tier-changed",
    "thread.opened",
    "thread.assigned",
    "thread.overtaken",
    "notification.requested",
    "escalation.forestalled",
    "escalation.scheduled",
}


def test_every_kind_of_event_is_told_or_known_to_be_plumbing() -> None:
    told = {BY_CLASS[cls].name for cls in words.WORDS}
    assert told | PLUMBING >= {kind.name for kind in BY_CLASS.values() if kind.topic.startswith("punctual.")}
