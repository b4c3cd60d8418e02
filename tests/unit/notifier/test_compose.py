from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from notifier.compose import UnusableAddress, compose
from notifier.render import Words, render

WORDS = Words("[P-1042] Our plan", "Hello\n", "<p>Hello</p>")
OURS = "<00000000-0000-0000-0000-000000000001@desk.example>"
THEIRS = "<AM0PR05MB1234567890ABCDEF" + "0123456789" * 7 + "@AM0PR05MB1234.eurprd05.prod.outlook.com>"


def mail(words: Words = WORDS, **other: Any) -> EmailMessage:
    said: dict[str, Any] = {
        "sender": "support@desk.example",
        "name": "Example Support",
        "to": "ada@customer.example",
        "identity": OURS,
        "date": datetime(2026, 7, 13, 15, tzinfo=UTC),
    }
    return compose(words, **(said | other))


def read(sent: EmailMessage) -> EmailMessage:
    """What a reader makes of the bytes."""
    got = message_from_bytes(sent.as_bytes(), policy=default)
    assert isinstance(got, EmailMessage)
    assert not got.defects
    return got


def test_a_mail_has_the_headers_that_every_mail_needs_and_both_forms() -> None:
    got = read(mail())
    assert got["From"] == "Example Support <support@desk.example>"
    assert got["To"] == "ada@customer.example"
    assert got["Subject"] == "[P-1042] Our plan"
    assert got["Date"] == "Mon, 13 Jul 2026 15:00:00 +0000"
    assert got["Message-ID"] == OURS
    assert got.get_content_type() == "multipart/alternative"
    text, html = got.iter_parts()
    assert isinstance(text, EmailMessage)
    assert isinstance(html, EmailMessage)
    assert (text.get_content(), html.get_content()) == ("Hello\r\n", "<p>Hello</p>\r\n")
    assert [name for name in ("In-Reply-To", "References", "Reply-To", "Auto-Submitted") if name in got] == []


@pytest.mark.parametrize("automatic", ["replied", "generated"])
def test_an_automatic_mail_says_so(automatic: Any) -> None:
    got = read(mail(automatic=automatic))
    assert got["Auto-Submitted"] == f"auto-{automatic}"
    assert got["X-Auto-Response-Suppress"] == "All"


def test_a_mail_is_threaded_under_the_requesters_and_our_first() -> None:
    got = read(mail(in_reply_to="<root@customer.example>", references=("<first@desk.example>",)))
    assert got["In-Reply-To"] == "<root@customer.example>"
    assert got["References"] == "<first@desk.example> <root@customer.example>"
    assert read(mail(references=("<a@b>", "<a@b>", "<c@d>")))["References"] == "<a@b> <c@d>"


def test_long_message_ids_stay_as_they_are() -> None:
    sent = mail(in_reply_to=THEIRS, references=(OURS, THEIRS))
    assert f"In-Reply-To: {THEIRS}\r\n".encode() in sent.as_bytes()
    assert f"References: {OURS}\r\n {THEIRS}\r\n".encode() in sent.as_bytes()
    assert f"References: {OURS}\r\n {THEIRS}\r\n" in sent.as_string()


@pytest.mark.parametrize(
    "odd",
    ["", "erased", "<>", "<a@b", "a@b", "<a b@c>", "<a@b>\r\nBcc: x@y", "<ü@b>", "<a@b><c@d>", f"<{'a' * 999}@b>"],
)
def test_a_malformed_message_id_is_left_out(odd: str) -> None:
    got = read(mail(in_reply_to=odd, references=(odd,)))
    assert "In-Reply-To" not in got
    assert "References" not in got


def test_answers_go_to_the_signed_address() -> None:
    signed = "support+abcdefghijklmnopqrstuvwxyz.abcdefghijklmnop@desk.example"
    assert read(mail(reply_to=signed))["Reply-To"] == signed


