"""From a fact to a mail, against the real broker and database, and a mail server that takes all."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from tests.desk import SECRET, TestDesk, eventually
from tests.integration.notifier.conftest import Requester, listed
from tests.integration.notifier.mailserver import MailServer, text_of
from tests.integration.teller import TRACE, Teller

from contracts.escalations import EscalationRaised
from contracts.feedback import SurveyIssued
from contracts.links import SurveyLink
from contracts.sla import SlaBreached, Versions
from contracts.tickets import (
    Assigned,
    DeliveryNoticeReceived,
    Details,
    InformationCompleted,
    InitialResponseGiven,
    MessagePosted,
    Resolved,
    TicketOpened,
    WaitingMailsNoted,
)
from kit.signed import links
from kit.signed.reply_address import ticket_named

BREACHED_AT = datetime(2026, 11, 23, 12, tzinfo=UTC)


def answer(opened: TicketOpened, body: str = "Here is the plan.") -> InitialResponseGiven:
    return InitialResponseGiven(
        ticket_id=opened.ticket_id,
        subject_id=opened.subject_id,
        message_id=uuid4(),
        severity=1,
        tier="patrol",
        calendar=None,
        waiting=False,
        states="plan",
        body=body,
    )


async def test_whoever_opens_a_ticket_gets_its_number_in_a_mail_that_can_be_answered(
    client: httpx2.AsyncClient, intake: Teller, server: MailServer, ann: Requester
) -> None:
    opened = ann.opens(channel="email", thread="<asked@customer.example>")
    await intake.tell(opened)
    (sent,) = await listed(client, opened.ticket_id, "sent")
    (mail,) = server.to(ann.email)
    assert mail["Subject"] == f"Re: It fails [{opened.number}]"
    assert mail["Message-ID"] == sent["message_id"] == f"<{sent['ticket_id']}.{sent['notification_id']}@punctual.local>"
    assert mail["In-Reply-To"] == "<asked@customer.example>"
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["traceparent"] == TRACE
    assert ticket_named([mail["Reply-To"]], [SECRET.encode()]) == opened.ticket_id
    assert (sent["template"], sent["attempts"], sent["role"]) == ("ticket-received", 1, None)


async def test_a_fact_that_comes_again_makes_no_second_mail(
    client: httpx2.AsyncClient, intake: Teller, server: MailServer, ann: Requester
) -> None:
    opened = ann.opens()
    await intake.tell(opened)
    await listed(client, opened.ticket_id, "sent")
    await intake.repeat()
    await intake.tell(answer(opened))
    await listed(client, opened.ticket_id, "sent", 2)
    first, second = server.to(ann.email)
    assert second["References"] == first["Message-ID"]
    assert "Here is the plan." in text_of(second)


async def test_mails_about_a_ticket_come_in_the_order_of_what_they_are_about(
    client: httpx2.AsyncClient, intake: Teller, server: MailServer, ann: Requester
) -> None:
    opened = ann.opens()
    resolved = Resolved(ticket_id=opened.ticket_id, subject_id=opened.subject_id, resolution="Update to 2.1.")
    await intake.tell(opened, answer(opened), resolved)
    await listed(client, opened.ticket_id, "sent", 3)
    texts = [text_of(mail) for mail in server.to(ann.email)]
    assert {mail["Subject"] for mail in server.to(ann.email)} == {f"Re: It fails [{opened.number}]"}
    assert "plan" in texts[1]
    assert "Update to 2.1." in texts[2]


async def test_a_mail_answers_the_customer_s_last_one(
    client: httpx2.AsyncClient, intake: Teller, server: MailServer, ann: Requester
) -> None:
    opened = ann.opens(channel="email", thread="<first@customer.example>")
    more = MessagePosted(
        ticket_id=opened.ticket_id,
        subject_id=opened.subject_id,
        message_id=uuid4(),
        channel="email",
        author="requester",
        public=True,
        contact=False,
        body="And it smells.",
        thread="<second@customer.example>",
    )
    await intake.tell(opened, more, answer(opened))
    await listed(client, opened.ticket_id, "sent", 2)
    receipt, plan = server.to(ann.email)
    assert receipt["In-Reply-To"] == "<first@customer.example>"
    assert plan["In-Reply-To"] == "<second@customer.example>"
    assert plan["References"].split() == [receipt["Message-ID"], "<second@customer.example>"]


async def test_staff_are_told_by_role_and_engineers_by_name(
    client: httpx2.AsyncClient,
    intake: Teller,
    sla_timer: Teller,
    escalation: Teller,
    server: MailServer,
    ann: Requester,
) -> None:
    opened = ann.opens()
    engineer = f"tess-{opened.number.lower()}"
    await intake.tell(opened, Assigned(ticket_id=opened.ticket_id, engineer=engineer, before=None))
    await listed(client, opened.ticket_id, "sent")
    breached = SlaBreached(
        ticket_id=opened.ticket_id,
        metric="response",
        cause="deadline",
        evidence="settled",
        severity=1,
        due_at=BREACHED_AT,
        breached_at=BREACHED_AT,
        versions=Versions(policy="p", calendar="c", tzdata="t"),
    )
    await sla_timer.tell(breached)
    await listed(client, opened.ticket_id, "sent", 2)
    raised = EscalationRaised(
        ticket_id=opened.ticket_id,
        escalation="response",
        cause="breach",
        severity=1,
        breached_at=BREACHED_AT,
        rung=0,
        role="engineer",
        next_at=None,
    )
    await escalation.tell(raised)
    await listed(client, opened.ticket_id, "sent", 3)
    to_manager = [mail for mail in server.to("support-manager@desk.punctual.local") if opened.number in mail["Subject"]]
    assert len(to_manager) == 1
    assert to_manager[0]["Reply-To"] is None
    assert len(server.to(f"{engineer}@desk.punctual.local")) == 1


async def test_a_survey_mail_has_a_link_that_feedback_can_read(
    client: httpx2.AsyncClient, intake: Teller, feedback: Teller, server: MailServer, ann: Requester
) -> None:
    opened = ann.opens()
    await intake.tell(opened)
    await listed(client, opened.ticket_id, "sent")
    survey = SurveyIssued(
        ticket_id=opened.ticket_id,
        survey_id=uuid4(),
        account_id=opened.account_id,
        subject_id=opened.subject_id,
        number=opened.number,
        closing=1,
    )
    await feedback.tell(survey)
    await listed(client, opened.ticket_id, "sent", 2)
    text = text_of(server.to(ann.email)[1])
    base = "https://feedback.example/s/"
    token = next(word for word in text.split() if word.startswith(base)).removeprefix(base).partition("?")[0]
    claims = links.read(SECRET, SurveyLink.purpose, token, now=datetime.now(UTC))
    assert SurveyLink.of(claims).survey_id == survey.survey_id


@pytest.fixture
def short_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit counts within some seconds."""
    monkeypatch.setattr("notifier.domain.policy.HOUR", timedelta(seconds=6))


