"""A running notifier, its mail server, and those whose facts it listens to."""

import secrets
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually
from tests.integration.notifier.mailserver import MailServer
from tests.integration.teller import Teller, teller
from tests.stack import Addresses

from contracts.names import ESCALATIONS, FEEDBACK, SLA, TICKETS
from contracts.tickets import Channel, Details, TicketOpened


@pytest.fixture(scope="module")
async def server() -> AsyncIterator[MailServer]:
    made = MailServer()
    await made.up()
    yield made
    await made.down()


@pytest.fixture(scope="module")
async def notifier(
    stack: Addresses, session_database: Factory, module_prefix: str, server: MailServer
) -> AsyncIterator[TestDesk]:
    settings = {"NOTIFIER_SMTP_URL": f"smtp://127.0.0.1:{server.port}", "FEEDBACK_URL": "https://feedback.example"}
    with pytest.MonkeyPatch.context() as patch:
        # Receipts wait for sla-timer, which says nothing here unless a test does; those that it does say patience.
        patch.setattr("notifier.domain.next_instant.WAIT_SECONDS", 0.1)
        async with desk(stack, session_database, module_prefix, patch, ["notifier"], **settings) as made:
            yield made


@pytest.fixture(scope="module")
async def intake(notifier: TestDesk, session_database: Factory) -> AsyncIterator[Teller]:
    async with teller(session_database, notifier, TICKETS) as one:
        yield one


@pytest.fixture(scope="module")
async def sla_timer(notifier: TestDesk, session_database: Factory) -> AsyncIterator[Teller]:
    async with teller(session_database, notifier, SLA) as one:
        yield one


@pytest.fixture(scope="module")
async def escalation(notifier: TestDesk, session_database: Factory) -> AsyncIterator[Teller]:
    async with teller(session_database, notifier, ESCALATIONS) as one:
        yield one


@pytest.fixture(scope="module")
async def feedback(notifier: TestDesk, session_database: Factory) -> AsyncIterator[Teller]:
    async with teller(session_database, notifier, FEEDBACK) as one:
        yield one


@dataclass(frozen=True)
class Requester:
    """Somebody who opens tickets."""

    email: str
    subject_id: UUID

    def opens(self, *, channel: Channel = "portal", thread: str | None = None, **more: Any) -> TicketOpened:
        """The fact of it."""
        ticket_id = uuid4()
        return TicketOpened(
            ticket_id=ticket_id,
            number=f"P-{ticket_id.int % 100_000}",
            account_id=uuid4(),
            subject_id=self.subject_id,
            account_version=1,
            channel=channel,
            severity=1,
            priority="high",
            tier="patrol",
            calendar=None,
            details=Details(product="Desk"),
            title="It fails",
            description="When I press the button.",
            email=self.email,
            thread=thread,
            **({"missing": ()} | more),
        )


@pytest.fixture
def ann() -> Requester:
    """Somebody new."""
    return Requester(f"ann-{secrets.token_hex(4)}@customer.example", uuid4())


@pytest.fixture
def client(notifier: TestDesk) -> httpx2.AsyncClient:
    return notifier.client("notifier")


async def listed(client: httpx2.AsyncClient, ticket_id: UUID, status: str | None = None, count: int = 1) -> Any:
    """The notifications of a ticket, once there are so many in that situation."""
    params = {"ticket_id": str(ticket_id)} | ({"status": status} if status else {})

    async def look() -> Any:
        items = (await client.get("/v1/notifications", params=params)).json()["items"]
        assert len(items) == count, items
        return items

    return await eventually(look, 30)
