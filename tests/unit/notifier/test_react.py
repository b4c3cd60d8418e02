from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.envelope import Fact, Meta, Recorded
from contracts.escalations import EscalationAcknowledged, EscalationRaised
from contracts.feedback import SurveyIssued
from contracts.sla import BreachRetracted, ClockStarted, ObjectiveMissed, SlaBreached, SlaWarning, Versions
from contracts.tickets import (
    Assigned,
    Closed,
    Details,
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
    ClearAddress,
    JoinThread,
    LeaveThread,
    NotifierCommand,
    Notify,
    OpenThread,
    Overtake,
    RetractBreach,
)
from notifier.domain.policy import Policy
from notifier.react import react

TICKET, ADA, CAUSE, OTHER = (UUID(int=number) for number in (1, 2, 3, 4))
THREE = datetime(2026, 7, 13, 15, tzinfo=UTC)
VERSIONS = Versions(policy="p", calendar="c", tzdata="t")


def fact(event: Any, occurred_at: datetime | None = None) -> Fact:
    return Recorded(
        topic="t",
        shard=0,
        shard_seq=1,
        stream="s",
        version=1,
        event_id=CAUSE,
        command_id=OTHER,
        recorded_at=THREE,
        event=event,
        meta=Meta(actor="someone", role="service", occurred_at=occurred_at),
    )


def commands(event: Any, policy: Policy | None = None) -> list[NotifierCommand]:
    """What is to be said; what the fact makes untrue is test_overtaking's, and whose address is read test_bounces'."""
    answer = react(fact(event), policy or Policy())
    assert {stream for stream, _ in answer} <= {f"thread-{TICKET}", f"recipient-{ADA}"}
    return [command for _, command in answer if not isinstance(command, Overtake | ClearAddress)]


OPENED = TicketOpened(
    ticket_id=TICKET,
    number="P-1042",
    account_id=OTHER,
    account_version=1,
    subject_id=ADA,
    channel="email",
    severity=2,
    priority="high",
    tier="enlist",
    calendar=None,
    details=Details(),
    missing=("product",),
    title="It broke",
    description="It broke.",
    email="ada@customer.example",
    mail="raw",
    thread="<root@customer.example>",
)
BREACHED = SlaBreached(
    ticket_id=TICKET,
    metric="response",
    cause="deadline",
    evidence="settled",
    severity=2,
    due_at=THREE,
    breached_at=THREE,
    versions=VERSIONS,
)


def message(author: Any, *, public: bool) -> MessagePosted:
    return MessagePosted(
        ticket_id=TICKET,
        subject_id=ADA,
        message_id=OTHER,
        channel="portal",
        author=author,
        public=public,
        contact=True,
        body="Hello",
    )


def received(*missing: Any) -> InformationReceived:
    return InformationReceived(ticket_id=TICKET, subject_id=ADA, details=Details(), missing=missing)


def raised(next_at: datetime | None) -> EscalationRaised:
    return EscalationRaised(
        ticket_id=TICKET,
        escalation="response",
        cause="breach",
        severity=1,
        breached_at=THREE,
        rung=2,
        role="vp",
        next_at=next_at,
    )


def test_an_opened_ticket_opens_a_thread() -> None:
    receipt = Notify(
        cause=CAUSE, template="ticket-received", to="requester", automatic="replied", about={"missing": "product"}
    )
    assert commands(OPENED) == [
        OpenThread(
            ticket_id=TICKET,
            subject_id=ADA,
            number="P-1042",
            channel="email",
            email="ada@customer.example",
            mail="<root@customer.example>",
            receipt=receipt,
            title="It broke",
        )
    ]


def test_only_a_mail_is_automatically_replied_to() -> None:
    [opened] = commands(replace(OPENED, channel="portal", thread=None, missing=()))
    assert isinstance(opened, OpenThread)
    assert opened.receipt == Notify(
        cause=CAUSE, template="ticket-received", to="requester", automatic="generated", about={"awaits": "clock"}
    )


def test_a_receipt_says_which_severity_was_taken_for_one_that_can_t_be_read() -> None:
    (opened,) = commands(replace(OPENED, severity=3, severity_unread=True))
    assert isinstance(opened, OpenThread)
    assert opened.receipt.about["severity_taken"] == "3"
    (opened,) = commands(OPENED)
    assert isinstance(opened, OpenThread)
    assert "severity_taken" not in opened.receipt.about