async def outcomes(client: httpx2.AsyncClient, tickets: Sequence[TicketOpened]) -> list[Any]:
    """Each ticket's first notification, once all have an outcome."""

    async def settled() -> list[Any]:
        found = []
        for opened in tickets:
            params = {"ticket_id": str(opened.ticket_id)}
            found += (await client.get("/v1/notifications", params=params)).json()["items"][-1:]
        assert len(found) == len(tickets)
        assert not [one for one in found if one["status"] == "requested"]
        return found

    result: Any = await eventually(settled, 40)
    return list(result)


@pytest.mark.usefixtures("short_hours")
async def test_replies_over_the_limit_are_one_mail_at_the_end_of_the_hour_with_every_number_and_what_is_missing(
    client: httpx2.AsyncClient, intake: Teller, server: MailServer, ann: Requester
) -> None:
    tickets = [ann.opens(channel="email", missing=("product", "os") if n > 3 else ()) for n in range(6)]
    waiting = tickets[3:]
    for opened in tickets[:3]:
        await intake.tell(opened)
    await outcomes(client, tickets[:3])
    for opened in waiting:
        await intake.tell(opened)

    async def held_back() -> bool:
        items = [
            (await client.get("/v1/notifications", params={"ticket_id": str(one.ticket_id)})).json()["items"]
            for one in waiting
        ]
        return [(one["status"], one["reason"]) for one in chain(*items)] == [("requested", "rate-limited")] * 3

    assert await eventually(held_back)
    assert len(server.to(ann.email)) == 3
    completed = InformationCompleted(
        ticket_id=tickets[4].ticket_id,
        subject_id=ann.subject_id,
        severity=1,
        tier="patrol",
        calendar=None,
        details=Details(product="Desk", os="Linux"),
    )
    await intake.tell(completed)
    found = await outcomes(client, tickets)
    assert {one["status"] for one in found} == {"sent"}
    *own, joined = server.to(ann.email)
    assert len(own) == 4, "three receipts, and at once that the information is complete"
    assert {one["message_id"] for one in found[3:]} == {joined["Message-ID"]}
    assert (joined["Auto-Submitted"], joined["X-Auto-Response-Suppress"]) == ("auto-replied", "All")
    text = " ".join(text_of(joined).split())
    assert f"{tickets[3].number}: We have all we need" in text
    assert f"{tickets[4].number}: We have all we need" in text, "it has come meanwhile"
    asks = f"{tickets[5].number}: Before we can begin we need to know from you: - Product: - OS: Please complete"
    assert asks in text
    (address,) = [word for word in text.split() if ticket_named([word], [SECRET.encode()])]
    assert ticket_named([address], [SECRET.encode()]) == tickets[5].ticket_id


