"""What a ticket must say is what the policy in force says, at every door; and a door waits for nobody to say so."""

from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import httpx2
import pytest
from tests.conftest import Factory
from tests.desk import TestDesk, eventually
from tests.integration.intake.conftest import Customer, opened
from tests.integration.intake.post import kept, send, written
from tests.integration.teller import Teller, teller
from tests.unit.sla_timer.story import DEFAULT, published

from contracts.names import SLA


@pytest.fixture(scope="module")
async def sla_timer(intake: TestDesk, session_database: Factory) -> AsyncIterator[Teller]:
    async with teller(session_database, intake, SLA) as one:
        yield one


def requiring(*details: str) -> Any:
    """A policy that requires these."""
    return published(
        DEFAULT.replace("[product, product_version, os, os_version, description]", f"[{', '.join(details)}]")
    )


async def put_in_force(sla_timer: Teller, policy: Any) -> str:
    for shard in (0, 1):
        await sla_timer.tell(replace(policy, shard=shard), stream=f"policy-{shard}")
    return str(policy.version)


async def judged(engineer: httpx2.AsyncClient, number: str) -> tuple[list[str], str | None]:
    """What a ticket lacked when it was opened, and by which version."""
    data = (await engineer.get(f"/v1/tickets/{number}/events")).json()["events"][0]["data"]
    return data["missing"], data["policy"]


async def test_every_door_asks_for_what_the_policy_in_force_requires(
    intake: TestDesk, customer: Customer, engineer: httpx2.AsyncClient, sla_timer: Teller
) -> None:
    async def opening() -> tuple[str, list[str], str | None]:
        ticket = await opened(customer.client, details={"os": "Debian"})
        return ticket["number"], *(await judged(engineer, ticket["number"]))

    _, missing, version = await opening()
    assert (missing, version) == (["product", "product_version", "os_version"], None)  # what ships with sla-timer

    modest = await put_in_force(sla_timer, requiring("product", "description"))

    async def asks_less() -> str | None:
        number, missing, version = await opening()
        return number if (missing, version) == (["product"], modest) else None

    number = await eventually(asks_less)
    answer = await customer.client.post(f"/v1/tickets/{number}/information", json={"details": {"product": "Aurora"}})
    assert answer.status_code == 200
    assert (await engineer.get(f"/v1/tickets/{number}")).json()["status"] == "open"

    ann = f"ann@{customer.domain}"
    for subject, body, lacks in (("Less", "OS: Debian\n\nIt crashes.", ["product"]), ("All", "Product: A\n\nNo!", [])):
        await send(intake, bytes(written(ann, subject, body)), sender=ann)
        mail = await kept(intake, subject)
        assert await judged(engineer, mail["number"]) == (lacks, modest)
    number = (await kept(intake, "Less"))["number"]
    await send(intake, bytes(written(ann, f"Re: [{number}] Less", "Product: Aurora\n")), sender=ann)
    await kept(intake, f"Re: [{number}] Less")
    assert (await engineer.get(f"/v1/tickets/{number}")).json()["status"] == "open"

    nothing = await put_in_force(sla_timer, requiring())

    async def asks_nothing() -> bool:
        ticket = await opened(customer.client, details={}, description="")
        return await judged(engineer, ticket["number"]) == ([], nothing)

    await eventually(asks_nothing)


async def test_a_calendar_that_the_policy_in_force_has_not_can_not_be_agreed(
    intake: TestDesk, customer: Customer, sla_timer: Teller
) -> None:
    await put_in_force(sla_timer, published(DEFAULT))
    admin = intake.client("intake", "admin")
    path = f"/v1/accounts/{customer.account_id}"

    async def refused() -> dict[str, Any] | None:
        answer = await admin.patch(path, json={"calendar": "offce"})
        return answer.json() if answer.status_code == 422 else None

    problem: Any = await eventually(refused)
    assert problem["type"].endswith("unknown-calendar")
    [error] = problem["errors"]
    assert error["field"] == "calendar"
    assert "around-the-clock, weekdays" in error["detail"]
    body = {"name": "Wrong", "tier": "patrol", "calendar": "offce"}
    assert (await admin.post("/v1/accounts", json=body)).status_code == 422
    assert (await admin.patch(path, json={"calendar": "weekdays"})).status_code == 200
