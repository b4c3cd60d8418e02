"""Machines' mails never open, reopen or answer a ticket (RFC 3834): they must be told from people's."""

import pytest

from intake.mail import parse


def why(headers: str, *, envelope_sender: str | None = "ann@acme.example", body: str = "Hello") -> str | None:
    raw = f"{headers}\n\n{body}".encode()
    return parse(raw, envelope_sender=envelope_sender).automatic


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ("Auto-Submitted: auto-replied", "auto-submitted"),
        ("Auto-Submitted: auto-generated; type=x", "auto-submitted"),
        ("AUTO-SUBMITTED: Auto-Notified (by us)", "auto-submitted"),
        ("Content-Type: multipart/report; report-type=delivery-status; boundary=b", "report"),
        ("From: <>", "null-return-path"),
        ("Precedence: Bulk", "precedence"),
        ("Precedence: auto_reply", "precedence"),
        ("List-Id: Chat <chat.acme.example>", "list"),
        ("X-Auto-Response-Suppress: OOF, AutoReply", "auto-response-suppress"),
        ("X-Autoreply: yes", "vacation"),
        ("Subject: Automatic reply: P-1042", "vacation"),
        ("Subject: AUTO: Ann is out of the office", "vacation"),
        ("From: MAILER-DAEMON@acme.example", "system-sender"),
        ("X-Failed-Recipients: ann@acme.example", "bounce"),
    ],
)
def test_a_machine_s_mail_is_known_by_its_headers(headers: str, reason: str) -> None:
    assert why(headers) == reason


@pytest.mark.parametrize("headers", ["Subject: Hello", "Return-Path: <ann@acme.example>"])
def test_a_null_sender_in_the_envelope_marks_any_mail(headers: str) -> None:
    assert why(headers, envelope_sender="") == "null-return-path"
    assert why(headers, envelope_sender="<>") == "null-return-path"


def test_without_an_envelope_the_return_path_tells() -> None:
    assert why("Return-Path: <>", envelope_sender=None) == "null-return-path"
    assert why("Return-Path: <ann@acme.example>", envelope_sender=None) is None


@pytest.mark.parametrize(
    "headers",
    [
        "Auto-Submitted: no",
        "X-Auto-Response-Suppress: None",
        "Precedence: first-class",
        "X-Autoreply: no",
        "From: postmaster@acme.example\nSubject: Our relay is slow",
        "From: no-reply@acme.example\nSubject: Disk almost full",
        "Subject: Vacation requests can't be saved",
        "Subject: Mail delivery failed",
        "Subject: Out of office replies are not sent",
    ],
)
def test_a_person_s_mail_is_not_taken_for_a_machine_s(headers: str) -> None:
    assert why(headers, body="Please help.") is None


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ("From: gateway@acme.example\nSubject: Returned mail: see transcript", "bounce"),
        ("From: postmaster@acme.example\nSubject: Hello", "system-sender"),
    ],
)
def test_what_no_standard_marks_needs_two_signs(headers: str, reason: str) -> None:
    assert why(headers, body="550 5.1.1 <x@y>: User unknown") == reason


def test_a_delivery_status_part_is_such_a_sign() -> None:
    raw = (
        b"From: gateway@acme.example\nSubject: Delivery failure\nContent-Type: multipart/mixed; boundary=b\n\n"
        b"--b\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\nAction: failed\n--b--\n"
    )
    assert parse(raw).automatic == "bounce"
