"""One running intake for all tests of this folder, an account in it, and clients of all kinds."""

import secrets
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from random import Random
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from tests.conftest import Factory
from tests.desk import SECRET, TestDesk, desk
from tests.simulation.equals.mailroom import MAILROOM
from tests.stack import Addresses
from tests.topics import own_topics

from contracts.names import TICKETS
from contracts.roles import Role
from kit.http.auth import Caller, issue
from kit.postgres import PostgresStore
from kit.simulate.faults import CALM
from kit.simulate.store import Database, SimulatedStore


@pytest.fixture(scope="module")
async def module_prefix(stack: Addresses, topic_prefix: str) -> AsyncIterator[str]:
    """The topics that intake needs."""
    async with own_topics(stack, topic_prefix, ["intake"]) as own:
        yield own


@pytest.fixture(scope="module")
async def intake(stack: Addresses, session_database: Factory, module_prefix: str) -> AsyncIterator[TestDesk]:
    """A running intake, shared by the tests of a worker."""
    with pytest.MonkeyPatch.context() as patch:
        async with desk(
            stack, session_database, module_prefix, patch, ["intake"], INTAKE_AUTHSERV_IDS="mx.punctual.local"
        ) as made:
            yield made


@pytest.fixture(params=["postgres", "memory"])
async def store(request: pytest.FixtureRequest, database: Factory) -> AsyncIterator[Any]:
    """The real database, and the one that simulation has in its place."""
    if request.param == "memory":
        yield SimulatedStore(Database(TICKETS), Random(0), lambda: CALM, MAILROOM)
        return
    made = await PostgresStore.connect((await database("intake")).app, TICKETS)
    yield made
    await made.close()


@dataclass(frozen=True)
class Customer:
    """A registered account, and a client of one of its people."""

    account_id: UUID
    domain: str
    client: httpx2.AsyncClient


def client_of(
    made: TestDesk, role: Role, account: UUID | None = None, email: str | None = None, *, subject: str | None = None
) -> httpx2.AsyncClient:
    token = issue(SECRET, Caller(subject or email or role, role, account, email), now=time.time())
    key = ("intake", token)
    made.clients[key] = httpx2.AsyncClient(
        base_url=f"http://127.0.0.1:{made.ports['intake']}", headers={"Authorization": f"Bearer {token}"}, timeout=20
    )
    return made.clients[key]


async def register(made: TestDesk, tier: str = "patrol") -> Customer:
    domain = f"{secrets.token_hex(4)}.example"
    body = {"name": f"Customer {domain}", "tier": tier, "domains": [domain]}
    answer = await made.client("intake", "admin").post("/v1/accounts", json=body)
    assert answer.status_code == 201, answer.text
    account = UUID(answer.json()["account_id"])
    return Customer(account, domain, client_of(made, "requester", account, f"ann@{domain}"))


@pytest.fixture
async def customer(intake: TestDesk) -> Customer:
    """A new account and its requester Ann."""
    return await register(intake)


@pytest.fixture
def engineer(intake: TestDesk) -> httpx2.AsyncClient:
    return intake.client("intake", "engineer")


TICKET = {
    "severity": 2,
    "priority": "high",
    "title": "The export fails",
    "description": "Every export ends with error 17.",
    "details": {"product": "Aurora", "product_version": "4.2", "os": "Debian", "os_version": "12"},
}


async def opened(client: httpx2.AsyncClient, **more: object) -> dict[str, Any]:
    answer = await client.post("/v1/tickets", json=TICKET | more, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body


def problem(answer: httpx2.Response) -> tuple[int, str, list[str]]:
    """Status, slug and the fields named."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    body = answer.json()
    assert body["status"] == answer.status_code
    assert body["title"]
    fields = [error["field"] for error in body.get("errors", [])]
    assert all(error["detail"] for error in body.get("errors", []))
    return answer.status_code, body["type"].rpartition("/")[2], fields
