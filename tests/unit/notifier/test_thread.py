from dataclasses import replace
from functools import reduce
from typing import Any, Literal
from uuid import UUID

import pytest

from contracts.notifications import (
    NotificationEvent,
    NotificationRequested,
    NotificationSent,
    NotificationSuppressed,
    Template,
    ThreadAssigned,
    ThreadLocaleChanged,
    ThreadMailReceived,
    ThreadOpened,
)
from notifier.domain import INITIAL, decide, evolve
from notifier.domain.commands import (
    AnswerMail,
    AssignThread,
    ChangeThreadLocale,
    NotifierCommand,
    Notify,
    OpenThread,
    RetractBreach,
)
from notifier.domain.streams import notification_id

TICKET = UUID("0193a1c0-0000-7000-8000-000000000001")
ADA = UUID("0193a1c0-0000-7000-8000-000000000002")
MAIL = "<root@customer.example>"
OPENING, BREACH, CALL, ANSWER, RETRACTION, WARNING, LATER = (UUID(int=number) for number in range(1, 8))

OPENED = ThreadOpened(
    ticket_id=TICKET, subject_id=ADA, number="P-1042", channel="email", email="ada@customer.example", mail=MAIL
)
FORGOTTEN = ThreadOpened(
    ticket_id=TICKET, subject_id=ADA, number="P-1042", channel="email", email="erased", mail="erased"
)
ASSIGNED = ThreadAssigned(ticket_id=TICKET, engineer="grace")


def to_requester(template: Template, cause: UUID, **other: Any) -> NotificationRequested:
    said: dict[str, Any] = {
        "ticket_id": TICKET,
        "notification_id": notification_id(cause, "requester"),
        "template": template,
        "cause": cause,
        "number": "P-1042",
        "automatic": None,
        "subject_id": ADA,
        "email": "ada@customer.example",
        "follows": RECEIPT_ID,
        "in_reply_to": MAIL,
    }
    return NotificationRequested(**(said | other))


def to_staff(template: Template, cause: UUID, role: str, **other: Any) -> NotificationRequested:
    said: dict[str, Any] = {
        "ticket_id": TICKET,
        "notification_id": notification_id(cause, role),
        "template": template,
        "cause": cause,
        "number": "P-1042",
        "automatic": "generated",
        "role": role,
    }
    return NotificationRequested(**(said | other))


def suppressed(template: Template, cause: UUID, to: str, reason: Literal["erased", "overtaken"]) -> NotificationEvent:
    return NotificationSuppressed(
        ticket_id=TICKET, notification_id=notification_id(cause, to), template=template, cause=cause, reason=reason
    )


RECEIPT_ID = notification_id(OPENING, "requester")
RECEIPT = to_requester("ticket-received", OPENING, automatic="replied", follows=None)
BREACHED = to_staff("sla-breached", BREACH, "support-manager")
CALLED = to_staff("escalation", CALL, "engineer", assignee="grace", follows=BREACHED.notification_id)
ANSWERED = to_requester("answer", ANSWER, text="Restart it.")

GIVE_ANSWER = Notify(cause=ANSWER, template="answer", to="requester", automatic=None, text="Restart it.")
TELL_BREACH = Notify(cause=BREACH, template="sla-breached", to="support-manager")
CALL_ENGINEER = Notify(cause=CALL, template="escalation", to="engineer")
WARN = Notify(cause=WARNING, template="sla-warning", to="engineer")
RETRACT = RetractBreach(cause=RETRACTION, about={"cause": "answered-in-time"})


def outcome(given: list[NotificationEvent], when: NotifierCommand) -> list[NotificationEvent]:
    return decide(when, reduce(evolve, given, INITIAL))


def opening(**other: Any) -> OpenThread:
    said: dict[str, Any] = {
        "ticket_id": TICKET,
        "subject_id": ADA,
        "number": "P-1042",
        "channel": "email",
        "email": "ada@customer.example",
        "mail": MAIL,
        "receipt": Notify(cause=OPENING, template="ticket-received", to="requester", automatic="replied"),
    }
    return OpenThread(**(said | other))


def test_whoever_opens_a_ticket_is_told_its_number() -> None:
    assert outcome([], opening()) == [OPENED, RECEIPT]


def test_what_is_missing_is_asked_for_by_name_in_the_same_mail() -> None:
    about = {"missing": "product,os_version"}
    receipt = Notify(cause=OPENING, template="ticket-received", to="requester", automatic="replied", about=about)
    [_, asked] = outcome([], opening(receipt=receipt))
    assert asked == to_requester("ticket-received", OPENING, automatic="replied", follows=None, about=about)


def test_a_ticket_is_opened_once() -> None:
    assert outcome([OPENED, RECEIPT], opening()) == []


def test_later_mails_follow_the_first_and_the_requesters_own() -> None:
    assert outcome([OPENED, RECEIPT], GIVE_ANSWER) == [ANSWERED]


