"""A mail that came back is recorded and told; nothing more goes to a dead address until it is cleared."""

from dataclasses import replace
from functools import reduce
from typing import Any
from uuid import UUID

import pytest
from tests.unit.notifier.feedback_facts import RECEIVED
from tests.unit.notifier.test_react import ADA, OPENED, THREE, TICKET, fact, message

from contracts.notifications import AddressCleared, AddressMarked, NotificationBounced, NotificationFailed
from contracts.notifications import NotificationEvent as Event
from contracts.rights import NotAllowed
from contracts.tickets import DeliveryNoticeReceived, FeedbackMailReceived
from notifier.domain import INITIAL, decide, evolve
from notifier.domain.commands import (
    AssignThread,
    ClearAddress,
    MarkAddress,
    NotifierCommand,
    Notify,
    RecordBounced,
    RecordSent,
)
from notifier.domain.policy import DEFAULT
from notifier.domain.streams import notification_stream, recipient_stream, thread_stream
from notifier.react import react
from notifier.react.bounces import cleared
from notifier.react.untold import Mailed, NothingSent
from notifier.render import render

MAIL = UUID(int=50)
NOTICE = DeliveryNoticeReceived(
    ticket_id=TICKET, notification_id=MAIL, failed=True, by="message-id", status="5.1.1", mail="k"
)
ANSWER = Mailed(
    policy=DEFAULT,
    ticket_id=TICKET,
    notification_id=MAIL,
    template="answer",
    role=None,
    subject_id=ADA,
    requested_at=THREE,
)
RECORD = RecordBounced(ticket_id=TICKET, notification_id=MAIL, template="answer", reason="5.1.1", mail="k")
BOUNCED = NotificationBounced(ticket_id=TICKET, notification_id=MAIL, template="answer", reason="5.1.1", mail="k")
MARK = MarkAddress(subject_id=ADA, ticket_id=TICKET, notification_id=MAIL, reason="5.1.1")
MARKED = AddressMarked(subject_id=ADA, ticket_id=TICKET, notification_id=MAIL, reason="5.1.1")
SENT = RecordSent(ticket_id=TICKET, notification_id=MAIL, message_id="<m@desk.example>")
ABOUT = {"letter": "answer", "reason": "5.1.1", "requested_at": "2026-07-13T15:00:00Z", "notification": str(MAIL)}
TOLD = Notify(cause=MAIL, template="mail-undeliverable", to="engineer", or_else="support-manager", about=ABOUT)


def outcome(given: list[Event], when: NotifierCommand) -> list[Event]:
    return decide(when, reduce(evolve, given, INITIAL))


def asked(mailed: Any = ANSWER, **notice: Any) -> dict[str, Any]:
    return dict(react(fact(replace(NOTICE, **notice)), mailed))


def test_a_bounce_is_told_recorded_and_marks_the_address() -> None:
    assert asked() == {
        thread_stream(TICKET): TOLD,
        notification_stream(TICKET, MAIL): RECORD,
        recipient_stream(ADA): MARK,
    }


def test_a_person_is_told_of_a_notice_that_names_no_mail_of_ours() -> None:
    ((stream, told),) = react(fact(replace(NOTICE, notification_id=None, by="recipient")), NothingSent(DEFAULT))
    assert isinstance(told, Notify)
    assert (stream, told.to, told.about["reason"]) == (thread_stream(TICKET), "support-manager", "5.1.1")
    assert react(fact(replace(NOTICE, notification_id=None, by="recipient", failed=False)), NothingSent(DEFAULT)) == []
    assert react(fact(replace(NOTICE, notification_id=None, by="recipient")), DEFAULT) == []


def test_of_all_that_a_mail_carried_a_person_is_told_and_the_address_is_marked_once() -> None:
    other, another = UUID(int=60), UUID(int=61)
    carried = replace(ANSWER, ticket_id=other, notification_id=another, template="ticket-received")
    found = react(fact(NOTICE), replace(ANSWER, carried=(carried,)))
    about = ABOUT | {"letter": "ticket-received", "notification": str(another)}
    assert dict(found) == asked() | {
        thread_stream(other): replace(TOLD, cause=another, about=about),
        notification_stream(other, another): replace(
            RECORD, ticket_id=other, notification_id=another, template="ticket-received"
        ),
    }
    assert len(found) == 5


def test_what_is_late_or_no_mail_of_ours_changes_nothing() -> None:
    assert asked(failed=False) == {}
    assert asked(DEFAULT) == {}


@pytest.mark.parametrize("status", ["4.4.1", "421", "5.2.2", "4.2.2", "552", "5.4.7", "5.3.4", "5.6.1", "5.7.1"])
def test_what_may_pass_or_was_said_of_one_mail_stops_nothing_after_it(
    status: str,
) -> None:
    assert set(asked(status=status)) == {thread_stream(TICKET), notification_stream(TICKET, MAIL)}


def test_a_notice_without_a_code_says_that_the_mail_came_back() -> None:
    assert asked(status="")[recipient_stream(ADA)] == replace(MARK, reason="came back")


