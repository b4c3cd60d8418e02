"""Asking for help by mail, over real SMTP."""

import secrets

import httpx2
from tests.desk import TestDesk
from tests.integration.intake.conftest import Customer
from tests.integration.intake.post import kept, send, written

LABELLED = "Product: Aurora\nVersion: 4.2\nOS: Debian\nOS version: 12\nSeverity: 1\nPriority: urgent\n\nIt crashes.\n"


def fresh() -> str:
    return secrets.token_hex(6)


async def test_a_mail_of_a_customer_opens_a_ticket(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient
) -> None:
    subject, ann = f"Crash {fresh()}", f"ann@{customer.domain}"
    said = await send(intake, bytes(written(ann, subject, LABELLED, Message_ID=f"<{fresh()}@pc.example>")), sender=ann)
    assert said.startswith("250")
    mail = await kept(intake, subject)
    assert mail["state"] == "performed"
    ticket = (await engineer.get(f"/v1/tickets/{mail['number']}")).json()
    assert (ticket["channel"], ticket["severity"], ticket["priority"]) == ("email", 1, "urgent")
    assert (ticket["status"], ticket["title"], ticket["email"]) == ("open", subject, ann)
    assert ticket["account_id"] == str(customer.account_id)