@pytest.mark.parametrize(
    "odd",
    [
        " ",
        "@",
        "ada",
        "ada@",
        "@b.example",
        "erased",
        "a@b@c",
        "a b@c.example",
        "Ada <ada@b.example>",
        "a@b.example, c@d.example",
        "a@b.example\r\nBcc: c@d.example",
        "a\n@b.example",
        "a@b..example",
        "a@b.exa\x00mple",
        "a@" + "b" * 64 + ".example",
        "\ud800@b.example",
        '"c@d.example, a"@b.example',
        '"a\r\nBcc: c"@b.example',
        '"a"b"@b.example',
        '""@b.example',
        'Ada "a b"@b.example',
    ],
)
@pytest.mark.parametrize("header", ["to", "sender", "reply_to"])
def test_an_address_that_is_none_is_refused_by_name(odd: str, header: str) -> None:
    with pytest.raises(UnusableAddress):
        mail(WORDS, **{header: odd})


def test_an_international_domain_is_sent_as_ascii() -> None:
    assert b"To: ada@xn--bcher-kva.example\r\n" in mail(to="ada@bücher.example").as_bytes()


def test_a_domain_with_a_sharp_s_is_not_another_one() -> None:
    assert b"To: ada@xn--strae-oqa.example\r\n" in mail(to="ada@straße.example").as_bytes()


@pytest.mark.parametrize("local", ["aki..mori.", ".aki", "aki."])
def test_dots_that_no_address_may_have_are_quoted(local: str) -> None:
    sent = mail(to=f"{local}@docomo.example")
    assert f'To: "{local}"@docomo.example\r\n'.encode() in sent.as_bytes()
    assert sent["To"].addresses[0].addr_spec == f'"{local}"@docomo.example'


@pytest.mark.parametrize(
    ("address", "sent_to"),
    [
        ('"jo smith"@acme.example', '"jo smith"@acme.example'),
        ('" jo"@acme.example', '" jo"@acme.example'),
        ('"jo..smith"@acme.example', '"jo..smith"@acme.example'),
        ('"jo"@acme.example', "jo@acme.example"),
    ],
)
def test_an_address_in_quotes_is_written_to(address: str, sent_to: str) -> None:
    sent = mail(to=address)
    assert f"To: {sent_to}\r\n".encode() in sent.as_bytes()
    assert sent["To"].addresses[0].addr_spec == sent_to
    assert len(sent["To"].addresses) == 1


def test_an_international_mailbox_is_sent_as_utf_8() -> None:
    assert (
        "To: jürgen@bücher.example".replace("bücher", "xn--bcher-kva").encode()
        in mail(to="jürgen@bücher.example").as_bytes()
    )


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300), st.text(max_size=1000))
def test_whatever_is_said_arrives_as_it_was_said_and_adds_no_header(name: str, text: str) -> None:
    words = render("answer", number="P-1042", desk=name, text=text, about={"states": "plan"})
    sent = mail(words, name=name)
    got = read(sent)
    plain = got.get_body(("plain",))
    assert isinstance(plain, EmailMessage)
    assert plain.get_content().replace("\r\n", "\n") == words.text
    expected = {"From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "Content-Type", "Content-Language"}
    assert set(got.keys()) == expected
    assert max(len(line) for line in sent.as_bytes().splitlines()) <= 998


@settings(max_examples=50, deadline=None)
@given(st.text(max_size=300))
def test_any_subject_arrives_as_it_is(text: str) -> None:
    words = render("message", number=text, desk="Desk", text="Hello")
    assert read(mail(words))["Subject"] == words.subject


@pytest.mark.parametrize("letters", ["é X", "長 長", "ab cd", "🌻 a", "=?_ é"])
def test_a_long_subject_keeps_its_spaces_when_it_is_folded(letters: str) -> None:
    words = WORDS._replace(subject=" ".join([letters] * 60))
    sent = mail(words)
    assert read(sent)["Subject"] == words.subject
    assert max(len(line) for line in sent.as_bytes().split(b"\r\n")) <= 78
