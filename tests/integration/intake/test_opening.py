"""Asking for help over HTTP, against the real database and broker."""

import asyncio
from collections import Counter
from uuid import uuid4

import httpx2
import pytest
from tests.desk import TestDesk
from tests.integration.intake.conftest import TICKET, Customer, client_of, opened, problem, register

from contracts.roles import Role


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
    assert seen.headers["ETag"].startswith('"1-'), "the version, for If-Match, and which bytes they were"


async def test_p8_what_is_missing_is_named(customer: Customer) -> None:
    ticket = await opened(customer.client, details={"product": "Aurora"}, description=" ")
    assert ticket["missing"] == ["product_version", "os", "os_version", "description"]
    seen = (await customer.client.get(f"/v1/tickets/{ticket['number']}")).json()
    assert (seen["status"], seen["missing"]) == ("waiting-for-information", ticket["missing"])


async def test_asking_again_with_the_same_key_gets_the_same_number(customer: Customer) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    first = await customer.client.post("/v1/tickets", json=TICKET, headers=headers)
    second = await customer.client.post("/v1/tickets", json=TICKET, headers=headers)
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert "Idempotent-Replayed" not in first.headers
    assert second.headers["Idempotent-Replayed"] == "true"
    assert second.headers["Location"] == first.headers["Location"]
    assert len((await customer.client.get("/v1/tickets")).json()["items"]) == 1


async def test_the_same_key_for_another_request_is_refused(customer: Customer) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    await customer.client.post("/v1/tickets", json=TICKET, headers=headers)
    other = await customer.client.post("/v1/tickets", json=TICKET | {"severity": 1}, headers=headers)
    assert problem(other) == (422, "key-reused", ["Idempotency-Key"])


async def test_a_key_is_another_one_in_another_account_and_in_anothers_hand(
    intake: TestDesk, customer: Customer
) -> None:
    other = await register(intake)
    people: list[tuple[Role, Customer, str]] = [
        ("requester", customer, "ann"),
        ("requester", customer, "bob"),
        ("account-admin", customer, "ann"),
        ("requester", other, "ann"),
    ]
    key = {"Idempotency-Key": str(uuid4())}
    numbers = {}
    for role, of, name in people:
        client = client_of(intake, role, of.account_id, f"{name}@{of.domain}", subject="the-same-for-everybody")
        answers = [await client.post("/v1/tickets", json=TICKET, headers=key) for _ in range(2)]
        assert [answer.status_code for answer in answers] == [201, 201]
        assert answers[0].json() == answers[1].json()
        numbers[answers[0].json()["number"]] = of
    assert len(numbers) == len(people)
    for of, count in ((customer, 3), (other, 1)):
        assert len((await of.client.get("/v1/tickets")).json()["items"]) == count


async def test_what_is_not_there_yet_has_no_version_to_match(intake: TestDesk, customer: Customer) -> None:
    for tag in ('"1"', "*"):
        answer = await customer.client.post("/v1/tickets", json=TICKET, headers={"If-Match": tag})
        assert problem(answer) == (422, "invalid-request", ["If-Match"])
        body = {"name": "Another", "tier": "enlist"}
        account = await intake.client("intake", "admin").post("/v1/accounts", json=body, headers={"If-Match": tag})
        assert problem(account) == (422, "invalid-request", ["If-Match"])


async def test_staff_open_on_behalf_of_a_customer(customer: Customer, engineer: httpx2.AsyncClient) -> None:
    body = {"account_id": str(customer.account_id), "email": f"Ann@{customer.domain}"}
    theirs, hers = await opened(engineer, **body), await opened(customer.client)
    seen = [(await engineer.get(f"/v1/tickets/{one['number']}/events")).json() for one in (theirs, hers)]
    subjects = {told["events"][0]["data"]["subject_id"] for told in seen}
    assert len(subjects) == 1, "one address is one subject, whoever wrote it in which case"


@pytest.mark.parametrize("missing", ["account_id", "email"])
async def test_staff_say_for_whom(customer: Customer, engineer: httpx2.AsyncClient, missing: str) -> None:
    body = {"account_id": str(customer.account_id), "email": f"ann@{customer.domain}"}
    answer = await engineer.post("/v1/tickets", json={**TICKET, **body, missing: None})
    assert problem(answer) == (422, "invalid-request", [missing])


async def test_an_account_that_nobody_registered_gets_no_ticket(engineer: httpx2.AsyncClient) -> None:
    answer = await engineer.post("/v1/tickets", json=TICKET | {"account_id": str(uuid4()), "email": "a@b.example"})
    assert problem(answer) == (404, "account-unknown", ["account_id"])


async def test_a_customer_asks_for_the_own_account_and_in_the_own_name(intake: TestDesk, customer: Customer) -> None:
    other = await register(intake)
    for body, slug in [
        ({"account_id": str(other.account_id)}, "other-account"),
        ({"email": f"bob@{customer.domain}"}, "other-address"),
    ]:
        assert problem(await customer.client.post("/v1/tickets", json=TICKET | body))[:2] == (403, slug)
    admin = client_of(intake, "account-admin", customer.account_id, f"root@{customer.domain}")
    await opened(admin, email=f"bob@{customer.domain}")


async def test_fifty_openings_at_once_get_fifty_numbers(customer: Customer, engineer: httpx2.AsyncClient) -> None:
    tickets = await asyncio.gather(*[opened(customer.client) for _ in range(50)])
    assert max(Counter(ticket["number"] for ticket in tickets).values()) == 1
    listed, url = set(), "/v1/tickets?limit=20"
    while url:
        page = await customer.client.get(url)
        listed |= {ticket["number"] for ticket in page.json()["items"]}
        url = page.links["next"]["url"] if "next" in page.links else ""
    assert listed == {ticket["number"] for ticket in tickets}


async def test_the_same_request_fifty_times_at_once_is_one_ticket(customer: Customer) -> None:
    headers = {"Idempotency-Key": str(uuid4())}
    answers = await asyncio.gather(
        *[customer.client.post("/v1/tickets", json=TICKET, headers=headers) for _ in range(50)]
    )
    assert {(answer.status_code, answer.json()["number"]) for answer in answers} == {(201, answers[0].json()["number"])}
    assert sum("Idempotent-Replayed" in answer.headers for answer in answers) == 49
