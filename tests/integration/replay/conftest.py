"""A whole desk in which two tickets have lived, for all tests of this folder."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import entry_points
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually, free_port
from tests.stack import Addresses

from kit.process.service import Service

SECRETS = ("The export fails", "Every export ends with error 17.", "We look into the exporter.", "ann@customer.example")
DETAILS = {"product": "Aurora", "product_version": "4.2", "os": "Debian", "os_version": "12"}


@dataclass(frozen=True)
class Lived:
    """The desk, the ticket that was closed, and one that still lacks information."""

    desk: TestDesk
    ticket: UUID
    number: str
    other: UUID
    admin: str

    @property
    def services(self) -> dict[str, Service]:
        return {point.name: point.load() for point in entry_points(group="punctual.services")}

    @property
    def kafka(self) -> tuple[str, str]:
        return self.desk.common.kafka, self.desk.common.topic_prefix

    async def moment_of(self, event: str) -> datetime:
        """When the ticket's first event of that type was recorded."""
        told = (await self.desk.client("intake").get(f"/v1/tickets/{self.number}/events")).json()["events"]
        return datetime.fromisoformat(next(one["recorded_at"] for one in told if one["type"] == event))


@pytest.fixture(scope="module")
async def lived(stack: Addresses, session_database: Factory, module_prefix: str) -> AsyncIterator[Lived]:
    """Played once for all tests of a worker."""
    with pytest.MonkeyPatch.context() as patch:
        nobody = f"smtp://127.0.0.1:{free_port()}"
        async with desk(stack, session_database, module_prefix, patch, NOTIFIER_SMTP_URL=nobody) as made:
            ticket, number, other = await _live(made)
            yield Lived(made, ticket, number, other, stack.postgres_superuser_dsn)


async def _live(made: TestDesk) -> tuple[UUID, str, UUID]:
    account = {"name": "Kestrel Rail", "tier": "patrol", "domains": ["kestrel.example"]}
    answer = await made.client("intake", "admin").post("/v1/accounts", json=account)
    ann = made.client("intake", "requester", UUID(answer.json()["account_id"]))
    first = await _open(ann, details=DETAILS)
    other = await _open(ann, details={"product": "Aurora"})
    engineer = made.client("intake")
    for path, body in (
        ("assignment", {"engineer": "eve"}),
        ("response", {"states": "plan", "body": SECRETS[2]}),
        ("severity", {"severity": 3, "reason": "One office only."}),
        ("resolution", {"resolution": "Restarted."}),
        ("closing", {}),
    ):
        done = await engineer.post(f"/v1/tickets/{first['number']}/{path}", json=body)
        assert done.status_code in (200, 201), done.text

    async def surveyed() -> bool:
        items = (await made.client("feedback", "support-manager").get("/v1/surveys")).json()["items"]
        clocks = await made.client("sla-timer", "support-manager").get(f"/v1/tickets/{first['ticket_id']}/clocks")
        assert clocks.status_code == 200, clocks.text
        states = {one["metric"]: one["state"] for one in clocks.json()["items"]}
        return bool(items) and states["response"] == "met"

    await eventually(surveyed, 40)
    return UUID(first["ticket_id"]), first["number"], UUID(other["ticket_id"])


async def _open(client: httpx2.AsyncClient, **more: Any) -> dict[str, Any]:
    words = {"title": SECRETS[0], "description": SECRETS[1]}
    body = {"severity": 2, "priority": "high", **words, **more}
    answer = await client.post("/v1/tickets", json=body, headers={"Idempotency-Key": str(uuid4())})
    assert answer.status_code == 201, answer.text
    told: dict[str, Any] = answer.json()
    return told
