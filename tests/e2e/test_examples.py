"""The programs in examples/ as a stranger runs them, each in a process of its own, one after the other on one desk."""

import asyncio
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from tests.catching import fast_clock
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually
from tests.stack import Addresses

EXAMPLES = Path(__file__).parents[2] / "examples"
SATURDAY = "2026-07-11T00:00:00+00:00"
"""When the desk's clock begins: support hours of the tier enlist are over until Monday, patrol has all hours."""
SPEED = 720.0
"""An hour, promised at severity 1, is over in 5 s; it takes five minutes until Monday, 9 o'clock there."""
TIMEOUT_SECONDS = 60.0
"""Seconds that a program may take."""


@pytest.fixture
async def running(
    stack: Addresses, database: Factory, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[TestDesk]:
    clock = fast_clock(SPEED, SATURDAY)
    async with desk(stack, database, prefix, monkeypatch, ["intake", "sla-timer"], **clock) as made:
        yield made  # all that `punctual env` would say is in our environment, which the programs get


@asynccontextmanager
async def program(*command: str, **more: str) -> AsyncIterator[asyncio.subprocess.Process]:
    started = await asyncio.create_subprocess_exec(
        sys.executable,
        *command,
        stdout=PIPE,
        stderr=STDOUT,
        env=os.environ | more,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # in the background of a shell it is ignored
    )
    try:
        yield started
    finally:
        if started.returncode is None:
            started.kill()
        await started.communicate()


async def printed(*command: str, **more: str) -> str:
    """What the program prints, once it has ended well."""
    async with program(*command, **more) as started:
        said, _ = await asyncio.wait_for(started.communicate(), TIMEOUT_SECONDS)
    assert started.returncode == 0, said.decode()
    return said.decode()


async def test_each_example_prints_what_it_says(running: TestDesk) -> None:
    unanswered = await _a_ticket_that_nobody_answers(running)
    number = await _follows_a_clock()
    assert await eventually(lambda: _is_breached(running, unanswered), TIMEOUT_SECONDS)
    await _consumes_the_topics(number)
    await _replays_into_pandas()


async def _a_ticket_that_nobody_answers(running: TestDesk) -> str:
    intake = running.client("intake", "account-manager")
    account = (await intake.post("/v1/accounts", json={"name": "Kestrel Rail", "tier": "patrol"})).json()
    ticket: dict[str, Any] = {
        "account_id": account["account_id"],
        "email": "jo@kestrel.example",
        "severity": 1,
        "priority": "high",
        "title": "It stops",
        "description": "It stops.",
        "details": {"product": "Desk", "product_version": "1", "os": "Linux", "os_version": "6"},
    }
    opened = await intake.post("/v1/tickets", json=ticket)
    assert opened.status_code == 201, opened.text
    return str(opened.json()["number"])


async def _is_breached(running: TestDesk, number: str) -> bool:
    answer = await running.client("sla-timer").get(f"/v1/tickets/{number}/clocks")
    return [clock["state"] for clock in answer.json().get("items", [])] == ["breached"]


async def _follows_a_clock() -> str:
    said = await printed("-m", "punctual", "token", "--role", "account-manager")
    token = said.split()[-1]
    promised, kept, _, *proof = (await printed(str(EXAMPLES / "follow_a_clock.py"), TOKEN=token)).splitlines()
    number = promised.partition(":")[0]
    assert promised == (
        f"{number}: an answer is promised before 2026-07-13T18:00:00Z, counted from 2026-07-13T14:00:00Z"
    )
    assert kept.startswith(f"{number}: met, answered at 2026-07-1")
    assert kept.endswith("after PT0S")
    assert proof[0].startswith(f"{number} had severity 2 at tier enlist.")
    return number


async def _consumes_the_topics(number: str) -> None:
    wanted = {f'"number": "{number}"', "punctual.sla.breached.v1", "punctual.sla.met.v1"}  # in any order: of two topics
    lines: list[str] = []
    async with program(str(EXAMPLES / "consume_topics.py")) as started, asyncio.timeout(TIMEOUT_SECONDS):
        assert started.stdout
        while wanted:
            line = (await started.stdout.readline()).decode()
            assert line, "".join(lines)
            lines.append(line)
            wanted -= {words for words in wanted if words in line}
        started.send_signal(signal.SIGINT)
        assert await started.wait() == 0
    assert "The export fails" not in "".join(lines), "words of persons are sealed"
    assert len({tuple(line.split()[:4]) for line in lines}) == len(lines), "nothing is printed twice"


async def _replays_into_pandas() -> None:
    events, _, _, *rows = (await printed(str(EXAMPLES / "replay_into_pandas.py"))).splitlines()
    assert events.partition(" events until 2026-07-1")[0].isdigit()
    assert [row.split() for row in rows] == [["1", "1", "0", "0%"], ["2", "1", "1", "100%"]]
