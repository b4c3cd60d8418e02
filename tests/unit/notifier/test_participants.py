"""What staff answer goes to all who take part, each in a mail of their own."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from tests.unit.notifier.test_overtaking import fact
from tests.unit.notifier.test_thread import (
    ADA,
    ANSWER,
    ANSWERED,
    BREACH,
    FORGOTTEN,
    GIVE_ANSWER,
    LATER,
    OPENED,
    RECEIPT,
    TICKET,
    outcome,
    suppressed,
    to_requester,
)

from contracts.base import ERASED
from contracts.notifications import (
    NotificationRequested,
    NotificationSuppressed,
    ThreadJoined,
    ThreadLeft,
    ThreadMailReceived,
)
from notifier.domain import INITIAL, evolve
from notifier.domain.commands import JoinThread, LeaveThread, Notify
from notifier.domain.streams import notification_id
from notifier.projection import project
from notifier.render import render

BOB, CAROL = UUID(int=60), UUID(int=61)
JOINED = ThreadJoined(ticket_id=TICKET, subject_id=BOB, email="bob@customer.example")
CAROL_TOO = ThreadJoined(ticket_id=TICKET, subject_id=CAROL, email="carol@partner.example")
LEFT = ThreadLeft(ticket_id=TICKET, subject_id=BOB)
TELL_ALL = replace(GIVE_ANSWER, to_all=True)


def to_other(subject: UUID, email: str, cause: UUID = ANSWER, **other: Any) -> NotificationRequested:
    said: dict[str, Any] = {
        "notification_id": notification_id(cause, "participant", str(subject)),
        "subject_id": subject,
        "email": email,
        "about": {"takes_part": "true"},
        "follows": None,
        "in_reply_to": None,
        "text": "Restart it.",
    }
    return to_requester("answer", cause, **(said | other))


TO_BOB = to_other(BOB, "bob@customer.example")
TO_CAROL = to_other(CAROL, "carol@partner.example")


def test_a_mail_to_somebody_who_takes_part_answers_their_own_last_mail() -> None:
    """Their mail is heard of before it is heard that they take part."""
    came = ThreadMailReceived(ticket_id=TICKET, subject_id=BOB, mail="<bob@pc.example>")
    answered = replace(TO_BOB, in_reply_to="<bob@pc.example>")
    assert outcome([OPENED, RECEIPT, came, JOINED], TELL_ALL) == [ANSWERED, answered]
    assert outcome([OPENED, RECEIPT, JOINED, came], TELL_ALL) == [ANSWERED, answered]


def test_each_gets_a_mail_of_their_own_that_names_nobody_else() -> None:
    assert outcome([OPENED, RECEIPT, JOINED, CAROL_TOO], TELL_ALL) == [ANSWERED, TO_BOB, TO_CAROL]


def test_what_is_for_the_requester_alone_goes_to_nobody_else() -> None:
    assert outcome([OPENED, RECEIPT, JOINED], GIVE_ANSWER) == [ANSWERED]


def test_the_same_event_makes_one_mail_for_each() -> None:
    assert outcome([OPENED, RECEIPT, JOINED, ANSWERED, TO_BOB], TELL_ALL) == []
    assert outcome([OPENED, RECEIPT, JOINED, CAROL_TOO, ANSWERED, TO_BOB], TELL_ALL) == [TO_CAROL]


def test_later_mails_follow_the_first_to_the_same_person() -> None:
    again = Notify(cause=LATER, template="answer", to="requester", automatic=None, text="Restart it.", to_all=True)
    ours, bobs = outcome([OPENED, RECEIPT, JOINED, CAROL_TOO, ANSWERED, TO_BOB], again)[:2]
    assert isinstance(ours, NotificationRequested)
    assert ours.follows == RECEIPT.notification_id
    assert bobs == to_other(BOB, "bob@customer.example", LATER, follows=TO_BOB.notification_id)
    later: list[Any] = [OPENED, RECEIPT, JOINED, ANSWERED, TO_BOB, bobs]
    third = outcome(later, replace(again, cause=BREACH))[1]
    assert isinstance(third, NotificationRequested)
    assert third.follows == TO_BOB.notification_id


def test_who_was_erased_gets_none_and_leaves_the_others_theirs() -> None:
    gone = replace(JOINED, email=ERASED)
    others = outcome([OPENED, RECEIPT, gone, CAROL_TOO], TELL_ALL)
    assert others == [
        ANSWERED,
        NotificationSuppressed(
            ticket_id=TICKET,
            notification_id=TO_BOB.notification_id,
            template="answer",
            cause=ANSWER,
            reason="erased",
        ),
        TO_CAROL,
    ]
    mine = suppressed("answer", ANSWER, "requester", "erased")
    assert outcome([FORGOTTEN, CAROL_TOO], TELL_ALL) == [mine, replace(TO_CAROL, in_reply_to=None)]


def test_words_that_were_erased_are_sent_to_nobody() -> None:
    (_, other) = outcome([FORGOTTEN, JOINED], replace(TELL_ALL, text=ERASED))
    assert isinstance(other, NotificationSuppressed)
    assert (other.notification_id, other.reason) == (TO_BOB.notification_id, "erased")


@pytest.mark.parametrize("email", ["ADA@customer.example", "Carol@PARTNER.example"])
def test_an_address_that_two_have_gets_one_mail(email: str) -> None:
    given: list[Any] = [OPENED, RECEIPT, CAROL_TOO, replace(JOINED, email=email)]
    assert outcome(given, TELL_ALL) == [ANSWERED, TO_CAROL]


def test_somebody_joins_once_and_again_under_another_address() -> None:
    join = JoinThread(subject_id=BOB, email="bob@customer.example")
    assert outcome([OPENED], join) == [JOINED]
    assert outcome([OPENED, JOINED], join) == []
    assert outcome([OPENED], JoinThread(subject_id=ADA, email="ada@customer.example")) == []
    moved = replace(JOINED, email="team@customer.example")
    assert outcome([OPENED, JOINED], replace(join, email="team@customer.example")) == [moved]
    assert outcome([OPENED, RECEIPT, JOINED, moved], TELL_ALL)[1:] == [to_other(BOB, "team@customer.example")]
    assert outcome([], join) == []


def test_who_left_hears_no_more() -> None:
    leave = LeaveThread(subject_id=BOB)
    assert outcome([OPENED, JOINED, CAROL_TOO], leave) == [LEFT]
    assert outcome([OPENED, CAROL_TOO], leave) == []
    assert outcome([OPENED, RECEIPT, JOINED, CAROL_TOO, LEFT], TELL_ALL) == [ANSWERED, TO_CAROL]


def test_nobody_s_mails_wait_for_those_to_another() -> None:
    state = evolve(INITIAL, OPENED)
    lanes = [
        put.values["lane"]
        for event in (ANSWERED, TO_BOB)
        for put in project(fact(event), INITIAL, evolve(state, event))
    ]
    assert lanes == [f"{TICKET}/requester", f"{TICKET}/{BOB}"]


@pytest.mark.parametrize(
    ("language", "says"), [("en", "since you take part in P-1042"), ("de", "weil Sie an P-1042 beteiligt sind")]
)
def test_a_participant_s_mail_says_why_they_get_it_in_their_language(language: str, says: str) -> None:
    words = render("message", number="P-1042", desk="Desk", text="So.", about={"takes_part": "true"}, language=language)
    assert says in words.text
    assert says in words.html
    assert says not in render("message", number="P-1042", desk="Desk", text="So.", language=language).text