def test_mails_answer_the_requesters_last_mail() -> None:
    came = ThreadMailReceived(ticket_id=TICKET, subject_id=ADA, mail="<second@customer.example>")
    heard = AnswerMail(subject_id=ADA, mail="<second@customer.example>")
    assert outcome([OPENED, RECEIPT], heard) == [came]
    assert outcome([OPENED, RECEIPT, came], heard) == []
    assert outcome([OPENED, RECEIPT, came], GIVE_ANSWER) == [replace(ANSWERED, in_reply_to="<second@customer.example>")]
    assert outcome([OPENED, RECEIPT, ANSWERED], heard) == [came]


def test_mails_to_the_requester_answer_no_colleagues_mail_and_none_that_was_erased() -> None:
    (came,) = outcome([OPENED, RECEIPT], AnswerMail(subject_id=UUID(int=9), mail="<bob@customer.example>"))
    assert outcome([OPENED, RECEIPT, came], GIVE_ANSWER) == [ANSWERED]
    assert outcome([OPENED, RECEIPT], AnswerMail(subject_id=ADA, mail="erased")) == []
    assert outcome([], AnswerMail(subject_id=ADA, mail="<second@customer.example>")) == []


def test_the_same_event_makes_one_mail() -> None:
    assert outcome([OPENED, RECEIPT, ANSWERED], GIVE_ANSWER) == []


def test_a_requester_who_was_erased_is_told_nothing_and_that_is_on_record() -> None:
    assert outcome([FORGOTTEN], GIVE_ANSWER) == [suppressed("answer", ANSWER, "requester", "erased")]
    assert outcome([FORGOTTEN, suppressed("answer", ANSWER, "requester", "erased")], GIVE_ANSWER) == []


def test_a_requester_without_an_address_is_told_nothing() -> None:
    [_, receipt] = outcome([], opening(email=""))
    assert receipt == suppressed("ticket-received", OPENING, "requester", "erased")


def test_staff_are_told_of_an_erased_requesters_ticket_all_the_same() -> None:
    assert outcome([FORGOTTEN], TELL_BREACH) == [BREACHED]


def test_what_concerns_the_engineer_goes_to_the_one_assigned() -> None:
    assert outcome([OPENED], WARN) == [to_staff("sla-warning", WARNING, "engineer")]
    assert outcome([OPENED, ASSIGNED], WARN) == [to_staff("sla-warning", WARNING, "engineer", assignee="grace")]


def test_other_roles_are_told_by_their_role() -> None:
    assert outcome([OPENED, ASSIGNED], TELL_BREACH) == [BREACHED]


def test_assigning_the_same_engineer_again_changes_nothing() -> None:
    assert outcome([OPENED], AssignThread(engineer="grace")) == [ASSIGNED]
    assert outcome([OPENED, ASSIGNED], AssignThread(engineer="grace")) == []
    assert outcome([OPENED, BREACHED, ASSIGNED], AssignThread(engineer="grace")) == []


def test_a_rung_of_the_ladder_is_called_while_the_breach_stands() -> None:
    assert outcome([OPENED, ASSIGNED, BREACHED], CALL_ENGINEER) == [CALLED]


@pytest.mark.parametrize("end", [ANSWERED, suppressed("survey", LATER, "requester", "erased")])
def test_nobody_is_called_once_there_is_an_answer(end: NotificationEvent) -> None:
    assert outcome([OPENED, BREACHED, end], CALL_ENGINEER) == [suppressed("escalation", CALL, "engineer", "overtaken")]


def test_nobody_is_called_for_a_breach_that_was_retracted() -> None:
    retracted = to_staff("breach-retracted", RETRACTION, "support-manager")
    assert outcome([OPENED, BREACHED, retracted], CALL_ENGINEER) == [
        suppressed("escalation", CALL, "engineer", "overtaken")
    ]


@pytest.mark.parametrize("news", [BREACHED, ANSWERED])
def test_a_warning_that_was_overtaken_is_left_out(news: NotificationEvent) -> None:
    assert outcome([OPENED, news], WARN) == [suppressed("sla-warning", WARNING, "engineer", "overtaken")]


def test_a_late_answer_is_a_breach_all_the_same() -> None:
    assert outcome([OPENED, ANSWERED], TELL_BREACH) == [BREACHED]


@pytest.mark.parametrize("later", [[], [ANSWERED]])
def test_whoever_was_told_of_a_breach_is_told_that_there_was_none(later: list[NotificationEvent]) -> None:
    told = [OPENED, ASSIGNED, BREACHED, CALLED, *later]
    manager, engineer = outcome(told, RETRACT)
    assert manager == to_staff(
        "breach-retracted",
        RETRACTION,
        "support-manager",
        notification_id=notification_id(RETRACTION, "support-manager", ""),
        about={"cause": "answered-in-time"},
        follows=BREACHED.notification_id,
    )
    assert engineer == to_staff(
        "breach-retracted",
        RETRACTION,
        "engineer",
        notification_id=notification_id(RETRACTION, "engineer", "grace"),
        assignee="grace",
        about={"cause": "answered-in-time"},
        follows=BREACHED.notification_id,
    )
    assert outcome([*told, manager, engineer], RETRACT) == []


