"""What can't be understood is refused with a problem that names the field."""

from typing import Any
from uuid import uuid4

import httpx2
import pytest
from tests.desk import TestDesk
from tests.integration.intake.conftest import TICKET, Customer, client_of, opened, problem, register


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"severity": 5}, "severity"),
        ({"severity": "one"}, "severity"),
        ({"severity": None}, "severity"),
        ({"priority": "asap"}, "priority"),
        ({"title": "x" * 1001}, "title"),
        ({"title": " \n "}, "title"),
        ({"title": "ä" * 600}, "title"),
        ({"description": "x" * (256 * 1024 + 1)}, "description"),
        ({"details": {"product": "x" * 1001}}, "details.product"),
        ({"details": {"colour": "red"}}, "details.colour"),
        ({"details": []}, "details"),
        ({"account_id": "mine"}, "account_id"),
        ({"email": "nobody"}, "email"),
        ({"channel": "pigeon"}, "channel"),
        ({"urgent": True}, "urgent"),
    ],
)
async def test_a_bad_field_is_named(customer: Customer, change: dict[str, Any], field: str) -> None:
    status, _, fields = problem(await customer.client.post("/v1/tickets", json=TICKET | change))
    assert (status, fields) == (422, [field])


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"severity": 1e999}', b"[" * 5000, b'{"title": "\\ud800"}']
)
async def test_what_is_no_json_object_is_refused(customer: Customer, body: bytes) -> None:
    headers = {"Content-Type": "application/json"}
    answer = await customer.client.post("/v1/tickets", content=body, headers=headers)
    status, slug, fields = problem(answer)
    assert (status, slug) in {(422, "invalid-request"), (400, "bad-request")}
    assert fields or status == 400


async def test_a_nul_in_a_text_is_kept_or_refused_and_never_our_fault(customer: Customer) -> None:
    ticket = await opened(customer.client, description="before\x00after")
    seen = (await customer.client.get(f"/v1/tickets/{ticket['number']}")).json()
    assert seen["description"] == "before\x00after"


async def test_without_a_token_nobody_is_let_in(intake: TestDesk) -> None:
    base = f"http://127.0.0.1:{intake.ports['intake']}"
    async with httpx2.AsyncClient(base_url=base) as nobody:
        for method, path in [
            ("POST", "/v1/tickets"),
            ("GET", "/v1/tickets"),
            ("GET", "/v1/mails"),
            ("POST", "/v1/accounts"),
        ]:
            answer = await nobody.request(method, path, json=TICKET if method == "POST" else None)
            assert problem(answer)[:2] == (401, "not-authenticated"), (method, path)
            assert answer.headers["WWW-Authenticate"] == "Bearer"


async def test_another_accounts_ticket_is_not_there(intake: TestDesk, customer: Customer) -> None:
    number = (await opened(customer.client))["number"]
    stranger = (await register(intake)).client
    for method, path, body in [
        ("GET", "", None),
        ("GET", "/events", None),
        ("POST", "/messages", {"body": "Hello?"}),
        ("POST", "/closing", {"cause": "withdrawn"}),
        ("POST", "/information", {"description": "x"}),
    ]:
        answer = await stranger.request(method, f"/v1/tickets/{number}{path}", json=body)
        assert problem(answer)[:2] == (404, "ticket-unknown"), path
    assert (await stranger.get("/v1/tickets")).json()["items"] == []
    assert (await stranger.get("/v1/tickets", params={"account_id": str(customer.account_id)})).json()["items"] == []


async def test_a_number_that_nobody_has_is_not_there(engineer: httpx2.AsyncClient) -> None:
    for number in ["P-1", "P-999999999999999999999", "%00", "1000", "x" * 40]:
        answer = await engineer.get(f"/v1/tickets/{number}")
        assert answer.status_code in (404, 422), (number, answer.text)
        assert answer.headers["Content-Type"] == "application/problem+json"


async def test_the_wrong_role_is_turned_away(intake: TestDesk, customer: Customer) -> None:
    number = (await opened(customer.client))["number"]
    cases: list[tuple[httpx2.AsyncClient, str, str, dict[str, Any] | None]] = [
        (customer.client, "POST", f"/v1/tickets/{number}/severity", {"severity": 1, "reason": "It is bad."}),
        (customer.client, "POST", f"/v1/tickets/{number}/response", {"states": "plan", "body": "I know."}),
        (customer.client, "POST", f"/v1/tickets/{number}/assignment", {"engineer": "eve"}),
        (customer.client, "POST", f"/v1/tickets/{number}/messages", {"body": "A note.", "public": False}),
        (customer.client, "POST", "/v1/accounts", {"name": "Mine", "tier": "command"}),
        (customer.client, "PATCH", f"/v1/accounts/{customer.account_id}", {"tier": "command"}),
        (customer.client, "GET", "/v1/mails", None),
        (customer.client, "GET", "/v1/accounts", None),
        (intake.client("intake", "analyst"), "GET", f"/v1/tickets/{number}", None),
        (intake.client("intake", "analyst"), "GET", "/v1/tickets", None),
        (intake.client("intake", "engineer"), "POST", "/v1/accounts", {"name": "Mine", "tier": "command"}),
        (
            intake.client("intake", "support-manager"),
            "POST",
            f"/v1/tickets/{number}/response",
            {"states": "plan", "body": "x"},
        ),
        (intake.client("intake", "vp"), "POST", f"/v1/tickets/{number}/resolution", {"resolution": "x"}),
    ]
    for client, method, path, body in cases:
        assert problem(await client.request(method, path, json=body))[0] == 403, (method, path, body)


async def test_a_domain_belongs_to_one_account(intake: TestDesk, customer: Customer) -> None:
    body = {"name": "Other", "tier": "enlist", "domains": ["free.example", customer.domain.upper()]}
    answer = await intake.client("intake", "admin").post("/v1/accounts", json=body)
    assert problem(answer) == (409, "domain-taken", ["domains"])


async def test_a_cursor_that_is_none_of_ours_is_refused(customer: Customer) -> None:
    for cursor in ["x", "W10=", "eyJ9", "ä"]:
        answer = await customer.client.get("/v1/tickets", params={"cursor": cursor})
        assert problem(answer) == (422, "invalid-request", ["cursor"]), cursor


async def test_an_unknown_account_is_not_there(intake: TestDesk, customer: Customer) -> None:
    other = await register(intake)
    assert problem(await intake.client("intake", "admin").get(f"/v1/accounts/{uuid4()}"))[:2] == (
        404,
        "account-unknown",
    )
    assert problem(await customer.client.get(f"/v1/accounts/{other.account_id}"))[:2] == (404, "account-unknown")
    own = await customer.client.get(f"/v1/accounts/{customer.account_id}")
    assert own.json()["tier"] == "patrol"
    assert own.headers["ETag"].startswith('"1-')
    nobodys = client_of(intake, "requester", uuid4(), "a@b.example")
    assert problem(await nobodys.post("/v1/tickets", json=TICKET))[:2] == (404, "account-unknown")
