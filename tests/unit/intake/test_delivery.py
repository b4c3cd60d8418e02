"""What a notice says of a delivery, and which mail of ours it is about."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from contracts.message_ids import letter_id, message_id
from contracts.rights import NotAllowed
from intake.domain import INITIAL, decide, evolve
from intake.domain.commands import NoteDelivery
from intake.domain.policy import SHIPPED
from intake.mail import Bounced, DeliveryNotice, named_by, parse
from intake.mailroom.process import request_for
from kit.signed.reply_address import reply_address

TICKET, MAIL = UUID(int=1), UUID(int=2)
OURS = message_id(TICKET, MAIL, "punctual.local")
KEY = b"a key of 16 bytes or more"
RETURNED = f"Message-ID: {OURS}\nReply-To: {reply_address('support@punctual.local', TICKET, KEY)}\nSubject: Hi\n\nHi\n"


def report(*parts: str, subject: str = "Undelivered", kind: str = "delivery-status", headers: str = "") -> bytes:
    body = "\n".join(f"--b\n{part}" for part in parts)
    return (
        f"From: MAILER-DAEMON@isp.example\nSubject: {subject}\n{headers}"
        f"Content-Type: multipart/report; report-type={kind}; boundary=b\n\n{body}\n--b--\n"
    ).encode()


def status(action: str, code: str, more: str = "") -> str:
    return (
        "Content-Type: message/delivery-status\n\nReporting-MTA: dns; mx.isp.example\n\n"
        f"Final-Recipient: rfc822; ann@acme.example\nAction: {action}\nStatus: {code}\n{more}"
    )


def said(raw: bytes) -> DeliveryNotice | None:
    return parse(raw).delivery


WHOLE = f"Content-Type: message/rfc822\n\n{RETURNED}"
HEADERS = f"Content-Type: text/rfc822-headers\n\n{RETURNED}"


@pytest.mark.parametrize("returned", [WHOLE, HEADERS])
def test_a_report_says_whose_mail_failed_why_and_which_mail_that_was(returned: str) -> None:
    notice = said(report("\nSorry.", status("failed", "5.1.1"), returned))
    assert notice is not None
    assert (notice.failed, notice.permanent, notice.temporary) == (True, ("ann@acme.example",), ())
    assert (notice.status, notice.ids) == ("5.1.1", (OURS,))
    assert named_by(notice, [KEY]) == Bounced(TICKET, MAIL, "message-id")


def test_what_is_only_late_has_not_failed() -> None:
    notice = said(report("\nStill trying.", status("delayed", "4.4.1"), HEADERS))
    assert notice is not None
    assert (notice.failed, notice.permanent, notice.temporary) == (False, (), ("ann@acme.example",))


@pytest.mark.parametrize("action", ["delivered", "relayed", "expanded"])
def test_what_was_delivered_is_no_notice_of_a_failure(action: str) -> None:
    assert said(report("\nIt was.", status(action, "2.0.0"), HEADERS)) is None


def test_that_a_mail_was_read_or_complained_of_is_no_failure_but_that_a_store_refused_it_is() -> None:
    read = "Content-Type: message/disposition-notification\n\nDisposition: manual-action/MDN-sent-manually; "
    refused = "Content-Type: message/disposition-notification\n\nDisposition: automatic-action/MDN-sent-automatically; "
    words = "\nYour message to <ann@acme.example> was automatically rejected:\nQuota exceeded"
    assert said(report("\nRead.", f"{read}displayed\n", kind="disposition-notification")) is None
    assert said(report("\nSpam!", WHOLE, kind="feedback-report")) is None
    notice = said(report(words, f"{refused}deleted\n", kind="disposition-notification"))
    assert notice is not None
    assert notice.addresses == ("ann@acme.example",)


@pytest.mark.parametrize(
    ("words", "failed", "code"),
    [
        (f"Your message could not be delivered: 550 no such user\nMessage-ID: {OURS}", True, "550"),
        (f"550 5.7.1 unable to deliver\n> Message-Id: {OURS}", True, "5.7.1"),
        (f"Your message could not be delivered yet, and we will keep trying.\nMessage-ID: {OURS}", False, ""),
    ],
)
def test_a_notice_in_words_names_the_mail_that_it_quotes(words: str, failed: bool, code: str) -> None:
    notice = said(f"From: postmaster@isp.example\nSubject: failure notice\n\n{words}\n".encode())
    assert notice is not None
    assert (notice.failed, notice.status, notice.ids) == (failed, code, (OURS,))


POSTFIX_WARNS = (
    "This is the mail system at host mx.acme.example.\n\n"
    "####################################################################\n"
    "# THIS IS A WARNING ONLY.  YOU DO NOT NEED TO RESEND YOUR MESSAGE. #\n"
    "####################################################################\n\n"
    "Your message could not be delivered for more than 4 hour(s).\n"
    "It will be retried until it is 5 day(s) old.\n\n                   The mail system\n\n"
    "<ann@acme.example>: connect to mx.acme.example[192.0.2.4]:25: Connection timed out\n"
)
SENDMAIL_WARNS = (
    "    **      THIS IS A WARNING MESSAGE ONLY      **\n    **  YOU DO NOT NEED TO RESEND YOUR MESSAGE  **\n\n"
    "   ----- The following addresses had transient non-fatal errors -----\n<ann@acme.example>\n\n"
    "   ----- Transcript of session follows -----\n"
    "<ann@acme.example>... Deferred: Connection timed out with mx.acme.example.\n"
    "Warning: message still undelivered after 4 hours\nWill keep trying until message is 5 days old\n"
)
EXIM_WARNS = (
    "This message was created automatically by mail delivery software.\nA message that you sent has not yet been "
    "delivered to one or more of its\nrecipients after more than 24 hours on the queue on mx.acme.example.\n\n"
    "The address to which the message has not yet been delivered is:\n\n  ann@acme.example\n"
    "    Delay reason: host mx [192.0.2.4]: 451 4.7.1 Greylisted\n\nDelivery attempts will continue for some time.\n"
)
QMAIL_GAVE_UP = (
    "Hi. This is the qmail-send program at mx.acme.example.\nI'm afraid I wasn't able to deliver your message to the "
    "following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n"
    "<ann@acme.example>:\nSorry, no mailbox here by that name.\n\n--- Below this line is a copy of the message.\n\n"
    "Return-Path: <support@desk.example>\nSubject: Your order\n\nThis is a warning only. It will be retried.\n"
)


@pytest.mark.parametrize(
    ("subject", "words", "failed"),
    [
        ("Delayed Mail (still being retried)", POSTFIX_WARNS, False),
        ("A word from your mail server", POSTFIX_WARNS, False),
        ("Warning: could not send message for past 4 hours", SENDMAIL_WARNS, False),
        ("Warning: message 1abc-000 delayed 24 hours", EXIM_WARNS, False),
        ("failure notice", QMAIL_GAVE_UP, True),
    ],
)
def test_a_warning_that_a_mail_is_late_names_nobody_whose_mail_failed(subject: str, words: str, failed: bool) -> None:
    notice = said(f"From: MAILER-DAEMON@mx.acme.example (Mail Delivery System)\nSubject: {subject}\n\n{words}".encode())
    assert notice is not None
    named = ("ann@acme.example",)
    assert (notice.failed, notice.permanent, notice.temporary) == (failed, named * failed, named * (not failed))


def test_what_is_returned_to_its_sender_has_failed_though_the_server_calls_its_trouble_temporary() -> None:
    words = "Your mail could not be delivered.\nann@acme.example: delivery temporarily suspended: timed out\n"
    notice = said(f"From: MAILER-DAEMON@mx.example\nSubject: Undelivered Mail Returned to Sender\n\n{words}".encode())
    assert notice is not None
    assert notice.failed


def test_the_words_alone_say_nothing_of_a_failure() -> None:
    assert said(b"From: MAILER-DAEMON@isp.example\nSubject: Hello\n\nYou are welcome.\n") is None


def test_fields_name_whom_the_words_do_not() -> None:
    raw = b"From: mailer-daemon@isp.example\nX-Failed-Recipients: jo@acme.example\nSubject: failure notice\n\nSorry\n"
    notice = said(raw)
    assert notice is not None
    assert notice.permanent == ("jo@acme.example",)
    odd = status("failed", "5.0.0").replace("rfc822; ann@acme.example", "rfc822; <jo@acme.example>")
    assert said(report("\nSorry.", odd.replace("Reporting-MTA", "X-MTA"))) is not None


ODD_CHARSETS = (
    b"From: postmaster@isp.example\nContent-Type: %s; charset=%s\n\nSorry \xff\xfe",
    b"Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: %s; charset=%s\n\n\xff\n--b--\n",
    b"From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: message/rfc822\n\n"
    b"Content-Type: %s; charset=%s\n\n\xff\xfe\n--b--\n",
)
READ_RECEIPT = (
    b"From: a@b.example\nContent-Type: multipart/report; report-type=disposition-notification; boundary=b\n\n"
    b"--b\nContent-Type: message/disposition-notification\n\n"
)


@pytest.mark.parametrize(
    "raw",
    [
        b"From: \xff\xfe\nX-Failed-Recipients: \xff\n\n\x00",
        b"X-Failed-Recipients: x\nSubject: failure notice\n\n",
        report(),
        report("Content-Type: message/delivery-status\n\n\x00"),
        report("Content-Type: message/rfc822\n\n"),
        report("Content-Type: message/rfc822\nContent-Transfer-Encoding: base64\n\n!!!!"),
        report("Content-Type: text/rfc822-headers\n\n\xff: \xfe", headers="In-Reply-To: <\n"),
        *(odd % (b"text/x-log", name) for odd in ODD_CHARSETS for name in (b"idna", b"punycode", b"foo")),
        *(odd % (b"text/plain", name) for odd in ODD_CHARSETS for name in (b"idna", b"punycode", b"foo")),
        report("\nSorry.", kind="delivery-status; name*x*=1"),
        report("\nSorry.", kind="x; report-type*x*=1"),
        READ_RECEIPT + b"Content-Type: text/plain; charset=foo\n\n\xff\n--b--\n",
        b"Content-Type: text/plain; charset*=a''b; charset*=c''d; charset*0*=e\n\nSorry \xff",
        report("Content-Type: text/plain; charset*=us-ascii''x; charset*=y\n\nSorry", status("failed", "5.1.1")),
    ],
)
def test_odd_bytes_are_read_too(raw: bytes) -> None:
    parse(raw, envelope_sender="")


def test_an_answer_to_ours_names_it_where_nothing_was_returned() -> None:
    for header in ("In-Reply-To", "References"):
        notice = said(report("\nSorry.", status("failed", "5.1.1"), headers=f"{header}: <a@b.example> {OURS}\n"))
        assert notice is not None
        assert named_by(notice, []) == Bounced(TICKET, MAIL, "message-id")


def test_a_letter_is_named_like_a_notification_and_a_signed_address_names_the_matter() -> None:
    letter = DeliveryNotice(failed=True, ids=("<x@y.example>", letter_id(TICKET, MAIL, "punctual.local")))
    assert named_by(letter, []) == Bounced(TICKET, MAIL, "message-id")
    signed = DeliveryNotice(failed=True, answers_to=(reply_address("support@punctual.local", TICKET, KEY),))
    assert named_by(signed, [KEY]) == Bounced(TICKET, None, "reply-address")
    assert named_by(signed, [b"another key of 16 bytes"]) is None
    assert named_by(DeliveryNotice(failed=True, ids=("<x@y.example>",)), [KEY]) is None


def request(reason: str) -> Any:
    mail = parse(report("\nSorry.", status("failed", "5.1.1"), WHOLE))
    row = {"key": "k", "reason": reason, "target": "delivery", "ticket_id": TICKET, "subject_id": None}
    return request_for(row, mail, "", SHIPPED)


def noted(command: Any) -> Any:
    (event,) = decide(command, INITIAL)
    return event


def test_a_stored_notice_becomes_a_fact_of_the_mail_server_s() -> None:
    asked = request("message-id")
    assert (asked.stream, asked.meta.role, asked.answer) == (
        f"delivery-{TICKET}",
        "service",
        {"ticket_id": str(TICKET)},
    )
    notice = noted(asked.command)
    assert (notice.ticket_id, notice.notification_id, notice.failed) == (TICKET, MAIL, True)
    assert (notice.by, notice.status, notice.mail) == ("message-id", "5.1.1", "k")


@pytest.mark.parametrize("reason", ["reply-address", "recipient"])
def test_which_mail_of_a_person_it_was_is_left_open_where_no_id_names_it(reason: str) -> None:
    notice = noted(request(reason).command)
    assert (notice.notification_id, notice.by) == (None, reason)


def test_a_notice_is_passed_on_once_and_another_about_the_same_mail_too() -> None:
    notice = request("message-id").command.notice
    other, passed = replace(notice, mail="another"), evolve(INITIAL, notice)
    assert decide(NoteDelivery(by="service", notice=notice), passed) == []
    assert decide(NoteDelivery(by="service", notice=other), passed) == [other]


def test_a_customer_gives_no_notice_in_a_mail_server_s_name() -> None:
    notice = request("message-id").command.notice
    with pytest.raises(NotAllowed):
        decide(NoteDelivery(by="requester", notice=notice), INITIAL)
