"""A policy that requires less, on running services: who waited for the difference waits no more, and is clocked."""

from typing import Any
from uuid import UUID

import pytest
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually
from tests.integration.policy.test_publishing import asked
from tests.stack import Addresses
from tests.unit.sla_timer.story import DEFAULT, OFFICE_HOURS

pytestmark = pytest.mark.stack

WITH_OFFICE = DEFAULT.replace("\nladders:", OFFICE_HOURS + "\nladders:")
LESS = DEFAULT.replace("os, os_version, description]", "os, description]")
"""Doesn't ask for the version of the operating system, and has no calendar `office` any more."""
KNOWN = {"product": "Aurora", "product_version": "4.2", "os": "Debian"}


async def opened(made: TestDesk, account: UUID, details: dict[str, str]) -> tuple[str, str]:
    """Id and number."""
    body = {"severity": 3, "priority": "normal", "title": "It stops", "description": "At night.", "details": details}
    answer = await made.client("intake", "requester", account).post("/v1/tickets", json=body)
    assert answer.status_code == 201, answer.text
    return answer.json()["ticket_id"], answer.json()["number"]


async def clock(made: TestDesk, ticket: str, state: str) -> dict[str, Any]:
    async def look() -> dict[str, Any] | None:
        answer = await made.client("sla-timer").get(f"/v1/tickets/{ticket}/clocks")
        found = answer.json()["items"][0] if answer.status_code == 200 else {}
        return found if found.get("state") == state else None

    found: Any = await eventually(look, 40)
    return dict(found)


async def test_a_ticket_waits_for_nothing_that_is_no_longer_required_and_migration_says_what_became_of_it(
    stack: Addresses, database: Factory, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(stack, database, prefix, monkeypatch, ["intake", "sla-timer"]) as made:
        admin, licensing = made.client("sla-timer", "admin"), made.client("intake", "admin")
        assert (await asked(admin, WITH_OFFICE))[0] == 200

        async def registered() -> str | None:
            body = {"name": "A customer", "tier": "patrol", "calendar": "office"}
            answer = await licensing.post("/v1/accounts", json=body)
            return answer.json()["account_id"] if answer.status_code == 201 else None

        account = UUID(str(await eventually(registered)))
        complete, _ = await opened(made, account, KNOWN | {"os_version": "12"})
        waits, number = await opened(made, account, KNOWN)
        closed, withdrawn = await opened(made, account, KNOWN)
        requester = made.client("intake", "requester", account)
        assert (
            await requester.post(f"/v1/tickets/{withdrawn}/closing", json={"cause": "withdrawn"})
        ).status_code == 200
        await clock(made, waits, "waiting")
        await clock(made, closed, "cancelled")
        assert (await clock(made, complete, "running"))["calendar"] == "office"

        migration = {"ticket_ids": [complete, waits]}
        before = (await admin.post("/v1/policy-migrations", json=migration)).json()
        assert (before["tickets"], [one["ticket_id"] for one in before["refused"]]) == (1, [waits])
        assert "It waits for information: its clock starts by the policy in force" in before["refused"][0]["detail"]

        status, done = await asked(admin, LESS)
        assert (status, done["published"]) == (200, True)
        running = await clock(made, waits, "running")
        assert running["versions"]["policy"] == done["policy"]
        ticket = (await requester.get(f"/v1/tickets/{number}")).json()
        assert (ticket["status"], ticket["missing"]) == ("open", [])
        proof = (await made.client("sla-timer").get(f"/v1/tickets/{waits}/clocks/response/explain")).json()
        assert f"by the policy {done['policy']}, which no longer requires what was missing" in proof["summary"]

        assert (
            await requester.post(f"/v1/tickets/{withdrawn}/reopening", json={"reason": "After all."})
        ).status_code == 200
        assert (await clock(made, closed, "running"))["versions"]["policy"] == done["policy"]

        after = (await admin.post("/v1/policy-migrations", json={"all": True})).json()
        assert (after["policy"], after["tickets"], after["refused"]) == (done["policy"], 1, [])
        moved = await clock(made, complete, "running")
        assert (moved["calendar"], moved["unknown_calendar"]) == ("around-the-clock", "office")
        assert moved["versions"]["policy"] == done["policy"]
