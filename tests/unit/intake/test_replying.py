"""Whose words a mail has, and to whom it wants answers."""

import pytest

from intake.mail import Written, from_head, is_form, is_no_reply, offered, parse

MAILBOXES = ("support@desk.example", "feedback@desk.example")


@pytest.mark.parametrize(
    "local",
    [
        "no-reply",
        "noreply",
        "NoReply",
        "do-not-reply",
        "donotreply",
        "dont_reply",
        "no.reply",
        "noreply-7",
        "bounce+no-reply",
        "shop-noreply",
        "no-response",
        "nicht-antworten",
        "keine-antwort",
        "ne-pas-repondre",
        "nepasrepondre",
        "no-responder",
        "nao-responda",
        "non-rispondere",
    ],
)
def test_a_no_reply_address_is_known_by_its_name(local: str) -> None:
    assert is_no_reply(f"{local}@shop.example")


@pytest.mark.parametrize(
    "local", ["reply", "noah.reply", "nora", "arno", "reply-to", "norespect", "antwort", "nonantwerp"]
)
def test_other_names_are_people_s(local: str) -> None:
    assert not is_no_reply(f"{local}@shop.example")


@pytest.mark.parametrize(
    ("reply_to", "found"),
    [
        ("Team <team@customer.example>, bob@customer.example", ["team@customer.example", "bob@customer.example"]),
        ("team@customer.example\nReply-To: team@customer.example", ["team@customer.example"]),
        ("jörg@straße.example", ["jörg@straße.example"]),
        ("support@desk.example, Support+x.y@DESK.example, feedback@desk.example", []),
        ("no-reply@customer.example", []),
        ('"Team, the" <team@customer.example', ["team@customer.example"]),
        ("team at customer.example, @customer.example, team@", []),
        ("=?utf-8?q?evil?=@customer.example", []),
        ("team@customer.example\r\n Bcc: all@customer.example", ["team@customer.example", "all@customer.example"]),
        ("", []),
    ],
)
def test_answers_can_be_sent_to_what_is_an_address_of_a_person(reply_to: str, found: list[str]) -> None:
    mail = parse(f"From: ann@customer.example\nReply-To: {reply_to}\n\nHello".encode())
    assert list(offered(mail, MAILBOXES)) == found


def test_a_form_is_known_however_its_address_is_written() -> None:
    forms = {"form@xn--strae-oqa.example"}
    assert is_form("Form@straße.example", forms)
    assert not is_form("form@strasse.example", forms)


def test_a_mail_that_an_earlier_release_stored_was_written_by_its_sender() -> None:
    assert from_head({"from": "ann@x.example", "subject": "s"}) == Written("ann@x.example", "ann@x.example")