def test_an_assignment_is_remembered() -> None:
    assert commands(Assigned(ticket_id=TICKET, engineer="grace", before=None)) == [AssignThread(engineer="grace")]


def test_answers_go_to_where_the_requester_wants_them() -> None:
    (opened,) = commands(replace(OPENED, reply_to="team@customer.example"))
    assert isinstance(opened, OpenThread)
    assert opened.email == "team@customer.example"


def test_who_takes_part_joins_the_thread_under_the_address_that_they_want_and_leaves_it() -> None:
    added = ParticipantAdded(
        ticket_id=TICKET, account_id=OTHER, subject_id=ADA, email="bob@customer.example", because="wrote"
    )
    assert commands(added) == [JoinThread(subject_id=ADA, email="bob@customer.example")]
    elsewhere = replace(added, reply_to="team@customer.example")
    assert commands(elsewhere) == [JoinThread(subject_id=ADA, email="team@customer.example")]
    assert commands(ParticipantRemoved(ticket_id=TICKET, subject_id=ADA)) == [LeaveThread(subject_id=ADA)]


def test_a_request_for_information_is_passed_on_in_the_words_of_who_asked() -> None:
    asked = InformationRequested(ticket_id=TICKET, subject_id=ADA, missing=("os", "product"), reason="Which one?")
    assert commands(asked) == [
        Notify(
            cause=CAUSE,
            template="information-wanted",
            to="requester",
            automatic=None,
            text="Which one?",
            about={"missing": "os,product"},
        )
    ]


def test_nobody_is_told_that_a_policy_asks_for_less() -> None:
    assert commands(replace(received("os"), policy="v2")) == []


def test_whoever_says_a_part_is_told_what_is_still_missing() -> None:
    assert commands(received("os")) == [
        Notify(
            cause=CAUSE,
            template="information-wanted",
            to="requester",
            automatic="replied",
            about={"missing": "os"},
        )
    ]
    assert commands(received()) == []


def test_a_message_of_staff_is_passed_on_but_no_note_and_no_message_of_the_requester() -> None:
    assert commands(message("staff", public=True)) == [
        Notify(cause=CAUSE, template="message", to="requester", automatic=None, text="Hello", to_all=True)
    ]
    assert commands(message("staff", public=False)) == []
    assert commands(message("requester", public=True)) == []


def test_a_mail_of_the_customer_is_what_later_mails_answer() -> None:
    mailed = replace(message("requester", public=True), thread="<second@customer.example>")
    assert commands(mailed) == [AnswerMail(subject_id=ADA, mail="<second@customer.example>")]


def test_the_answer_and_the_resolution_are_passed_on() -> None:
    answer = InitialResponseGiven(
        ticket_id=TICKET,
        subject_id=ADA,
        message_id=OTHER,
        severity=2,
        tier="enlist",
        calendar=None,
        waiting=False,
        states="plan",
        body="We will",
    )
    assert commands(answer) == [
        Notify(
            cause=CAUSE,
            template="answer",
            to="requester",
            automatic=None,
            text="We will",
            about={"states": "plan"},
            to_all=True,
        )
    ]
    assert commands(Resolved(ticket_id=TICKET, subject_id=ADA, resolution="Done")) == [
        Notify(cause=CAUSE, template="resolved", to="requester", automatic=None, text="Done", to_all=True)
    ]


def test_a_survey_is_mailed() -> None:
    issued = SurveyIssued(
        ticket_id=TICKET, survey_id=OTHER, account_id=OTHER, subject_id=ADA, number="P-1042", closing=2
    )
    assert commands(issued) == [
        Notify(
            cause=CAUSE,
            template="survey",
            to="requester",
            about={"survey_id": str(OTHER), "closing": "2"},
        )
    ]