@pytest.mark.parametrize(
    ("mailed", "told"),
    [
        (replace(ANSWER, template="complaint-outcome"), ("letter-undeliverable", "support-manager")),
        (replace(ANSWER, template="escalation", role="engineer"), ("mail-undeliverable", "support-manager")),
        (replace(ANSWER, template="survey"), ("mail-undeliverable", "engineer")),
    ],
)
def test_who_is_told_depends_on_whose_mail_it_was(mailed: Mailed, told: tuple[str, str]) -> None:
    notify = asked(mailed)[thread_stream(TICKET)]
    assert (notify.template, notify.to) == told


def test_the_staff_s_own_addresses_are_not_marked_and_of_the_support_manager_s_mail_nobody_is_told() -> None:
    assert recipient_stream(ADA) not in asked(replace(ANSWER, role="vp"))
    assert set(asked(replace(ANSWER, role="support-manager"))) == {notification_stream(TICKET, MAIL)}


@pytest.mark.parametrize(("engineer", "role"), [("eve@desk.example", "engineer"), (None, "support-manager")])
def test_the_assignee_is_told_and_the_support_manager_if_there_is_none(engineer: str | None, role: str) -> None:
    thread: list[Any] = []
    for stream, command in react(fact(OPENED)):
        thread += outcome(thread, command) if stream == thread_stream(TICKET) else []
    if engineer:
        thread += outcome(thread, AssignThread(engineer=engineer))
    told: Any
    (told,) = outcome(thread, TOLD)
    assert (told.role, told.assignee) == (role, engineer)
    assert outcome([*thread, told], TOLD) == []


def test_a_mail_is_recorded_as_bounced_once_whether_or_not_it_was_recorded_as_sent() -> None:
    sent = outcome([], SENT)
    assert outcome(sent, RECORD) == outcome([], RECORD) == [BOUNCED]
    assert outcome([*sent, BOUNCED], RECORD) == outcome([BOUNCED], SENT) == []


def test_what_was_refused_at_once_does_not_bounce() -> None:
    failed = NotificationFailed(ticket_id=TICKET, notification_id=MAIL, reason="550", attempts=1)
    assert outcome([failed], RECORD) == []
    assert evolve(evolve(INITIAL, failed), BOUNCED) == evolve(INITIAL, BOUNCED)


def test_a_program_that_clears_an_address_acts_for_staff() -> None:
    assert outcome([MARKED], ClearAddress(subject_id=ADA, by="service")) == [AddressCleared(subject_id=ADA, by="staff")]


def test_an_address_is_marked_once_until_it_is_cleared() -> None:
    assert outcome([], MARK) == [MARKED]
    assert outcome([MARKED], MARK) == []
    by_mail, by_staff = (ClearAddress(subject_id=ADA, by=role) for role in (None, "engineer"))
    assert outcome([MARKED], by_mail) == [AddressCleared(subject_id=ADA, by="mail")]
    assert outcome([MARKED], by_staff) == [AddressCleared(subject_id=ADA, by="staff")]
    assert outcome([], by_staff) == []
    assert outcome([MARKED, AddressCleared(subject_id=ADA, by="staff")], MARK) == [MARKED]


def test_no_customer_clears_an_address() -> None:
    with pytest.raises(NotAllowed):
        outcome([MARKED], ClearAddress(subject_id=ADA, by="requester"))


FEEDBACK_MAIL = FeedbackMailReceived(
    feedback_id=UUID(int=7),
    message_id=UUID(int=8),
    account_id=None,
    subject_id=ADA,
    threaded=False,
    follows=False,
    text="Slow.",
    subject="Slow",
    email="ada@customer.example",
    mail="k",
)
WRITTEN = replace(message("requester", public=True), mail="k")


@pytest.mark.parametrize("event", [OPENED, WRITTEN, FEEDBACK_MAIL], ids=["ticket", "message", "feedback"])
def test_a_person_s_mail_from_the_address_clears_it(event: Any) -> None:
    assert (recipient_stream(ADA), ClearAddress(subject_id=ADA, by=None)) in react(fact(event))
    assert cleared(replace(event, machine=True)) == []


@pytest.mark.parametrize("event", [replace(OPENED, mail=None), replace(WRITTEN, author="staff"), RECEIVED])
def test_what_no_customer_mailed_clears_nothing(event: Any) -> None:
    assert cleared(event) == []


def test_the_notice_names_the_letter_and_says_what_the_promise_is_worth() -> None:
    words = render("mail-undeliverable", number="P-1042", desk="Desk", role="engineer", about=ABOUT)
    assert "Mail: answer" in words.text
    assert "The promise counts as kept" in " ".join(words.text.split())
    assert words.subject == "[P-1042] A mail did not reach the customer"
    staff = render(
        "mail-undeliverable", number="P-1042", desk="Desk", role="support-manager", about=ABOUT | {"role": "vp"}
    )
    assert staff.subject == "[P-1042] A mail did not reach the VP"
