"""Reading a mail: whatever its bytes, something sensible comes out."""

from datetime import UTC, datetime
from time import process_time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from intake.mail import Attachment, Mail, earlier_key, key, labelled, message_words, opening_words, parse, visible
from intake.mail.body import CUT, TEXT_BYTES
from intake.mail.html import to_text

PLAIN = b"""\
Return-Path: <ann@acme.example>
From: =?utf-8?q?Ann_M=C3=BCller?= <Ann@ACME.example>
To: Help <support@desk.example>
Cc: bob@acme.example
Subject: =?utf-8?b?RXMgc3RlaHQ=?= still,
 P-1042 and p-0007 but not HP-12
Date: Mon, 23 Nov 2026 14:00:00 +0200
Message-ID: <1.
 a@acme.example>
In-Reply-To: Your message <q@desk.example>
References: <root@x> <q@desk.example>
\t<root@x>
Content-Type: text/plain; charset=utf-8

It stops \xe2\x80\x94 always.\r
"""


def test_a_plain_mail_is_read_from_top_to_bottom() -> None:
    assert parse(PLAIN) == Mail(
        message_id="<1.a@acme.example>",
        sender="Ann@acme.example",
        name="Ann Müller",
        recipients=("support@desk.example", "bob@acme.example"),
        subject="Es steht still, P-1042 and p-0007 but not HP-12",
        claimed_at=datetime(2026, 11, 23, 12, tzinfo=UTC),
        in_reply_to=("<q@desk.example>",),
        references=("<root@x>", "<q@desk.example>"),
        numbers=("P-1042", "P-7"),
        feedback_numbers=(),
        text="It stops — always.",
        attachments=(),
        automatic=None,
        delivery=None,
        lists=(),
        size=len(PLAIN),
        copied=("support@desk.example", "bob@acme.example"),
    )


@pytest.mark.parametrize(
    ("value", "claimed"),
    [
        (b"Mon, 23 Nov 2026 14:00:00", datetime(2026, 11, 23, 14, tzinfo=UTC)),
        (b"yesterday", None),
        (b"Fri, 31 Dec 9999 23:00:00 -2300", None),
        (b"Mon, 99 Nov 2026 14:00:00 +0000", None),
    ],
)
def test_a_date_is_utc_or_none(value: bytes, claimed: datetime | None) -> None:
    assert parse(b"Date: " + value + b"\n\n").claimed_at == claimed


@pytest.mark.parametrize(
    ("headers", "sender"),
    [
        (b"From: ann@acme.example", "ann@acme.example"),
        (b"From: undisclosed\nSender: ann@acme.example", "ann@acme.example"),
        (b"From: broken <<ann@acme.example>", "ann@acme.example"),
        (b"From: a b c ann@acme.example, x", "ann@acme.example"),
        (b"From: \xffnn@acme.example", "ÿnn@acme.example"),
        (b"Return-Path: <ann@acme.example>", "ann@acme.example"),
        (b"From: nobody", ""),
        (b"From: <\x01@acme.example>", ""),
        (b"", ""),
    ],
)
def test_the_sender_is_who_says_so_or_what_stands_for_it(headers: bytes, sender: str) -> None:
    assert parse(headers + b"\n\nHello").sender == sender


@pytest.mark.parametrize(
    ("raw", "subject"),
    [
        (b"=?utf-8?b?a?=", "=?utf-8?b?a?="),
        (b"=?nonsense?q?caf=E9?=", "café"),
        (b"caf\xc3\xa9", "café"),
        (b"caf\xe9", "café"),
        (b"=?iso-8859-1?q?caf=E9?= caf\xc3\xa9", "café café"),
        (b"=?idna?q?x?= =?punycode?q?y?= =?ascii?q?z?=", "xyz"),
        (b"a\x00b\x1fc", "a\ufffdb c"),
    ],
)
def test_a_subject_is_read_whatever_it_claims_to_be(raw: bytes, subject: str) -> None:
    assert parse(b"Subject: " + raw + b"\n\n").subject == subject


def test_message_ids_without_brackets_are_read_too() -> None:
    assert parse(b"In-Reply-To: q@desk.example\n\n").in_reply_to == ("<q@desk.example>",)


