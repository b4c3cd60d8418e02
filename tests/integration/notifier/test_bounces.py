"""A mail that came back: it is listed, a person is told, and nothing more goes to the address until it is cleared."""

from typing import Any
from uuid import UUID

import httpx2
import pytest
from tests.desk import TestDesk, eventually
from tests.integration.notifier.conftest import Requester, listed
from tests.integration.notifier.mailserver import MailServer
from tests.integration.teller import Teller

from contracts.tickets import Assigned, DeliveryNoticeReceived, Resolved


def came_back(ticket_id: UUID, notification_id: str | None, **more: Any) -> DeliveryNoticeReceived:
    values: dict[str, Any] = {"failed": True, "by": "message-id", "status": "5.1.1", "mail": "k"} | more
    return DeliveryNoticeReceived(
        ticket_id=ticket_id, notification_id=UUID(notification_id) if notification_id else None, **values
    )


def resolved(ticket_id: UUID, ann: Requester, words: str) -> Resolved:
    return Resolved(ticket_id=ticket_id, subject_id=ann.subject_id, resolution=words)


async def bounce(intake: Teller, ticket_id: UUID, notification_id: str | None, **more: Any) -> None:
    await intake.tell(came_back(ticket_id, notification_id, **more), stream=f"delivery-{ticket_id}")


async def test_a_mail_that_came_back_is_told_once_and_nothing_more_is_sent_until_staff_clear_the_address(
    notifier: TestDesk, client: httpx2.AsyncClient, intake: Teller, server: MailServer, ann: Requester
) -> None:
    opened = ann.opens()
    await intake.tell(opened)
    (receipt,) = await listed(client, opened.ticket_id, "sent")
    for _ in range(2):
        await bounce(intake, opened.ticket_id, receipt["notification_id"])
    (bounced,) = await listed(client, opened.ticket_id, "bounced")
    assert (bounced["notification_id"], bounced["reason"]) == (receipt["notification_id"], "5.1.1")
    (told,) = await listed(client, opened.ticket_id, "sent")
    assert (told["template"], told["role"]) == ("mail-undeliverable", "support-manager")
    marked = (await client.get("/v1/undeliverable-addresses")).json()["items"]
    (one,) = [one for one in marked if one["subject_id"] == str(ann.subject_id)]
    assert one["notification_id"] == receipt["notification_id"]

    await intake.tell(resolved(opened.ticket_id, ann, "It runs."))
    (suppressed,) = await listed(client, opened.ticket_id, "suppressed")
    assert (suppressed["template"], suppressed["reason"]) == ("resolved", "bounced")
    await listed(client, opened.ticket_id, "sent", 2)
    assert len(server.to(ann.email)) == 1

    url = f"/v1/undeliverable-addresses/{ann.subject_id}"
    for _ in range(2):
        assert (await client.delete(url)).json()["status"] == "cleared"
    assert (await notifier.client("notifier", "analyst").delete(url)).status_code == 403
    await intake.tell(resolved(opened.ticket_id, ann, "It runs again."))
    assert await eventually(lambda: _came(server, ann, 2))


async def _came(server: MailServer, ann: Requester, number: int) -> bool:
    return len(server.to(ann.email)) == number


async def test_a_mail_from_the_address_clears_it(
    client: httpx2.AsyncClient, intake: Teller, server: MailServer, ann: Requester
) -> None:
    opened = ann.opens()
    await intake.tell(opened)
    await listed(client, opened.ticket_id, "sent")
    await bounce(intake, opened.ticket_id, None, by="recipient")
    await listed(client, opened.ticket_id, "bounced")
    again = ann.opens(channel="email", mail="raw")
    await intake.tell(again)
    (receipt,) = await listed(client, again.ticket_id, "sent")
    assert receipt["template"] == "ticket-received"
    marked = (await client.get("/v1/undeliverable-addresses")).json()["items"]
    assert str(ann.subject_id) not in {one["subject_id"] for one in marked}


async def test_notices_that_name_no_mail_are_about_the_last_one(
    client: httpx2.AsyncClient, intake: Teller, ann: Requester
) -> None:
    opened = ann.opens()
    await intake.tell(opened)
    await listed(client, opened.ticket_id, "sent")
    await intake.tell(resolved(opened.ticket_id, ann, "It runs."))
    await listed(client, opened.ticket_id, "sent", 2)
    for _ in range(2):
        await bounce(intake, opened.ticket_id, None, by="recipient", status="5.2.2")
    await intake.tell(resolved(opened.ticket_id, ann, "It runs again."))
    sent = await listed(client, opened.ticket_id, "sent", 3)
    assert {one["template"] for one in sent} == {"ticket-received", "mail-undeliverable", "resolved"}
    (bounced,) = await listed(client, opened.ticket_id, "bounced")
    assert bounced["template"] == "resolved", "the mail before it may have been read"


async def test_what_is_only_late_is_still_sent(client: httpx2.AsyncClient, intake: Teller, ann: Requester) -> None:
    opened = ann.opens()
    await intake.tell(opened)
    (receipt,) = await listed(client, opened.ticket_id, "sent")
    await bounce(intake, opened.ticket_id, receipt["notification_id"], failed=False)
    await intake.tell(resolved(opened.ticket_id, ann, "It runs."))
    await listed(client, opened.ticket_id, "sent", 2)


async def test_a_customer_s_mail_that_fails_is_told_to_the_assignee_or_the_support_manager(
    client: httpx2.AsyncClient, intake: Teller, server: MailServer, ann: Requester, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(server, "refuse", lambda to: "550 5.1.1 no such user" if to == ann.email else None)
    opened = ann.opens()
    await intake.tell(opened, Assigned(ticket_id=opened.ticket_id, before=None, engineer="eve@desk.example"))
    await listed(client, opened.ticket_id, "failed")
    (told,) = await listed(client, opened.ticket_id, "sent")
    expected = {("engineer", "eve@desk.example"), ("support-manager", None)}  # whichever of the two facts came first
    assert told["template"] == "mail-undeliverable"
    assert (told["role"], told["assignee"]) in expected
