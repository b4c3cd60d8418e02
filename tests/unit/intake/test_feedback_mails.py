"""Mails to feedback: to which feedback they belong, what of them is kept, and that they open no ticket."""

from dataclasses import replace
from uuid import UUID

import pytest
from tests.unit.intake.story import ACCOUNT, ANN, recorded

from contracts.message_ids import letter_id, message_id
from contracts.rights import NotAllowed
from contracts.tickets import FeedbackMailReceived
from intake.domain import INITIAL, decide, evolve
from intake.domain.commands import PassOn, Resolve
from intake.domain.refusals import TicketUnknown
from intake.mail import (
    Answers,
    Begins,
    Begun,
    Belongs,
    Clue,
    Mail,
    answered,
    answers_letter,
    feedback_clues,
    feedback_words,
    mailbox_of,
    parse,
)
from intake.projection import project
from intake.restored import answer
from kit.signed.reply_address import reply_address

FEEDBACK, OTHER, NOTIFICATION = UUID(int=1 << 100), UUID(int=2), UUID(int=3)
ACME, RIVAL = UUID(int=10), UUID(int=11)
EVE, STRANGER = UUID(int=20), UUID(int=21)
KEY = b"a key of 16 bytes or more"
BOX, DESK = "feedback@desk.example", "support@desk.example"
LETTER = letter_id(FEEDBACK, NOTIFICATION, "desk.example")
OURS = message_id(OTHER, NOTIFICATION, "desk.example")
MAIL = FeedbackMailReceived(
    feedback_id=FEEDBACK,
    message_id=FEEDBACK,
    account_id=ACCOUNT,
    subject_id=ANN,
    threaded=False,
    follows=False,
    text="Slow.",
    subject="My opinion",
    email="ann@acme.example",
    mail="key",
    thread="<1@pc.example>",
)


def mail(subject: str = "My opinion", to: str = BOX, more: str = "", body: str = "Hello") -> Mail:
    return parse(f"From: eve@acme.example\nTo: {to}\nSubject: {subject}\n{more}\n\n{body}".encode())


@pytest.mark.parametrize(
    ("address", "mailbox"),
    [
        (BOX, BOX),
        (BOX.upper(), BOX),
        ("feedback+x.y@desk.example", BOX),
        ("feedback+@desk.example", BOX),
        (DESK, DESK),
        ("feedbacks@desk.example", None),
        ("feedback@desk.example.evil.example", None),
        ("feedback@other.example", None),
        ("", None),
    ],
)
def test_a_mailbox_has_its_addresses_with_a_plus(address: str, mailbox: str | None) -> None:
    assert mailbox_of(address, [DESK, BOX]) == mailbox


def test_of_two_mailboxes_the_one_with_the_longer_name_has_the_address() -> None:
    both = ["desk@x.example", "desk+feedback@x.example"]
    assert mailbox_of("desk+feedback+a.b@x.example", both) == "desk+feedback@x.example"
    assert mailbox_of("desk+a.b@x.example", both) == "desk@x.example"


def test_clues_come_in_the_order_of_their_strength() -> None:
    signed = reply_address(BOX, FEEDBACK, KEY)
    found = feedback_clues(mail(to=signed, more=f"In-Reply-To: {LETTER}\nReferences: <root@x> {LETTER}"), BOX, [KEY])
    assert found == (
        Clue("reply-address", FEEDBACK),
        Clue("in-reply-to", LETTER),
        Clue("references", LETTER),
        Clue("references", "<root@x>"),
    )


def test_the_desk_s_signed_addresses_and_forged_ones_are_no_clue() -> None:
    for address in (reply_address(DESK, OTHER, KEY), reply_address(BOX, OTHER, b"somebody else's key")):
        assert feedback_clues(mail(to=address), BOX, [KEY]) == ()


CLUES = (Clue("reply-address", FEEDBACK), Clue("in-reply-to", LETTER))


def belongs(
    begun: dict[UUID, Begun] | None = None,
    named: dict[Clue, UUID] | None = None,
    account_id: UUID | None = None,
    subjects: tuple[UUID, ...] = (EVE,),
    numbers: tuple[str, ...] = (),
) -> Answers | None:
    found = named if named is not None else dict.fromkeys(CLUES, FEEDBACK)
    return answered(CLUES, found, begun or {}, account_id=account_id, subjects=subjects, numbers=numbers)


def test_what_a_letter_s_answer_names_is_for_the_feedback_to_judge() -> None:
    assert belongs() == Answers(FEEDBACK, "reply-address")
    assert belongs(named={CLUES[1]: OTHER}) == Answers(OTHER, "in-reply-to")
    assert belongs(numbers=("F-1000",)) == Answers(FEEDBACK, "reply-address")


