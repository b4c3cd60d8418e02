"""From a request to the mail: addressed, threaded, and the same on every try."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.base import ERASED
from contracts.envelope import Meta, Recorded
from contracts.links import SurveyLink
from contracts.notifications import NotificationRequested
from kit.signed import links
from kit.signed.reply_address import ticket_named
from notifier.compose import UnusableAddress
from notifier.senders.mail_builder import MailBuilder, Request, erased

TICKET, NOTIFICATION, FIRST, ANN = (UUID(int=n) for n in range(1, 5))
AT = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECRET = "a secret for tests"
HEAD = MailBuilder(
    sender="support@desk.example",
    name="Support",
    staff_domain="staff.example",
    surveys="https://feedback.example/s",
    survey_for=timedelta(days=90),
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
    return Recorded(
        topic="t",
        shard=1,
        shard_seq=1,
        stream=f"thread-{TICKET}",
        version=2,
        event_id=uuid4(),
        command_id=uuid4(),
        recorded_at=AT,
        event=NotificationRequested(**(values | more)),
        meta=Meta(actor="notifier", role="service", traceparent="00-a-b-01"),
    )


def to_staff(**more: Any) -> Request:
    more = {"subject_id": None, "email": None, "text": None, "automatic": "generated"} | more
    return request(template="sla-breached", about={"severity": "1", "due_at": "2026-11-23T12:00:00Z"}, **more)


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
    assert "with the same link until 21 February 2027, 12:00:00 UTC." in " ".join(str(part.get_content()).split())


def test_without_a_usable_address_there_is_no_mail() -> None:
    for email in (None, "", "ann", "ann@x@y"):
        with pytest.raises(UnusableAddress):
            HEAD.build(request(email=email))


def test_what_was_erased_is_noticed() -> None:
    whole = request().event
    assert not erased(whole)
    assert erased(replace(whole, text=ERASED))
    assert erased(replace(whole, email=ERASED))