MIXED = b"""\
From: ann@acme.example
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: multipart/alternative; boundary=c

--c
Content-Type: text/html; charset=nonsense

<p>caf\xe9</p>
--c
Content-Type: text/plain; charset="us-ascii"

caf\xc3\xa9
--c--
--b
Content-Type: text/plain
Content-Disposition: attachment; filename*=utf-8''caf%C3%A9.txt
Content-Transfer-Encoding: base64

aGFsbG8=
--b
Content-Type: message/rfc822

Subject: inner

inner words
--b
Content-Type: image/png

1234
--b--
"""


def test_plain_text_is_preferred_and_the_rest_is_attached() -> None:
    mail = parse(MIXED)
    assert mail.text == "café"
    assert mail.attachments == (
        Attachment("café.txt", "text/plain", 5),
        Attachment("inner.eml", "message/rfc822", 27),
        Attachment("", "image/png", 4),
    )


def test_html_alone_is_read_as_text() -> None:
    raw = b"Content-Type: text/html; charset=utf-8\n\n<p>Hello <b>you</b></p><p>&nbsp;Bye &amp; thanks</p>"
    assert parse(raw).text == "Hello you\n\nBye & thanks"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("a<br>b<script>x<b></script>c", "a\nbc"),
        ("<style>p{}", ""),
        ("a <!-- <p> --> b", "a b"),
        ("1 < 2 <= 3", "1 < 2 <= 3"),
        ("a<!-- never closed", "a"),
        ("<blockquote>old<blockquote>older</blockquote></blockquote>new</blockquote>!", "> old\n> > older\n\nnew\n!"),
        ("a <p", "a"),
    ],
)
def test_html_becomes_lines(html: str, text: str) -> None:
    assert to_text(html) == text


def test_a_very_long_text_is_cut_and_says_so() -> None:
    mail = parse("é".encode() * TEXT_BYTES)
    assert mail.text.endswith(CUT)
    assert len(mail.text.encode()) <= TEXT_BYTES + len(CUT.encode())


def test_nesting_beyond_all_reason_is_read_as_plain_text() -> None:
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (n, n) for n in range(2_000))
    mail = parse(b"From: ann@acme.example\n" + deep + b"\nhelp")
    assert (mail.sender, mail.attachments) == ("ann@acme.example", ())
    assert mail.text.endswith("help")


def test_more_parts_than_anyone_sends_are_not_all_looked_at() -> None:
    raw = b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\nContent-Type: image/png\n\nx\n" * 1_500
    assert len(parse(raw).attachments) < 1_000


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=400))
@example(b"Content-Type: multipart/mixed; boundary=\n\n--\n")
@example(b"From: =?utf-8?q?\xff?= <\xff@\xff>\n\n\xff")
@example(b"\x00")
def test_any_bytes_are_a_mail(raw: bytes) -> None:
    assert_readable(raw)


_NAMES = st.sampled_from(
    b"From To Subject Date Message-ID References In-Reply-To Return-Path Precedence Auto-Submitted "
    b"Content-Type Content-Transfer-Encoding Content-Disposition".split()
)
_VALUES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from([b"multipart/mixed; boundary=b", b"text/html; charset=utf-7", b"base64", b"message/rfc822"]),
    st.sampled_from([b"attachment; filename*0*=x''%ff", b"x-uuencode", b"=?utf-8?b?%%?=", b"<a@b> <c", b'"a" <a@b']),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(_NAMES, _VALUES), max_size=6), st.binary(max_size=200))
