"""From a request to the mail: addressed, threaded, and the same on every try."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.base import ERASED
from contracts.envelope import Meta, Recorded
from contracts.links import ComplaintLink, EscalationLink, SurveyLink
from contracts.notifications import LETTERS, LetterRequested, NotificationRequested
from kit.signed import links
from kit.signed.reply_address import ticket_named
from notifier.compose import UnusableAddress
from notifier.senders.mail_builder import MailBuilder, Request, erased

TICKET, NOTIFICATION, FIRST, ANN = (UUID(int=n) for n in range(1, 5))
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECRET = "a secret for tests"
HEAD = MailBuilder(
    sender="support@desk.example",
    feedback_mailbox="feedback@desk.example",
    name="Support",
    staff_domain="staff.example",
    surveys="https://feedback.example/s",
    complaints="https://feedback.example/c",
    calls="https://escalation.example/a",
    secret=SECRET,
)


def request(**more: Any) -> Request:
    values: dict[str, Any] = {
        "ticket_id": TICKET,
        "notification_id": NOTIFICATION,
        "template": "message",
        "cause": uuid4(),
        "number": "P-1042",
        "automatic": None,
        "subject_id": ANN,
        "email": "ann@customer.example",
        "text": "Please restart it.",
    }
    values |= more
    kind = LetterRequested if values["template"] in LETTERS else NotificationRequested
    return Recorded(
        topic="t",
        shard=1,
        shard_seq=1,
        stream=f"thread-{TICKET}",
        version=2,
        event_id=uuid4(),
        command_id=uuid4(),
        recorded_at=AT,
        event=kind(**values),
        meta=Meta(actor="notifier", role="service", traceparent="00-a-b-01"),
    )


def to_staff(**more: Any) -> Request:
    more = {"subject_id": None, "email": None, "text": None, "automatic": "generated"} | more
    return request(template="sla-breached", about={"severity": "1", "due_at": "2026-11-23T12:00:00Z"}, **more)


def called(template: str = "escalation", about: dict[str, str] | None = None, **more: Any) -> EscalationLink:
    """The link of a call to the VP."""
    more = {"subject_id": None, "email": None, "text": None, "automatic": "generated", "role": "vp"} | more
    made = request(template=template, about={"severity": "1"} | (about or {}), **more)
    mail = HEAD.build(made)
    assert mail.as_bytes() == HEAD.build(made).as_bytes()
    part = mail.get_body(("plain",))
    assert part
    (url,) = [word for word in part.get_content().split() if word.startswith("https://escalation.example/a/")]
    token, last = url.rpartition("/")[2], AT + timedelta(days=14)
    with pytest.raises(links.LinkExpired):
        links.read(SECRET, EscalationLink.purpose, token, now=last)
    for other in (SurveyLink, ComplaintLink):
        with pytest.raises(links.LinkTampered):
            links.read(SECRET, other.purpose, token, now=AT)
    found = EscalationLink.of(links.read(SECRET, EscalationLink.purpose, token, now=last - timedelta(seconds=1)))
    assert found.call == made.event.cause
    return found


def test_a_call_has_a_link_to_acknowledge_it_as_whoever_was_called() -> None:
    first = called()
    assert (first.ticket_id, first.escalation, first.role, first.to) == (TICKET, "response", "vp", "vp@staff.example")
    assert called(about={"metric": "next-reply"}).escalation == "next-reply"
    engineer = called(role="engineer", assignee="eva@staff.example")
    assert (engineer.role, engineer.to) == ("engineer", "eva@staff.example")
    complaint = called("complaint-call", {"escalation": "urgent", "reason": "urgent", "since": "2026-11-23T12:00:00Z"})
    assert (complaint.escalation, complaint.role) == ("urgent", "vp")


def test_a_link_of_a_role_that_nobody_is_called_as_is_none() -> None:
    claims = EscalationLink(ticket_id=TICKET, escalation="response", call=FIRST, role="vp", to="x").claims()
    with pytest.raises(ValueError, match="nobody is called"):
        EscalationLink.of(claims | {"role": "requester"})


def test_the_same_request_makes_the_same_bytes() -> None:
    one = request(follows=FIRST)
    assert HEAD.build(one).as_bytes() == HEAD.build(one).as_bytes()
    assert HEAD.build(one)["Date"].datetime == AT
    assert HEAD.build(one)["traceparent"] == "00-a-b-01"


def test_a_mail_to_the_requester_can_be_answered_and_follows_the_first() -> None:
    mail = HEAD.build(request(follows=FIRST, in_reply_to="<hers@customer.example>"))
    assert ticket_named([mail["Reply-To"]], [SECRET.encode()]) == TICKET
    assert mail["References"] == f"<{TICKET}.{FIRST}@desk.example> <hers@customer.example>"
    assert mail["Message-ID"] == f"<{TICKET}.{NOTIFICATION}@desk.example>"


@pytest.mark.parametrize(
    ("role", "assignee", "address"),
    [
        ("vp", None, "vp@staff.example"),
        ("engineer", "tess", "tess@staff.example"),
        ("engineer", "tess@elsewhere.example", "tess@elsewhere.example"),
        ("engineer", None, "engineer@staff.example"),
    ],
)
def test_staff_have_mailboxes_by_role_or_name(role: str, assignee: str | None, address: str) -> None:
    mail = HEAD.build(to_staff(role=role, assignee=assignee))
    assert mail["To"].addresses[0].addr_spec == address
    assert mail["Reply-To"] is None


def test_the_survey_link_expires_by_the_time_of_the_request() -> None:
    survey = uuid4()
    about = {"survey_id": str(survey), "closing": "2"}
    mail = HEAD.build(request(template="survey", automatic="generated", text=None, about=about))
    part = mail.get_body(("plain",))
    assert part
    base = "https://feedback.example/s/"
    link = next(word for word in str(part.get_content()).split() if word.startswith(base))
    token = link.removeprefix(base).partition("?")[0]
    claims = links.read(SECRET, SurveyLink.purpose, token, now=AT + timedelta(days=89))
    assert SurveyLink.of(claims) == SurveyLink(ticket_id=TICKET, survey_id=survey, closing=2)
    with pytest.raises(links.LinkExpired):
        links.read(SECRET, SurveyLink.purpose, token, now=AT + timedelta(days=90))
    text = " ".join(str(part.get_content()).split())
    assert "You can answer until Sunday, 21 February 2027, 12:00 (UTC)," in text


def test_letters_about_feedback_come_from_its_mailbox_and_answers_lead_back_to_it() -> None:
    mail = HEAD.build(request(template="feedback-acknowledged", number="F-1000"))
    assert mail["From"].addresses[0].addr_spec == "feedback@desk.example"
    assert mail["Reply-To"].addresses[0].addr_spec.startswith("feedback+")
    assert ticket_named([mail["Reply-To"]], [SECRET.encode()]) == TICKET
    assert mail["Message-ID"] == f"<{TICKET}.{NOTIFICATION}.feedback@desk.example>"
    assert mail["Subject"] == "[F-1000] We have read your feedback"


def test_staff_are_written_to_from_the_desk_about_feedback_too() -> None:
    about = {"due_at": "2026-11-23T12:00:00Z"}
    words: dict[str, Any] = {"subject_id": None, "email": None, "text": None, "automatic": "generated"}
    mail = HEAD.build(request(template="feedback-reminder", role="support-manager", about=about, **words))
    assert mail["From"].addresses[0].addr_spec == "support@desk.example"
    assert mail["Reply-To"] is None


def test_the_outcome_s_link_leads_to_its_complaint_for_ninety_days() -> None:
    mail = HEAD.build(request(template="complaint-outcome", second_text="We mend it.", third_text="We test it."))
    part = mail.get_body(("plain",))
    assert part
    text = str(part.get_content())
    assert "We mend it." in text
    assert "We test it." in text
    base = "https://feedback.example/c/"
    token = next(word for word in text.split() if word.startswith(base)).removeprefix(base)
    claims = links.read(SECRET, ComplaintLink.purpose, token, now=AT + timedelta(days=89))
    assert ComplaintLink.of(claims) == ComplaintLink(feedback_id=TICKET)
    with pytest.raises(links.LinkExpired):
        links.read(SECRET, ComplaintLink.purpose, token, now=AT + timedelta(days=90))
    with pytest.raises(links.LinkTampered):
        links.read(SECRET, SurveyLink.purpose, token, now=AT)


def test_instants_are_in_the_customer_s_zone_or_the_vendor_s() -> None:
    head = replace(HEAD, zone="America/New_York")
    about = {"next_at": "2026-11-23T16:00:00Z"}
    delayed = request(template="complaint-delayed", second_text="A list.", about=about)
    berlin = request(template="complaint-delayed", second_text="A list.", about=about | {"zone": "Europe/Berlin"})
    for one, instant in (
        (delayed, "Monday, 23 November 2026, 11:00 (America/New_York)"),
        (berlin, "Monday, 23 November 2026, 17:00 your time"),
    ):
        part = head.build(one).get_body(("plain",))
        assert part
        assert instant in " ".join(str(part.get_content()).split())


@pytest.mark.parametrize(("next_at", "late"), [("2026-11-23T12:00:00Z", True), ("2026-11-23T12:00:01Z", False)])
def test_a_receipt_says_that_we_are_late_if_its_deadline_was_past_when_it_was_requested(
    next_at: str, late: bool
) -> None:
    part = HEAD.build(request(template="feedback-received", about={"next_at": next_at})).get_body(("plain",))
    assert part
    assert ("We are late" in str(part.get_content())) == late


def test_without_a_usable_address_there_is_no_mail() -> None:
    for email in (None, "", "ann", "ann@x@y", "=?utf-8?q?a=40evil.example=2C?=@customer.example"):
        with pytest.raises(UnusableAddress):
            HEAD.build(request(email=email))


def test_what_was_erased_is_noticed() -> None:
    for template, texts in (("message", ("text",)), ("complaint-outcome", ("text", "second_text", "third_text"))):
        assert not erased(request(template=template).event)
        for name in ("email", *texts):
            assert erased(request(template=template, **{name: ERASED}).event)


def test_a_mail_is_in_the_language_of_its_request_and_says_so() -> None:
    mail = HEAD.build(request(language="de-AT", template="resolved", about={"zone": "Europe/Vienna"}))
    assert mail["Content-Language"] == "de"
    assert mail["Subject"] == "[P-1042] Ihre Anfrage ist gelöst"
    assert HEAD.build(request())["Content-Language"] == "en"
