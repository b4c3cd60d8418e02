"""`punctual replay`, as an analyst calls it."""

import asyncio
import json
import os
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from tests.integration.replay.conftest import SECRETS, Lived


@pytest.fixture
def env(lived: Lived, tmp_path: Path) -> dict[str, str]:
    """The desk's addresses, and a home in which nothing runs."""
    return {**os.environ, "PUNCTUAL_HOME": str(tmp_path), "PUNCTUAL_ADMIN_DATABASE_URL": lived.admin, "COLUMNS": "200"}


async def replay(env: dict[str, str], *arguments: str) -> tuple[int, str, str]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "punctual", "replay", *arguments),
        env=env,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    assert process.returncode is not None
    return process.returncode, out.decode(), err.decode()


async def told(env: dict[str, str], *arguments: str) -> Any:
    code, out, err = await replay(env, *arguments, "--json")
    assert code == 0, err
    return json.loads(out)


async def test_everything_is_verified_and_what_is_not_compared_is_said(env: dict[str, str]) -> None:
    code, out, err = await replay(env, "--verify")
    assert code == 0, out + err
    assert "not compared, for no projection wrote to them: subjects" in out


async def test_a_difference_ends_verify_with_1_and_is_named(lived: Lived, env: dict[str, str]) -> None:
    owner = await asyncpg.connect(lived.desk.dsns["sla-timer"].owner)
    try:
        [clock] = await owner.fetch(
            "UPDATE clocks SET state = 'breached' WHERE ticket_id = $1 AND metric = 'response' RETURNING *",
            lived.ticket,
        )
        code, out, _ = await replay(env, "sla-timer", "--verify", "--from", "kafka", "--json")
        await owner.execute(
            "UPDATE clocks SET state = 'met' WHERE ticket_id = $1 AND metric = 'response'", lived.ticket
        )
    finally:
        await owner.close()
    assert code == 1
    [service] = json.loads(out)
    [found] = service["differences"]
    assert clock["state"] == "breached"
    assert (found["table"], found["key"]["ticket_id"]) == ("clocks", str(lived.ticket))
    assert found["columns"] == {"state": {"live": "breached", "replay": "met"}}


async def test_a_ticket_s_story_has_all_services_facts_each_after_what_it_answers(
    lived: Lived, env: dict[str, str]
) -> None:
    story = (await told(env, "--ticket", lived.number))["events"]
    types = [one["type"] for one in story]
    assert {one["topic"].split(".")[1] for one in story} >= {"tickets", "sla", "notifications", "feedback"}
    for cause, effect in (
        ("ticket.opened", "clock.started"),
        ("ticket.initial-response-given", "sla.met"),
        ("ticket.closed", "survey.issued"),
    ):
        assert types.index(cause) < types.index(effect), types
    assert (await told(env, "--ticket", str(lived.ticket), "--from", "kafka"))["events"][: len(story)] == story


async def test_a_ticket_s_states_as_of_an_instant(lived: Lived, env: dict[str, str]) -> None:
    at = await lived.moment_of("ticket.severity-changed")
    before = await told(env, "--ticket", lived.number, "--at", at.isoformat())
    state = before["states"][f"ticket-{lived.ticket}"]
    assert (state["situation"], state["ticket"]["severity"]) == ("Responded", 2)
    just_after = (at + timedelta(microseconds=1)).isoformat()
    state = (await told(env, "intake", "--ticket", lived.number, "--at", just_after))["states"]
    assert state[f"ticket-{lived.ticket}"]["ticket"]["severity"] == 3


@pytest.mark.parametrize("form", [(), ("--json",)])
async def test_personal_words_stay_sealed(lived: Lived, env: dict[str, str], form: tuple[str, ...]) -> None:
    code, out, err = await replay(env, "--ticket", lived.number, "--at", "2100-01-01T00:00:00Z", *form)
    assert code == 0, err
    assert "(sealed)" in out
    assert "sealed:v1" not in out
    for words in SECRETS:
        assert words not in out


async def test_as_of_before_the_first_event_there_is_nothing(env: dict[str, str]) -> None:
    found = await told(env, "intake", "--at", "2020-01-01T00:00:00Z")
    assert [(one["events"], one["rows"], one["compared"]) for one in found] == [(0, {}, False)]


async def test_kafka_without_any_database(env: dict[str, str]) -> None:
    bare = {name: value for name, value in env.items() if not name.endswith("DATABASE_URL")}
    [found] = await told(bare, "intake", "--from", "kafka", "--no-database")
    assert found["rows"]["tickets"] == 2
    assert not found["compared"]


async def test_a_ticket_that_nobody_opened_is_said_to_be_unknown(env: dict[str, str]) -> None:
    code, _, err = await replay(env, "--ticket", "P-9999999")
    assert code == 1
    assert "No event is about P-9999999" in err


async def test_without_an_address_for_the_new_database_the_way_out_is_named(env: dict[str, str]) -> None:
    del env["PUNCTUAL_ADMIN_DATABASE_URL"]
    code, _, err = await replay(env, "intake")
    assert code == 1
    assert "PUNCTUAL_ADMIN_DATABASE_URL" in err
    assert "--in-memory" in err
    code, _, err = await replay(env, "intake", "--in-memory", "--verify")
    assert code == 0, err
