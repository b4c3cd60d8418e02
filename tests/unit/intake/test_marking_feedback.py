"""Staff mark words on a ticket as feedback (P17): whose, once, in any situation, and with what they were recorded."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from tests.unit.intake.story import (
    ACCOUNT,
    ANN,
    BOB,
    BY_ENGINEER,
    CLOSED,
    CONTACTED,
    MESSAGE,
    NOON,
    NOTED,
    OF_ANN,
    OF_BOB,
    OPENED,
    RESOLVED,
    RESPONDED,
    TICKET,
    WAITING,
    outcome,
    recorded,
    refusal,
    state_after,
)

from contracts.base import ERASED
from contracts.rights import NotAllowed
from contracts.roles import CUSTOMERS, STAFF, Role
from contracts.texts import LINE_BYTES, NO_SUBJECT, Blank, TooLong
from contracts.tickets import MessageMarked, MessagePosted
from intake.domain.commands import MarkMessage, PostMessage, Said
from intake.domain.refusals import FeedbackAlready, MessageUnknown, NotTheCustomers, WordsErased
from intake.domain.state import Closed, Situation
from intake.domain.ticket.marking import REASON_BYTES
from intake.http import views
from intake.http.marking import said_in
from intake.restored import answer

WEEK = timedelta(days=7)
HERS = MessagePosted(
    ticket_id=TICKET,
    subject_id=ANN,
    message_id=MESSAGE,
    channel="portal",
    author="requester",
    public=True,
    contact=False,
    body="Three days, and nobody answers.",
)
SAID = Said(subject_id=ANN, channel="portal", text="Three days, and nobody answers.", at=NOON - WEEK, by_customer=True)
MARK = MarkMessage(**BY_ENGINEER, message_id=MESSAGE, said=SAID, kind="complaint", reason="She waits since Monday.")
MARKED = MessageMarked(
    ticket_id=TICKET,
    number="P-1042",
    message_id=MESSAGE,
    feedback_id=uuid5(MESSAGE, "feedback"),
    account_id=ACCOUNT,
    subject_id=ANN,
    channel="portal",
    text="Three days, and nobody answers.",
    reason="She waits since Monday.",
    received_at=NOON - WEEK,
    kind="complaint",
    email="ann@acme.example",
)


def history(*events: Any) -> list[Any]:
    return [recorded(event, version=n) for n, event in enumerate(events, 1)]


def test_a_message_is_feedback_with_the_instant_at_which_it_was_recorded() -> None:
    assert outcome([OPENED, HERS], MARK) == [MARKED]


@pytest.mark.parametrize("kind", ["complaint", "praise", None])
@pytest.mark.parametrize("by", sorted(STAFF))
def test_marked_again_it_is_already_so_whoever_asks(by: Role, kind: Any) -> None:
    assert outcome([OPENED, HERS, MARKED], replace(MARK, by=by, kind=kind, reason=" ")) == []


@pytest.mark.parametrize(
    "given", [[WAITING], [OPENED], [OPENED, RESPONDED], [OPENED, RESPONDED, RESOLVED], [OPENED, RESPONDED, CLOSED]]
)
def test_in_any_situation_also_of_a_closed_ticket_and_nothing_of_the_ticket_changes(given: Sequence[Any]) -> None:
    assert outcome(given, MARK) == [MARKED]
    before, after = state_after(given), state_after([*given, MARKED])
    assert isinstance(before, Situation)
    assert isinstance(after, Situation)
    assert (type(after), replace(after.ticket, marked=frozenset())) == (type(before), before.ticket)
    assert isinstance(after, Closed) == (CLOSED in given)


@pytest.mark.parametrize("by", sorted(CUSTOMERS))
def test_only_staff_mark(by: Role) -> None:
    refused = refusal([OPENED, HERS], replace(MARK, **OF_ANN | {"by": by}))
    assert (type(refused), refused.status) == (NotAllowed, 403)


@pytest.mark.parametrize(
    ("said", "why", "status"),
    [
        (None, MessageUnknown, 404),
        (replace(SAID, by_customer=False), NotTheCustomers, 409),
        (replace(SAID, machine=True), NotTheCustomers, 409),
        (replace(SAID, feedback_id=UUID(int=9)), FeedbackAlready, 409),
        (replace(SAID, text=ERASED), WordsErased, 410),
    ],
)
def test_only_what_a_person_on_the_requesters_side_said_and_is_to_be_read_is_feedback(
    said: Said | None, why: type[Exception], status: int
) -> None:
    refused = refusal([OPENED, HERS], replace(MARK, said=said))
    assert (type(refused), refused.status) == (why, status)


def test_whoever_is_refused_is_told_why() -> None:
    details = [
        refusal([OPENED], replace(MARK, said=said)).detail
        for said in (replace(SAID, by_customer=False), replace(SAID, machine=True))
    ]
    assert ["Staff" in details[0], "machine" in details[1]] == [True, True]
    assert str(UUID(int=9)) in refusal([OPENED], replace(MARK, said=replace(SAID, feedback_id=UUID(int=9)))).detail


@pytest.mark.parametrize(("reason", "why"), [(" ", Blank), ("ä" * REASON_BYTES, TooLong)])
def test_it_takes_a_reason_that_fits(reason: str, why: type[Exception]) -> None:
    refused = refusal([OPENED, HERS], replace(MARK, reason=reason))
    assert (type(refused), refused.field) == (why, "reason")


def test_a_colleagues_words_are_theirs_with_the_address_under_which_they_wrote() -> None:
    by_bob = PostMessage(**OF_BOB, message_id=MESSAGE, channel="portal", body="And?", email="bob@acme.example")
    posted, _ = outcome([OPENED], by_bob)
    assert (posted.subject_id, posted.email) == (BOB, "bob@acme.example")
    said = said_in(history(OPENED, posted), MESSAGE)
    (marked,) = outcome([OPENED, posted], replace(MARK, said=said))
    assert (marked.subject_id, marked.email, marked.text) == (BOB, "bob@acme.example", "And?")
    unknown = said_in(history(OPENED, replace(posted, email=None)), MESSAGE)
    assert outcome([OPENED], replace(MARK, said=unknown))[0].email is None


def test_the_requesters_address_is_the_tickets_and_no_message_repeats_it() -> None:
    by_ann = PostMessage(**OF_ANN, message_id=MESSAGE, channel="portal", body="And?", email="ann@acme.example")
    assert outcome([OPENED, RESPONDED], by_ann)[0].email is None
    by_staff = PostMessage(**BY_ENGINEER, message_id=MESSAGE, channel="portal", body="So.", email="eve@vendor.example")
    assert outcome([OPENED, RESPONDED], by_staff)[0].email is None


def test_a_message_is_found_by_its_id_with_what_it_says() -> None:
    mail = replace(HERS, channel="email", mail="key", thread="<1@pc.example>", machine=True)
    expected = Said(
        subject_id=ANN,
        channel="email",
        text="Three days, and nobody answers.",
        at=NOON,
        by_customer=True,
        machine=True,
        thread="<1@pc.example>",
    )
    assert said_in(history(OPENED, mail), MESSAGE) == expected
    assert said_in(history(OPENED, mail), UUID(int=99)) is None


@pytest.mark.parametrize("by_staff", [CONTACTED, NOTED, RESPONDED])
def test_what_staff_said_is_found_too_and_is_not_the_customers(by_staff: Any) -> None:
    said = said_in(history(OPENED, by_staff), MESSAGE)
    assert said is not None
    assert not said.by_customer


def test_of_a_mail_what_its_writer_added_to_the_quotation_is_said() -> None:
    mail = replace(HERS, mail="key", body="Too late.\n\n> We look into it.\n")
    said = said_in(history(OPENED, mail), MESSAGE)
    assert said is not None
    assert said.text.strip() == "Too late."
    only = said_in(history(OPENED, replace(mail, body="> We look into it.")), MESSAGE)
    assert only is not None
    assert only.text == "> We look into it."


@pytest.mark.parametrize(
    ("title", "description", "text"),
    [
        ("It stops", "It stops after an hour.", "It stops\n\nIt stops after an hour."),
        ("You are slow", "", "You are slow"),
        (NO_SUBJECT, "You are slow.", "You are slow."),
        (NO_SUBJECT, "", NO_SUBJECT),
    ],
)
def test_the_opening_words_have_the_id_of_the_ticket(title: str, description: str, text: str) -> None:
    said = said_in(history(replace(OPENED, title=title, description=description)), TICKET)
    assert said is not None
    assert (said.text, said.subject_id, said.email, said.by_customer) == (text, ANN, "ann@acme.example", True)
    own = said_in(history(replace(OPENED, own=True)), TICKET)
    assert own is not None
    assert not own.by_customer


@pytest.mark.parametrize(
    ("thread", "kept"),
    [("<1@pc.example>", "<1@pc.example>"), (f"<{'x' * LINE_BYTES}>", None), (None, None)],
)
def test_letters_refer_to_the_mail_if_its_name_is_no_longer_than_a_line(thread: str | None, kept: str | None) -> None:
    assert outcome([OPENED], replace(MARK, said=replace(SAID, thread=thread)))[0].thread == kept


def test_staff_see_on_the_ticket_what_was_marked_and_customers_do_not() -> None:
    opening = replace(MARKED, message_id=TICKET, feedback_id=UUID(int=9))
    facts = history(OPENED, CONTACTED, replace(HERS, message_id=UUID(int=8)), opening)
    facts.append(recorded(replace(MARKED, message_id=UUID(int=8)), version=5))
    seen = views.ticket(facts, internal=True)
    assert seen["feedback_id"] == str(UUID(int=9))
    assert [message["feedback_id"] for message in seen["messages"]] == [None, str(MARKED.feedback_id)]
    shown = views.ticket(facts, internal=False)
    assert [shown["feedback_id"], *(message["feedback_id"] for message in shown["messages"])] == [None, None, None]
    assert [views.is_public(fact) for fact in facts] == [True, True, True, False, False]


def test_after_a_restore_the_answer_is_the_same() -> None:
    names = {"ticket_id": TICKET, "message_id": MESSAGE, "feedback_id": MARKED.feedback_id}
    assert answer(recorded(MARKED, version=3)) == {name: str(value) for name, value in names.items()}
