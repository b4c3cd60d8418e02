"""A running feedback, an intake that closes tickets, and somebody who got the mail."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from tests.conftest import Factory
from tests.desk import SECRET, TestDesk, desk, eventually
from tests.integration.teller import Teller, teller
from tests.stack import Addresses
from tests.topics import own_topics

from contracts.links import SurveyLink
from contracts.names import NOTIFICATIONS, TICKETS
from contracts.tickets import Closed
from kit.signed import links

SOON = timedelta(days=1)


@pytest.fixture(scope="module")
async def module_prefix(stack: Addresses, topic_prefix: str) -> AsyncIterator[str]:
    """The topics that feedback needs."""
    async with own_topics(stack, topic_prefix, ["feedback"]) as own:
        yield own


@pytest.fixture(scope="module")
async def feedback(stack: Addresses, session_database: Factory, module_prefix: str) -> AsyncIterator[TestDesk]:
    with pytest.MonkeyPatch.context() as patch:
        async with desk(stack, session_database, module_prefix, patch, ["feedback"]) as made:
            yield made


@pytest.fixture(scope="module")
async def intake(feedback: TestDesk, session_database: Factory) -> AsyncIterator[Teller]:
    async with teller(session_database, feedback, TICKETS) as one:
        yield one


@pytest.fixture(scope="module")
async def notifier(feedback: TestDesk, session_database: Factory) -> AsyncIterator[Teller]:
    async with teller(session_database, feedback, NOTIFICATIONS) as one:
        yield one


@pytest.fixture
def client(feedback: TestDesk) -> httpx2.AsyncClient:
    return feedback.client("feedback")


@pytest.fixture
async def anybody(feedback: TestDesk) -> AsyncIterator[httpx2.AsyncClient]:
    """A client without a token."""
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{feedback.ports['feedback']}", timeout=20) as made:
        yield made


@dataclass(frozen=True)
class Asked:
    """A survey, and the link that its mail would have."""

    ticket_id: UUID
    survey_id: UUID

    def token(self, expires_in: timedelta = SOON) -> str:
        link = SurveyLink(ticket_id=self.ticket_id, survey_id=self.survey_id, closing=1)
        expires_at = datetime.now(UTC) + expires_in
        return links.sign(SECRET, SurveyLink.purpose, link.claims(), expires_at=expires_at)


async def survey_of(client: httpx2.AsyncClient, ticket_id: UUID) -> dict[str, object]:
    """The one survey about a ticket, once there is one."""

    async def look() -> dict[str, object]:
        (item,) = (await client.get("/v1/surveys", params={"ticket_id": str(ticket_id)})).json()["items"] or [None]
        return item or {}

    found = await eventually(look)
    assert isinstance(found, dict)
    return found


@pytest.fixture
async def asked(client: httpx2.AsyncClient, intake: Teller) -> Asked:
    """A ticket was closed, and its requester is asked."""
    return await closes(client, intake)


async def closes(client: httpx2.AsyncClient, intake: Teller, **changes: Any) -> Asked:
    """Close a ticket."""
    ticket_id = uuid4()
    closed = Closed(
        ticket_id=ticket_id,
        account_id=uuid4(),
        subject_id=uuid4(),
        number="P-1042",
        cause="resolved",
        closing=1,
    )
    closed = replace(closed, **changes)
    # Personal words come with the key that intake made when the ticket was opened.
    async with intake.store.transaction() as tx:
        await intake.core.vault.keys(tx, [closed.subject_id], make=[closed.subject_id])
    await intake.tell(closed)
    return Asked(closed.ticket_id, UUID(str((await survey_of(client, closed.ticket_id))["survey_id"])))