@pytest.mark.usefixtures("short_hours")
async def test_a_mail_of_several_replies_says_the_same_at_every_try(
    client: httpx2.AsyncClient, intake: Teller, server: MailServer, ann: Requester, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The server takes it and hangs up; and before the next try the information comes."""
    tickets = [ann.opens(channel="email", missing=("product",) if n > 2 else ()) for n in range(5)]
    for opened in tickets[:3]:
        await intake.tell(opened)
    await outcomes(client, tickets[:3])
    monkeypatch.setattr("notifier.senders.outbox.backoff", lambda attempts: timedelta(seconds=3))
    server.hang_up_on.add(ann.email)
    for opened in tickets[3:]:
        await intake.tell(opened)

    async def taken() -> bool:
        return len(server.to(ann.email)) > 3

    await eventually(taken, 40)
    await intake.tell(
        InformationCompleted(
            ticket_id=tickets[4].ticket_id,
            subject_id=ann.subject_id,
            severity=1,
            tier="patrol",
            calendar=None,
            details=Details(product="Desk"),
        )
    )
    found = await outcomes(client, tickets)
    assert {one["status"] for one in found} == {"sent"}
    (identity,) = {one["message_id"] for one in found[3:]}
    copies = [one for one in server.to(ann.email)[3:] if one["Message-ID"] == identity]
    assert len(copies) >= 2
    assert len({one.as_bytes() for one in copies}) == 1


@pytest.mark.usefixtures("short_hours")
async def test_a_mail_of_several_replies_that_came_back_is_told_of_each(
    client: httpx2.AsyncClient, intake: Teller, server: MailServer, ann: Requester
) -> None:
    tickets = [ann.opens(channel="email") for _ in range(5)]
    for opened in tickets[:3]:
        await intake.tell(opened)
    await outcomes(client, tickets[:3])
    for opened in tickets[3:]:
        await intake.tell(opened)
    held = (await outcomes(client, tickets))[3:]
    (carrier,) = [one for one in held if one["notification_id"] in one["message_id"]]
    ticket, mail = UUID(carrier["ticket_id"]), UUID(carrier["notification_id"])
    notice = DeliveryNoticeReceived(
        ticket_id=ticket, notification_id=mail, failed=True, by="message-id", status="5.1.1", mail="k"
    )
    await intake.tell(notice, stream=f"delivery-{ticket}")
    for opened in tickets[3:]:
        await listed(client, opened.ticket_id, "bounced")
        (told,) = await listed(client, opened.ticket_id, "sent")
        assert (told["template"], told["role"]) == ("mail-undeliverable", "support-manager")
    for opened in tickets[:3]:
        await listed(client, opened.ticket_id, "sent")


async def test_the_support_manager_is_told_once_that_mails_wait(
    client: httpx2.AsyncClient, intake: Teller, server: MailServer
) -> None:
    notice = uuid4()
    noted = WaitingMailsNoted(notice_id=notice, ordinal=1, unmatched=2, failed=0, ignored=0, since=BREACHED_AT)
    await intake.tell(noted, stream=f"mailroom-{notice}")
    (sent,) = await listed(client, notice, "sent")
    assert (sent["template"], sent["role"], sent["number"]) == ("mails-waiting", "support-manager", "Mailroom")
    (mail,) = [one for one in server.to("support-manager@desk.punctual.local") if str(notice) in one["Message-ID"]]
    assert "2 mails wait in the mailroom" in " ".join(text_of(mail).split())


async def test_the_words_are_shown_to_staff_but_not_to_analysts_or_customers(
    notifier: TestDesk, client: httpx2.AsyncClient, intake: Teller, ann: Requester
) -> None:
    opened = ann.opens()
    await intake.tell(opened, answer(opened))
    sent = await listed(client, opened.ticket_id, "sent", 2)
    (identity,) = (one["notification_id"] for one in sent if one["template"] == "answer")
    path = f"/v1/notifications/{identity}"
    shown = await client.get(path)
    assert shown.headers["ETag"].startswith('"1-')
    assert (shown.json()["text"], shown.json()["email"]) == ("Here is the plan.", ann.email)
    assert (await notifier.client("notifier", "analyst").get(path)).status_code == 403
    assert (await notifier.client("notifier", "requester", uuid4()).get("/v1/notifications")).status_code == 403
    assert (await client.get(f"/v1/notifications/{uuid4()}")).status_code == 404
    assert (await client.get("/v1/notifications", params={"status": "lost"})).status_code == 422


async def test_a_hundred_tickets_make_a_hundred_mails(
    client: httpx2.AsyncClient, intake: Teller, server: MailServer, ann: Requester
) -> None:
    await asyncio.gather(*(intake.tell(ann.opens()) for _ in range(100)))

    async def all_there() -> bool:
        return len(server.to(ann.email)) >= 100

    await eventually(all_there, 60)
    await asyncio.sleep(0.5)
    identities = [mail["Message-ID"] for mail in server.to(ann.email)]
    assert (len(identities), len(set(identities))) == (100, 100)
