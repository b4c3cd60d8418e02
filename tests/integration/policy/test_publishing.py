"""A policy is put in force without a restart, over HTTP or from a terminal, and no restart takes it back."""

import asyncio
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
from tests.conftest import Factory
from tests.desk import desk
from tests.stack import Addresses
from tests.unit.sla_timer.story import DEFAULT
from typer.testing import CliRunner

from punctual.local.databases import Dsns
from sla_timer.cli.policy import app

pytestmark = pytest.mark.stack

STRICTER = DEFAULT.replace("2: {within: 4h, rule", "2: {within: 2h, rule")
SAID = ["Severity 2, every tier: an answer within 2h of support hours instead of 4h."]


async def publications(dsns: Dsns) -> list[tuple[int, int]]:
    """How many shards have how many."""
    connection = await asyncpg.connect(dsns.app)
    query = """SELECT n, count(*) FROM (SELECT count(*) n FROM events WHERE type = 'policy.published' GROUP BY shard) s
        GROUP BY n"""
    rows = await connection.fetch(query)
    await connection.close()
    return [(row["n"], row["count"]) for row in rows]


async def asked(admin: httpx2.AsyncClient, policy: str, key: str = "", **more: Any) -> tuple[int, dict[str, Any]]:
    headers = {"Idempotency-Key": key} if key else {}
    answer = await admin.post("/v1/policies", json={"policy": policy} | more, headers=headers)
    return answer.status_code, answer.json() | {"again": answer.headers.get("Idempotent-Replayed")}


async def test_of_two_policies_published_at_once_the_later_is_a_change_of_the_earlier(
    stack: Addresses, session_database: Factory, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with desk(stack, session_database, prefix, monkeypatch, ["sla-timer"]) as made:
        admin = made.client("sla-timer", "admin")
        shipped = (await asked(admin, STRICTER, dry_run=True))[1]["replaces"]
        for hours in range(5, 9):
            longer = DEFAULT.replace("2: {within: 4h, rule", f"2: {{within: {hours}h, rule")
            shorter = DEFAULT.replace("2: {within: 4h, rule", f"2: {{within: {hours * 10}m, rule")
            both = await asyncio.gather(asked(admin, longer), asked(admin, shorter))
            answers = [
                answer if status == 200 else (await asked(admin, policy))[1]
                for policy, (status, answer) in zip((longer, shorter), both, strict=True)
            ]
            replaced = {answer["replaces"]: answer["policy"] for answer in answers}
            middle = replaced.pop(shipped)
            shipped = replaced.pop(middle)


async def test_a_policy_is_published_while_the_desk_runs_and_stays_when_it_is_started_again(
    stack: Addresses, session_database: Factory, prefix: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    known: dict[str, Dsns] = {}

    async def kept(name: str) -> Dsns:
        known[name] = known.get(name) or await session_database(name)
        return known[name]

    async with desk(stack, kept, prefix, monkeypatch, ["sla-timer"]) as made:
        answer = await made.client("sla-timer", "support-manager").post("/v1/policies", json={"policy": STRICTER})
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (403, "role-not-allowed")
        admin = made.client("sla-timer", "admin")
        status, problem = await asked(admin, STRICTER.replace("mon-fri", "mon-fry"))
        assert (status, [error["field"] for error in problem["errors"]]) == (422, ["policy"])
        assert "line 5" in problem["errors"][0]["detail"]

        status, dry = await asked(admin, STRICTER, dry_run=True)
        assert (status, dry["published"], dry["changes"]) == (200, False, SAID)
        assert await publications(known["sla-timer"]) == [(1, 64)]
        first, second = await asyncio.gather(asked(admin, STRICTER, "k"), asked(admin, STRICTER, "k"))
        assert {first[0], second[0]} <= {200, 503}
        status, done = await asked(admin, STRICTER, "k")
        assert (status, done["published"], done["changes"], done["again"]) == (200, True, SAID, "true")
        assert (done["policy"], done["replaces"]) == (dry["policy"], dry["replaces"])
        assert await publications(known["sla-timer"]) == [(2, 64)]
        status, reused = await asked(admin, DEFAULT, "k")
        assert (status, reused["errors"][0]["field"]) == (422, "Idempotency-Key")
        status, same = await asked(admin, STRICTER, "another key")
        assert (status, same["published"], same["changes"]) == (200, False, [])

        file = tmp_path / "policy.yaml"
        file.write_text(DEFAULT)
        run = CliRunner().invoke
        refused = await asyncio.to_thread(run, app, ["publish", str(file)], input="n\n")
        assert refused.exit_code == 1
        assert "- Severity 2, every tier: an answer within 4h of support hours instead of 2h." in refused.output
        assert await publications(known["sla-timer"]) == [(2, 64)]
        for said in ("is in force: new clocks follow it", "Already so"):
            published = await asyncio.to_thread(run, app, ["publish", str(file), "--yes"])
            assert published.exit_code == 0, published.output
            assert said in published.output
        status, done = await asked(admin, STRICTER, "k")  # answered as before, and not done once more
        assert (status, done["published"], done["again"]) == (200, True, "true")
        assert await publications(known["sla-timer"]) == [(3, 64)]
        status, back = await asked(admin, STRICTER, "one more")
        assert (status, back["published"], back["changes"]) == (200, True, SAID)

    async with desk(stack, kept, prefix, monkeypatch, ["sla-timer"]) as made:
        status, same = await asked(made.client("sla-timer", "admin"), STRICTER)
        assert (status, same["published"]) == (200, False)
    assert await publications(known["sla-timer"]) == [(4, 64)]