def test_what_follows_a_mail_belongs_there_if_it_is_of_the_same_person_or_account() -> None:
    follows = Answers(FEEDBACK, "reply-address", follows=True)
    assert belongs({FEEDBACK: Begun(None, EVE)}) == follows
    assert belongs({FEEDBACK: Begun(ACME, ANN)}, account_id=ACME) == follows
    assert belongs({FEEDBACK: Begun(ACME, ANN)}, account_id=RIVAL) is None
    assert belongs({FEEDBACK: Begun(None, STRANGER)}) is None
    assert belongs({FEEDBACK: Begun(None, STRANGER)}, named={CLUES[0]: FEEDBACK, CLUES[1]: OTHER}) == Answers(
        OTHER, "in-reply-to"
    )


def test_a_number_in_the_subject_comes_last_and_without_any_clue_it_is_a_new_matter() -> None:
    assert belongs(named={}, numbers=("F-1000",)) == Answers(None, "subject")
    assert belongs(named={}) is None
    assert mail("Re: [F-1000] and f-7, not P-3 or HF-4").feedback_numbers == ("F-1000", "F-7")


@pytest.mark.parametrize(
    ("written", "found", "is_one"),
    [
        (mail(more=f"In-Reply-To: {LETTER}"), Begins(), True),
        (mail(more=f"References: <a@x> {LETTER}"), Begins(OTHER), True),
        (mail(more=f"In-Reply-To: {LETTER}"), Belongs(ticket_id=OTHER, account_id=ACME, by="subject"), True),
        (mail(more=f"In-Reply-To: {LETTER}"), Belongs(ticket_id=OTHER, account_id=ACME, by="in-reply-to"), False),
        (mail(more=f"In-Reply-To: {OURS}"), Begins(), False),
        (mail("Re: [F-1000] The customer said more", more=f"In-Reply-To: {OURS}"), Begins(), False),
        (mail("Re: [F-1000] We have received"), Begins(), True),
        (mail("[F-1000] We have received", more="In-Reply-To: <a@x>"), Begins(), True),
        (mail("AW: [f-1000] We have received"), Begins(), True),
        (mail("Re: [F-1000] x"), Belongs(ticket_id=OTHER, account_id=ACME, by="subject"), False),
        (mail("[F-1000] never works"), Begins(), False),
        (mail("Re: F-1000 never works"), Begins(), False),
        (mail("Reading [F-1000]"), Begins(), False),
        (mail("It crashes"), Begins(), False),
    ],
)
def test_a_mail_to_the_desk_is_feedback_only_if_it_clearly_answers_a_letter(
    written: Mail, found: Belongs | Begins, is_one: bool
) -> None:
    assert answers_letter(written, found) is is_one


def test_of_an_answer_only_what_was_added_counts_and_nothing_is_ever_empty() -> None:
    quoting = mail(body="I do not agree.\n\nOn Monday the desk wrote:\n> We have reviewed it.\n")
    assert feedback_words(quoting, answer=True) == ("My opinion", "I do not agree.")
    assert "We have reviewed it." in feedback_words(quoting, answer=False)[1]
    assert feedback_words(mail(subject="", body=""), answer=False) == ("(no subject)", "(no text)")


def test_a_mail_is_passed_on_as_it_is_and_makes_no_ticket() -> None:
    events = decide(PassOn(by="requester", mail=MAIL), INITIAL)
    assert events == [MAIL]
    passed = evolve(INITIAL, MAIL)
    assert list(project(recorded(MAIL, version=1), INITIAL, passed)) == list(
        project(recorded(MAIL, version=1), INITIAL, INITIAL)
    )
    with pytest.raises(TicketUnknown):
        decide(Resolve(ticket_id=FEEDBACK, by="engineer", resolution="So."), passed)
    with pytest.raises(NotAllowed):
        decide(PassOn(by="engineer", mail=MAIL), INITIAL)
    assert answer(recorded(MAIL, version=1)) == {"feedback_id": str(FEEDBACK)}


def test_a_mail_is_passed_on_once_whoever_asks_again() -> None:
    passed, other = evolve(INITIAL, MAIL), replace(MAIL, mail="another")
    assert decide(PassOn(by="requester", mail=MAIL), passed) == []
    assert decide(PassOn(by="requester", mail=other), passed) == [other]
    both = evolve(passed, other)
    assert [decide(PassOn(by="requester", mail=one), both) for one in (MAIL, other)] == [[], []]


def test_who_began_a_feedback_by_mail_is_remembered_and_who_answers_is_not() -> None:
    (put,) = project(recorded(MAIL, version=1), INITIAL, INITIAL)
    assert (put.table, put.key) == ("feedback_mails", {"feedback_id": FEEDBACK})
    assert put.values == {"account_id": ACCOUNT, "subject_id": ANN}
    assert list(project(recorded(replace(MAIL, threaded=True), version=2), INITIAL, INITIAL)) == []
