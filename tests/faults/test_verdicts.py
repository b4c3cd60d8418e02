"""What is judged: that it finds what it should, and nothing else."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from tests.faults.verdicts import Mail, Said, Told, bare, faults_in, untrue

DUE = datetime(2026, 11, 23, 12, tzinfo=UTC)
OPENED = Said("a", "ticket.opened", DUE - timedelta(hours=1), {})
STARTED = Said("a", "clock.started", DUE - timedelta(hours=1), {"due_at": "2026-11-23T12:00:00Z"})
BREACHED = Said("a", "sla.breached", DUE, {})
RETRACTED = Said("a", "sla.breach-retracted", DUE, {})
MET = Said("a", "sla.met", DUE, {})
ANSWERED = Said("a", "ticket.initial-response-given", DUE - timedelta(microseconds=1), {})
LATE = Said("a", "ticket.initial-response-given", DUE, {})


@pytest.mark.parametrize(
    "events",
    [
        [BREACHED],
        [LATE, BREACHED],
        [ANSWERED, MET],
        [ANSWERED, BREACHED, RETRACTED, MET],
    ],
)
def test_a_verdict_that_is_true_and_said_once_is_no_fault(events: list[Said]) -> None:
    assert faults_in(Told(["a"], [OPENED, STARTED, *events])) == []


@pytest.mark.parametrize(
    "events",
    [
        [],
        [BREACHED, BREACHED],
        [LATE, MET],
        [ANSWERED, BREACHED],
        [ANSWERED],
        [ANSWERED, MET, MET],
        [BREACHED, RETRACTED],
    ],
)
def test_a_verdict_that_is_lost_wrong_or_said_twice_is_found(events: list[Said]) -> None:
    assert faults_in(Told(["a"], [OPENED, STARTED, *events]))


def test_a_ticket_that_was_confirmed_and_is_not_there_is_found() -> None:
    assert faults_in(Told(["a"], []))
    assert faults_in(Told(["a"], [OPENED]))


def test_a_line_that_no_machine_can_read_is_found() -> None:
    assert bare(['{"event": "started"}', "Traceback (most recent call last):", "17", ""]) == [
        "Traceback (most recent call last):",
        "17",
        "",
    ]
    assert faults_in(Told([], [], ["Traceback"])) == ["a line of a log is no JSON: Traceback"]


RECEIVED = Mail("a", "ticket-received", "sent", DUE)
NOTICE = Mail("a", "sla-breached", "sent", DUE)
REPLY = Mail("a", "answer", "sent", DUE)
WARNING = Mail("a", "sla-warning", "suppressed")


@pytest.mark.parametrize(
    ("events", "mails"),
    [
        ([BREACHED], [RECEIVED, NOTICE]),
        ([ANSWERED, MET], [RECEIVED, REPLY, WARNING]),
        ([ANSWERED, BREACHED, RETRACTED, MET], [RECEIVED, replace(NOTICE, status="suppressed"), REPLY]),
    ],
)
def test_every_mail_that_is_owed_is_no_fault(events: list[Said], mails: list[Mail]) -> None:
    told = Told(["a"], [OPENED, STARTED, *events], mails=mails, caught=["1", "2"])
    assert not told.lacking()
    assert not told.waiting()
    assert faults_in(told) == []


@pytest.mark.parametrize(
    "mails",
    [
        [REPLY],
        [RECEIVED],
        [RECEIVED, RECEIVED, REPLY],
        [RECEIVED, REPLY, REPLY],
        [RECEIVED, REPLY, NOTICE],
        [RECEIVED, replace(REPLY, status="suppressed")],
        [RECEIVED, replace(REPLY, status="failed")],
        [RECEIVED, REPLY, replace(WARNING, status="requested")],
    ],
)
def test_a_mail_that_is_missing_doubled_or_never_left_is_found(mails: list[Mail]) -> None:
    assert faults_in(Told(["a"], [OPENED, STARTED, ANSWERED, MET], mails=mails))


def test_a_mail_that_arrived_twice_is_found() -> None:
    assert faults_in(Told([], [], mails=[], caught=["1", "2", "1"])) == ["the mail 1 arrived 2 times"]


def test_what_has_not_followed_yet_is_waited_for() -> None:
    assert Told(["a"], [OPENED]).lacking()
    assert Told(["a"], [OPENED, STARTED], mails=[]).lacking()
    waits = Told(["a"], [OPENED, STARTED], mails=[replace(RECEIVED, status="requested")])
    assert waits.waiting()
    assert not waits.lacking()


@pytest.mark.parametrize("template", ["sla-warning", "escalation"])
def test_a_warning_or_call_that_goes_out_after_the_answer_is_found(template: str) -> None:
    sent = DUE + timedelta(seconds=1)
    mail = Mail("a", template, "sent", sent)
    assert untrue(Told(["a"], [ANSWERED], mails=[mail]), DUE)
    assert not untrue(Told(["a"], [ANSWERED], mails=[mail]), sent + timedelta(seconds=1))
    assert not untrue(Told(["a"], [], mails=[mail]), DUE)
    assert not untrue(Told(["a"], [ANSWERED], mails=[replace(mail, template="sla-breached")]), DUE)