def test_whoever_was_told_of_a_missed_objective_is_told_that_it_was_none() -> None:
    about = {"due_at": "2026-07-13T15:00:00Z", "metric": "objective"}
    [missed] = outcome([OPENED], Notify(cause=BREACH, template="objective-missed", to="support-manager", about=about))
    retract = RetractBreach(cause=RETRACTION, about={"metric": "objective"})
    [told] = outcome([OPENED, missed], retract)
    assert isinstance(told, NotificationRequested)
    assert (told.template, told.role) == ("breach-retracted", "support-manager")
    assert outcome([OPENED, missed], RETRACT) == []
    assert outcome([OPENED, missed, told], retract) == []


def test_someone_who_was_told_twice_is_told_once_that_there_was_none() -> None:
    again = to_staff("escalation", LATER, "support-manager")
    assert len(outcome([OPENED, BREACHED, again], RETRACT)) == 1


def test_nobody_is_told_of_the_end_of_a_breach_that_nobody_heard_of() -> None:
    assert outcome([OPENED], RETRACT) == []


def test_after_a_retraction_another_breach_is_told_anew() -> None:
    retracted = to_staff("breach-retracted", RETRACTION, "support-manager")
    again = Notify(cause=LATER, template="sla-breached", to="support-manager")
    [told] = outcome([OPENED, BREACHED, retracted], again)
    assert isinstance(told, NotificationRequested)
    assert len(outcome([OPENED, BREACHED, retracted, told], RetractBreach(cause=WARNING, about={}))) == 1


@pytest.mark.parametrize("command", [GIVE_ANSWER, TELL_BREACH, RETRACT, AssignThread(engineer="grace")])
def test_a_ticket_that_came_in_as_history_makes_no_mail(command: NotifierCommand) -> None:
    assert outcome([], command) == []


def test_facts_that_do_not_fit_leave_the_situation_as_it_is() -> None:
    opened = evolve(INITIAL, OPENED)
    assert evolve(INITIAL, ASSIGNED) == INITIAL
    assert evolve(opened, NotificationSent(ticket_id=TICKET, notification_id=CALL, message_id="<a@b>")) == opened


UPDATE = {"metric": "update"}
UPDATE_LATE = to_staff("sla-breached", LATER, "support-manager", about=UPDATE)


@pytest.mark.parametrize("told", [WARN, CALL_ENGINEER])
def test_what_is_late_beyond_the_first_answer_is_told_whether_that_was_given_or_not(told: Notify) -> None:
    about_update = replace(told, about=UPDATE)
    for since in (ASSIGNED, BREACHED, ANSWERED):
        assert [type(event) for event in outcome([OPENED, since], about_update)] == [NotificationRequested]


def test_a_late_update_is_no_late_answer() -> None:
    assert outcome([OPENED, UPDATE_LATE], CALL_ENGINEER) == [suppressed("escalation", CALL, "engineer", "overtaken")]


def test_a_retraction_is_told_to_those_who_were_told_of_that_breach() -> None:
    given: list[NotificationEvent] = [OPENED, BREACHED, UPDATE_LATE, CALLED]
    of_the_update = RetractBreach(cause=RETRACTION, about=UPDATE)
    [told] = outcome(given, of_the_update)
    assert isinstance(told, NotificationRequested)
    assert (told.role, told.about) == ("support-manager", UPDATE)
    assert outcome([*given, told], of_the_update) == []
    assert len(outcome([*given, told], RETRACT)) == 2


def test_of_a_matter_that_several_events_tell_of_it_is_said_once_whether_or_not_it_is_answered() -> None:
    about = {"calendar": "offce", "tier": "enlist"}
    first, again, other = (
        Notify(cause=cause, template="sla-warning", to="support-manager", about=about, matter=matter)
        for cause, matter in ((WARNING, "offce"), (LATER, "offce"), (LATER, "ofice"))
    )
    happened: list[NotificationEvent] = [OPENED, RECEIPT, ANSWERED]
    state = reduce(evolve, happened, INITIAL)
    [told] = decide(first, state)
    assert isinstance(told, NotificationRequested)
    assert (told.role, told.about) == ("support-manager", about)
    state = evolve(state, told)
    assert decide(again, state) == []
    assert len(decide(other, state)) == 1


def test_mails_are_in_the_language_and_zone_of_the_account_as_it_reads_now() -> None:
    opened = replace(OPENED, language="de", zone="Europe/Berlin")
    (first,) = outcome([opened], GIVE_ANSWER)
    assert isinstance(first, NotificationRequested)
    assert (first.language, first.about) == ("de", {"zone": "Europe/Berlin"})
    changed = ThreadLocaleChanged(ticket_id=TICKET, language="en", zone=None)
    assert outcome([opened], ChangeThreadLocale(language="en", zone=None)) == [changed]
    assert outcome([opened, changed], ChangeThreadLocale(language="en", zone=None)) == []
    (later,) = outcome([opened, changed], GIVE_ANSWER)
    assert isinstance(later, NotificationRequested)
    assert (later.language, later.about) == ("en", None)
    assert outcome([], ChangeThreadLocale(language="en", zone=None)) == []
