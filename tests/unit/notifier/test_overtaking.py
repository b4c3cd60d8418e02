"""What is no longer true, and which mails that concerns."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from tests.unit.notifier.test_thread import (
    ANSWERED,
    BREACHED,
    CALLED,
    OPENED,
    RECEIPT,
    TICKET,
    to_requester,
    to_staff,
)

from contracts.envelope import Meta, Recorded
from contracts.escalations import EscalationAcknowledged, EscalationResolved
from contracts.notifications import NotificationEvent, NotificationRequested, ThreadOvertaken
from contracts.sla import BreachRetracted, ClockCancelled, SlaBreached, SlaMet, Versions
from contracts.tickets import Closed, Details, InformationCompleted, InitialResponseGiven, Merged, Reopened
from notifier.domain import INITIAL, decide, evolve
from notifier.react import react
from notifier.senders.pending import pending_mail

CAUSE, NOW = UUID(int=77), datetime(2026, 7, 13, 15, tzinfo=UTC)
VERSIONS = Versions(policy="p", calendar="c", tzdata="t")

WARNING = to_staff("sla-warning", UUID(int=20), "engineer", about={"percent": "50"})
UPDATE_WARNING = to_staff("sla-warning", UUID(int=21), "engineer", about={"metric": "update"})
MISSED = to_staff("objective-missed", UUID(int=22), "support-manager", about={"metric": "objective"})
QUESTION = to_requester("information-wanted", UUID(int=23))
SURVEY = to_requester("survey", UUID(int=24))
RETRACTION = to_staff("breach-retracted", UUID(int=25), "support-manager")
ALL: list[NotificationEvent] = [OPENED, RECEIPT, QUESTION, WARNING, UPDATE_WARNING, MISSED, BREACHED, CALLED, SURVEY]


def fact(event: Any) -> Recorded[Any]:
    return Recorded(
        topic="t",
        shard=0,
        shard_seq=1,
        stream="s",
        version=1,
        event_id=CAUSE,
        command_id=CAUSE,
        recorded_at=NOW,
        event=event,
        meta=Meta(actor="someone", role="service"),
    )


def overtaken(given: list[NotificationEvent], event: Any) -> list[NotificationEvent]:
    """What a fact makes untrue of what was requested before, by its events."""
    state = reduce(evolve, given, INITIAL)
    found: list[NotificationEvent] = []
    for _, command in react(fact(event)):
        for one in decide(command, state):
            state = evolve(state, one)
            found += [one] if isinstance(one, ThreadOvertaken) else []
    return found


def by(*notices: NotificationRequested) -> list[NotificationEvent]:
    gone = tuple(notice.notification_id for notice in notices)
    return [ThreadOvertaken(ticket_id=TICKET, cause=CAUSE, notifications=gone)]


def response() -> InitialResponseGiven:
    return InitialResponseGiven(
        ticket_id=TICKET,
        subject_id=UUID(int=1),
        message_id=UUID(int=2),
        severity=1,
        tier="patrol",
        calendar=None,
        waiting=False,
        states="plan",
        body="Restart it.",
    )


def sla(kind: type[Any], metric: str = "response", **more: Any) -> Any:
    return kind(ticket_id=TICKET, metric=metric, versions=VERSIONS, **more)


BREACH: dict[str, Any] = {"cause": "deadline", "evidence": "settled", "severity": 1, "due_at": NOW, "breached_at": NOW}
RETRACTED: dict[str, Any] = {"cause": "answered-in-time", "breached_at": NOW}
KEPT: dict[str, Any] = {"responded_at": NOW, "due_at": NOW, "elapsed": timedelta()}
COMPLETED = InformationCompleted(
    ticket_id=TICKET, subject_id=UUID(int=1), severity=1, tier="patrol", calendar=None, details=Details()
)
CLOSED = Closed(
    ticket_id=TICKET, account_id=UUID(int=3), subject_id=UUID(int=1), number="P-1", cause="resolved", closing=1
)


@pytest.mark.parametrize(
    ("event", "notices"),
    [
        (response(), [WARNING, CALLED]),
        (sla(SlaBreached, **BREACH), [WARNING]),
        (sla(SlaBreached, "update", **BREACH), [UPDATE_WARNING]),
        (sla(BreachRetracted, **RETRACTED), [BREACHED, CALLED]),
        (sla(BreachRetracted, "objective", **RETRACTED), [MISSED]),
        (sla(ClockCancelled, cause="severity"), [WARNING]),
        (sla(SlaMet, "update", **KEPT), [UPDATE_WARNING]),
        (EscalationAcknowledged(ticket_id=TICKET, escalation="response", rung=0), [CALLED]),
        (EscalationResolved(ticket_id=TICKET, escalation="response", cause="closed"), [CALLED]),
        (EscalationAcknowledged(ticket_id=TICKET, escalation="update", rung=0), []),
        (COMPLETED, [QUESTION]),
        (Reopened(ticket_id=TICKET, subject_id=UUID(int=1), reason="Again"), [SURVEY]),
        (CLOSED, [QUESTION, WARNING, UPDATE_WARNING, CALLED]),
        (
            Merged(ticket_id=TICKET, account_id=UUID(int=3), number="P-1", into=UUID(int=4), into_number="P-2"),
            [QUESTION, WARNING, UPDATE_WARNING, CALLED],
        ),
    ],
    ids=lambda value: type(value).__name__,
)
def test_a_fact_makes_untrue(event: Any, notices: list[NotificationRequested]) -> None:
    assert overtaken(ALL, event) == (by(*notices) if notices else [])


def test_what_is_untrue_already_is_not_said_to_be_once_more() -> None:
    assert overtaken([*ALL, *by(WARNING, CALLED)], response()) == []


def test_receipts_answers_and_verdicts_that_stand_hold_whatever_comes() -> None:
    later = [*ALL, ANSWERED]
    for event in (CLOSED, response(), sla(SlaBreached, **BREACH)):
        gone = {one for found in overtaken(later, event) for one in getattr(found, "notifications", ())}
        assert not gone & {notice.notification_id for notice in (RECEIPT, ANSWERED, BREACHED, MISSED)}


def test_that_a_calendar_is_unknown_holds_whatever_becomes_of_the_clock() -> None:
    unknown = replace(WARNING, notification_id=UUID(int=34), about={"calendar": "offce", "tier": "patrol"})
    for event in (response(), sla(SlaBreached, **BREACH), CLOSED):
        assert overtaken([OPENED, unknown], event) == []


def test_when_it_is_sent_a_mail_is_asked_whether_it_is_still_true() -> None:
    thread = [fact(event) for event in [*ALL, *by(WARNING)]]
    assert pending_mail(thread, WARNING.notification_id).overtaken
    assert not pending_mail(thread, BREACHED.notification_id).overtaken
    with pytest.raises(LookupError):
        pending_mail(thread, UUID(int=99))


def test_a_retraction_knows_what_it_takes_back_from_whom() -> None:
    another = replace(BREACHED, notification_id=UUID(int=31))
    update = replace(BREACHED, notification_id=UUID(int=32), about={"metric": "update"})
    again = replace(RETRACTION, notification_id=UUID(int=33))
    thread = [fact(event) for event in [*ALL, update, RETRACTION, another, again]]
    assert pending_mail(thread, RETRACTION.notification_id).retracts == (BREACHED.notification_id,)
    assert pending_mail(thread, again.notification_id).retracts == (another.notification_id,)