def test_the_engineer_is_warned_and_the_support_manager_told_of_breaches_and_missed_objectives() -> None:
    warning = SlaWarning(
        ticket_id=TICKET, metric="response", percent=75, reached_at=THREE, due_at=THREE, versions=VERSIONS
    )
    missed = ObjectiveMissed(ticket_id=TICKET, metric="objective", due_at=THREE, versions=VERSIONS)
    due = "2026-07-13T15:00:00Z"
    assert commands(warning) == [
        Notify(cause=CAUSE, template="sla-warning", to="engineer", about={"percent": "75", "due_at": due})
    ]
    assert commands(BREACHED) == [
        Notify(
            cause=CAUSE,
            template="sla-breached",
            to="support-manager",
            about={"severity": "2", "cause": "deadline", "due_at": due, "breached_at": due},
        )
    ]
    assert commands(missed) == [
        Notify(
            cause=CAUSE, template="objective-missed", to="support-manager", about={"due_at": due, "metric": "objective"}
        )
    ]


def test_the_policy_says_who_is_told() -> None:
    [told] = commands(BREACHED, Policy(breaches_to="vp"))
    assert isinstance(told, Notify)
    assert told.to == "vp"


def test_a_retraction_goes_to_whoever_was_told() -> None:
    retracted = BreachRetracted(
        ticket_id=TICKET, metric="response", cause="clock-changed", breached_at=THREE, versions=VERSIONS
    )
    assert commands(retracted) == [
        RetractBreach(cause=CAUSE, about={"cause": "clock-changed", "breached_at": "2026-07-13T15:00:00Z"})
    ]


@pytest.mark.parametrize(
    ("next_at", "more"), [(None, {}), (THREE.replace(hour=20), {"next_at": "2026-07-13T20:00:00Z"})]
)
def test_each_rung_of_the_ladder_is_called(next_at: datetime | None, more: dict[str, str]) -> None:
    about = {"severity": "1", "breached_at": "2026-07-13T15:00:00Z", "rung": "2"} | more
    assert commands(raised(next_at)) == [Notify(cause=CAUSE, template="escalation", to="vp", about=about)]


def test_other_facts_ask_for_nothing() -> None:
    closed = Closed(ticket_id=TICKET, account_id=OTHER, subject_id=ADA, number="P-1", cause="resolved", closing=1)
    assert commands(closed) == []
    assert commands(EscalationAcknowledged(ticket_id=TICKET, escalation="response", rung=1)) == []


def test_nobody_is_told_of_history_brought_in() -> None:
    assert react(fact(OPENED, occurred_at=THREE)) == []


@pytest.mark.parametrize("metric", ["next-reply", "update", "resolution"])
def test_what_is_late_is_named_where_it_is_not_the_first_answer(metric: Any) -> None:
    warning = SlaWarning(ticket_id=TICKET, metric=metric, percent=75, reached_at=THREE, due_at=THREE, versions=VERSIONS)
    retracted = BreachRetracted(
        ticket_id=TICKET, metric=metric, cause="clock-changed", breached_at=THREE, versions=VERSIONS
    )
    for event in (warning, replace(BREACHED, metric=metric), retracted, replace(raised(None), escalation=metric)):
        [command] = commands(event)
        assert isinstance(command, Notify | RetractBreach)
        assert command.about["metric"] == metric


def started(unknown: str | None) -> ClockStarted:
    return ClockStarted(
        ticket_id=TICKET,
        metric="response",
        severity=2,
        tier="enlist",
        calendar="weekdays",
        received_at=THREE,
        started_at=THREE,
        target=timedelta(hours=4),
        due_at=THREE,
        warnings=(),
        versions=VERSIONS,
        unknown_calendar=unknown,
    )


def test_staff_are_told_of_an_agreed_calendar_that_no_policy_knows() -> None:
    assert commands(started(None)) == []
    [told] = commands(started("offce"))
    assert isinstance(told, Notify)
    assert (told.to, told.about) == ("support-manager", {"calendar": "offce", "tier": "enlist"})


def test_the_thread_reads_as_its_account_does() -> None:
    (opened,) = commands(replace(OPENED, language="de", zone="Europe/Berlin"))
    assert isinstance(opened, OpenThread)
    assert (opened.language, opened.zone) == ("de", "Europe/Berlin")
    changed = TicketLocaleChanged(
        ticket_id=TICKET, account_id=OTHER, account_version=2, language="de-CH", zone="Europe/Zurich"
    )
    assert commands(changed) == [ChangeThreadLocale(language="de-CH", zone="Europe/Zurich")]