def test_any_headers_are_a_mail(headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    assert_readable(b"\n".join(b"%s: %s" % header for header in headers) + b"\n\n--b\n\n" + body)


def assert_readable(raw: bytes) -> None:
    mail = parse(raw)
    texts = [mail.text, mail.subject, mail.sender, mail.name, *mail.in_reply_to, *mail.references, *mail.recipients]
    texts += [
        visible(mail.text),
        opening_words(mail).title,
        message_words(mail).description,
        key("support@desk", mail, raw),
    ]
    for text in texts:
        assert "\x00" not in text
        text.encode("utf-8")
    assert opening_words(mail).title
    assert message_words(mail).body


def test_the_same_mail_has_the_same_key_whatever_the_way_added() -> None:
    again = b"Received: from elsewhere\n" + PLAIN
    assert key("Support@desk.example", parse(PLAIN), PLAIN) == key("support@desk.example", parse(again), again)


def test_another_mailbox_sender_or_id_is_another_mail() -> None:
    mails = [PLAIN, PLAIN.replace(b"<Ann@", b"<Eve@"), PLAIN.replace(b"<1.", b"<2.")]
    keys = [key("support@desk.example", parse(raw), raw) for raw in mails]
    keys.append(key("sales@desk.example", parse(PLAIN), PLAIN))
    assert len(set(keys)) == 4


def scanned(body: str = "Seite 1", **headers: str) -> bytes:
    """What a scanner sends under one Message-ID."""
    named = {"Subject": "Scan", "Date": "Mon, 13 Jul 2026 15:00:00 +0000"} | headers
    lines = ["From: scan@acme.example", "Message-ID: <scan@printer>", *(f"{n}: {v}" for n, v in named.items())]
    return ("\n".join(lines).replace("_", "-") + f"\n\n{body}").encode()


def test_one_id_with_other_content_is_another_mail() -> None:
    mails = [
        scanned(),
        scanned("Seite 2"),
        scanned(Subject="Scan 2"),
        scanned(Date="Mon, 13 Jul 2026 15:00:01 +0000"),
        scanned(Content_Disposition="attachment; filename=a.txt"),
        scanned(Content_Disposition="attachment; filename=b.txt"),
    ]
    assert len({key("s@d", parse(raw), raw) for raw in mails}) == len(mails)
    assert len({earlier_key("s@d", parse(raw), raw) for raw in mails}) == 1


def test_a_route_that_encodes_it_anew_makes_no_other_mail_of_it() -> None:
    encoded = scanned("U2VpdGUgMQ==", Content_Transfer_Encoding="base64")
    assert key("s@d", parse(encoded), encoded) == key("s@d", parse(scanned()), scanned())


def test_a_mail_without_an_id_is_known_by_its_bytes() -> None:
    one, other = b"From: ann@acme.example\n\none", b"From: ann@acme.example\n\nother"
    assert key("s@d", parse(one), one) == key("s@d", parse(one), one) != key("s@d", parse(other), other)


def test_p8_labelled_lines_alone_describe_nothing() -> None:
    mail = parse(b"Subject: Help\n\nProduct: Punctual\nOS: Debian\n")
    assert (opening_words(mail).description, opening_words(mail).body) == ("", "Product: Punctual\nOS: Debian")


def test_a_mail_without_words_still_says_that_it_has_none() -> None:
    words = opening_words(parse(b"From: ann@acme.example\n\n"))
    assert (words.title, words.body, words.description) == ("(no subject)", "(no text)", "")


def test_a_forwarded_text_describes_a_new_ticket_but_a_quotation_tells_nothing_new() -> None:
    mail = parse(b"Subject: Fwd\n\nVersion: 3.1\nThanks\n\n-----Original Message-----\nOS: BeOS\nIt stops.\n")
    first, later = opening_words(mail), message_words(mail)
    assert (first.labelled.details.os, first.labelled.details.product_version) == ("BeOS", "3.1")
    assert first.description == mail.text
    assert (later.labelled.details.os, later.labelled.details.product_version) == (None, "3.1")
    assert (later.description, later.body) == ("Thanks", "Version: 3.1\nThanks")


@pytest.mark.parametrize("piece", [b"<", b"<a@b> ", b"=?utf-8?q?", b'"', b"(", b"@", b", ", b"a@", b"re: "])
def test_no_long_header_takes_long(piece: bytes) -> None:
    long = piece * (100_000 // len(piece))
    raw = b"".join(b"%s: %s\n" % (name, long) for name in (b"From", b"Subject", b"References", b"Date", b"Message-ID"))
    begun = process_time()
    assert_readable(raw + b"\nHello")
    assert process_time() - begun < 2


@pytest.mark.parametrize(
    "piece", ["<", "<b", "<!--", "</", "<p>", "&#", "<script>", "On x\n", "> \n", "a: ", "wrote ", "-"]
)
def test_no_long_text_takes_long(piece: str) -> None:
    long = piece * (100_000 // len(piece))
    begun = process_time()
    visible(to_text(long))
    visible(long)
    labelled(long)
    assert process_time() - begun < 2
