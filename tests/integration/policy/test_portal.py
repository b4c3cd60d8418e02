"""A portal draws its form from the policy in force, and knows no more of it than anybody is told."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually
from tests.integration.policy.test_publishing import asked
from tests.stack import Addresses
from tests.unit.sla_timer.story import DEFAULT, OFFICE_HOURS, published

from contracts import codec
from contracts.replacing import replace
from contracts.roles import CUSTOMERS, ROLES

pytestmark = pytest.mark.stack

REQUIRED = "[product, product_version, os, os_version, description]"
LESS = DEFAULT.replace(REQUIRED, "[os]")
ACME = UUID(int=7)


class Portal:
    """Knows the answer of `GET /v1/policy`, and asks for nothing else."""

    def __init__(self, policy: dict[str, Any]) -> None:
        self.policy = policy

    def labels(self) -> Sequence[str]:
        """What the form asks."""
        return [field["label"] for field in self.policy["required"]]

    def opening(self, severity: int) -> dict[str, Any]:
        """What it sends once all of that is filled in."""
        assert severity in [one["severity"] for one in self.policy["severities"]]
        body: dict[str, Any] = {"title": "It stops", "severity": severity, "priority": self.policy["priorities"][-1]}
        for field in self.policy["required"]:
            *path, last = field["field"].split(".")
            place = body
            for name in path:
                place = place.setdefault(name, {})
            place[last] = f"The {field['label']} as somebody wrote it"
        return body


async def registered(made: TestDesk) -> UUID:
    answer = await made.client("intake", "admin").post("/v1/accounts", json={"name": "A customer", "tier": "enlist"})
    assert answer.status_code == 201, answer.text
    return UUID(answer.json()["account_id"])


async def got(client: httpx2.AsyncClient, path: str) -> dict[str, Any]:
    answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_form_drawn_from_the_policy_is_complete_and_asks_anew_when_another_is_in_force(
    stack: Addresses, database: Factory, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(stack, database, prefix, monkeypatch, ["intake", "sla-timer"]) as made:
        account, admin = await registered(made), made.client("sla-timer", "admin")
        door, shown = (made.client(service, "requester", account) for service in ("intake", "sla-timer"))

        async def opened() -> dict[str, Any] | None:
            """A ticket of the form as it is now, once intake judges by the same policy."""
            portal = Portal(await got(shown, "/v1/policy"))
            answer = await door.post("/v1/tickets", json=portal.opening(severity=2))
            assert answer.status_code == 201, answer.text
            events = await got(door, f"/v1/tickets/{answer.json()['number']}/events")
            ticket: dict[str, Any] = events["events"][0]["data"]
            return ticket if ticket["policy"] == portal.policy["version"] else None

        asks = ["Product", "Product version", "Operating system", "Operating system version", "Description"]
        for text, labels in ((None, asks), (LESS, ["Operating system"]), (DEFAULT, asks)):
            if text:
                assert (await asked(admin, text))[0] == 200
            before = Portal(await got(shown, "/v1/policy"))
            assert before.labels() == labels
            ticket: Any = await eventually(opened, 40)
            assert ticket["missing"] == []
            assert ticket["details"]["os"] == "The Operating system as somebody wrote it"
            assert (ticket["details"]["product"] is None) == (text is LESS)


async def test_everybody_is_told_what_concerns_customers_and_of_agreements_by_name_only(
    stack: Addresses, database: Factory, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with_office = DEFAULT.replace("\nladders:", OFFICE_HOURS.replace("office", "acme's") + "\nladders:")
    async with desk(stack, database, prefix, monkeypatch, ["sla-timer"]) as made:
        engineer = made.client("sla-timer")
        first = await got(engineer, "/v1/policy")
        status, done = await asked(made.client("sla-timer", "admin"), with_office)
        assert status == 200

        told = await engineer.get("/v1/policy")
        policy = told.json()
        assert (policy["version"], policy["name"]) == (done["policy"], done["name"])
        assert policy["in_force_since"] > first["in_force_since"]
        listed = (await got(engineer, "/v1/calendars"))["items"]
        assert [calendar["name"] for calendar in listed] == ["acme's", "around-the-clock", "weekdays"]
        for role in ROLES:
            who = made.client("sla-timer", role, ACME if role in CUSTOMERS else None)
            assert (await got(who, "/v1/policy")) == policy
            names = [calendar["name"] for calendar in (await got(who, "/v1/calendars"))["items"]]
            assert names == [one["name"] for one in listed if role not in CUSTOMERS or one["tiers"]]
            assert [await got(who, f"/v1/calendars/{one['name']}") for one in listed] == listed
            assert await got(who, "/v1/calendars?name=acme's&name=nobody's") == {"items": listed[:1]}
            answer = await who.get("/v1/calendars/lunar")
            assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (404, "no-calendar")
            assert answer.json()["errors"] == [
                {"field": "name", "detail": f"'lunar' is no calendar of the policy; there are {', '.join(names)}"}
            ]

        requester = made.client("sla-timer", "requester", ACME)
        for path in ("/v1/policy", "/v1/calendars", "/v1/calendars/weekdays"):
            answer = await requester.get(path)
            again = await requester.get(path, headers={"If-None-Match": answer.headers["ETag"]})
            assert (again.status_code, again.content) == (304, b"")
            odd = await requester.get(path, params={"versoin": "1"})
            assert (odd.status_code, [error["field"] for error in odd.json()["errors"]]) == (422, ["versoin"])
            async with httpx2.AsyncClient(base_url=requester.base_url) as nobody:
                assert (await nobody.get(path)).status_code == 401
        etag = {"If-None-Match": told.headers["ETag"]}
        assert (await asked(made.client("sla-timer", "admin"), DEFAULT))[0] == 200
        back = await engineer.get("/v1/policy", headers=etag)
        assert (back.status_code, back.json()["version"]) == (200, first["version"])
        assert back.json()["in_force_since"] > policy["in_force_since"]
        assert (await engineer.get("/v1/calendars/acme's")).status_code == 404


async def test_a_policy_that_only_a_newer_release_can_read_is_not_told_as_something_else(
    stack: Addresses, database: Factory, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(stack, database, prefix, monkeypatch, ["sla-timer"]) as made:
        requester = made.client("sla-timer", "requester", ACME)
        before = await got(requester, "/v1/calendars")
        now = published(DEFAULT)
        other = now.resolved | {"severities": {"1": {"en": "Down", "de": "Steht"}}}
        log = await asyncpg.connect(made.dsns["sla-timer"].app)
        try:
            for ordinal, change in ((2, {"resolved": other}), (3, {"resolved": {"metrics": []}})):
                data = codec.encode(replace(now, version=f"newer {ordinal}", **change), seal=None).decode()
                await log.execute(
                    "INSERT INTO policies (version, ordinal, published_at, schema_version, data) "
                    "SELECT $1, $2, published_at, 1, $3 FROM policies WHERE ordinal = 1",
                    f"newer {ordinal}",
                    ordinal,
                    data,
                )
                answer = await requester.get("/v1/policy")
                assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (503, "newer-release")
                answer = await requester.get("/v1/calendars")
                # It can tell whose hours count as long as clocks are started by them.
                assert (answer.status_code, answer.json() == before) == ((200, True) if ordinal == 2 else (503, False))
        finally:
            await log.close()
