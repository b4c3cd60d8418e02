"""Asking for help over HTTP, against the real database and broker."""

import httpx2
from tests.desk import TestDesk
from tests.integration.intake.conftest import TICKET, Customer, opened


async def test_a_ticket_gets_a_number_and_can_be_read_by_it(customer: Customer, engineer: httpx2.AsyncClient) -> None:
    answer = await customer.client.post("/v1/tickets", json=TICKET)
    assert answer.status_code == 201, answer.text
    number = answer.json()["number"]
    assert number.startswith("P-")
    assert answer.headers["Location"] == f"/v1/tickets/{number}"
    assert answer.headers["ETag"] == '"1"'
    assert answer.json()["missing"] == []
    seen = await engineer.get(f"/v1/tickets/{number}")
    assert seen.status_code == 200, seen.text
    body = seen.json()
    assert (body["status"], body["title"], body["email"]) == ("open", "The export fails", f"ann@{customer.domain}")
    assert (body["tier"], body["account_id"]) == ("patrol", str(customer.account_id))
