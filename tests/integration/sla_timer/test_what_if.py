"""What if, over HTTP and in the terminal, against a service with a history of its own."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import typer
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually
from tests.integration.teller import teller
from tests.stack import Addresses
from tests.unit.sla_timer.story import (
    DEFAULT,
    OFFICE_HOURS,
    entitled,
    opened,
    responded,
    severity_changed,
    with_further,
)
from typer.testing import CliRunner

from contracts.names import TICKETS
from sla_timer.cli import what_if as command

pytestmark = pytest.mark.stack

WITH_OFFICE = DEFAULT.replace("\nladders:", OFFICE_HOURS + "\nladders:")
RECORDED = WITH_OFFICE.replace("3: {within: 8h", "3: {within: 1s")
"""What the desk promises: a Sev 3 is soon breached."""
AT_ONCE = WITH_OFFICE.replace("2: {within: 4h", "2: {within: 1s")
"""Whoever isn't answered within a second is breached."""
ACCOUNT, OTHER = uuid4(), uuid4()
DEADLINE = {"severity": 1, "tier": "enlist", "at": "2026-07-13T13:30:00Z"}


@dataclass(frozen=True)
class Past:
    """A desk, and its tickets: answered at once, unanswered, unanswered on another tier, unanswered by agreed
    hours; and one that was reclassified and answered after its breach."""

    desk: TestDesk
    answered: UUID
    open: UUID
    moved: UUID
    agreed: UUID
    late: UUID


@pytest.fixture(scope="module")
async def past(
    stack: Addresses, session_database: Factory, module_prefix: str, tmp_path_factory: pytest.TempPathFactory
) -> AsyncIterator[Past]:
    file = tmp_path_factory.mktemp("policy") / "recorded.yaml"
    file.write_text(RECORDED)
    with pytest.MonkeyPatch.context() as patch:
        async with (
            desk(
                *(stack, session_database, module_prefix, patch, ["sla-timer"]), SLA_TIMER_POLICY_FILE=str(file)
            ) as made,
            teller(session_database, made, TICKETS) as intake,
            intake.settling(),
        ):
            tickets = [
                replace(opened(2, "patrol"), ticket_id=uuid4(), subject_id=uuid4(), account_id=ACCOUNT, number=f"P-{n}")
                for n in (1001, 1002, 1003, 1004, 1005)
            ]
            tickets[3] = replace(tickets[3], calendar="office", account_id=OTHER)
            tickets[4] = replace(tickets[4], severity=3, account_id=OTHER)
            answered, _, moved, _, late = tickets
            given = replace(responded(2), ticket_id=answered.ticket_id, subject_id=answered.subject_id, tier="patrol")
            await intake.tell(answered)
            await intake.tell(given)
            for one in tickets[1:]:
                await intake.tell(one)
            await intake.tell(replace(entitled("command", None, 2), ticket_id=moved.ticket_id, account_id=ACCOUNT))

            async def breached() -> bool:
                answer = await made.client("sla-timer").get(f"/v1/tickets/{late.number}/clocks")
                return any(one["state"] == "breached" for one in answer.json().get("items", ()))

            await eventually(breached)
            await intake.tell(replace(severity_changed(3, 4), ticket_id=late.ticket_id))
            await intake.tell(replace(given, ticket_id=late.ticket_id, severity=4))

            async def heard() -> bool:
                found = await asked(
                    Past(made, *(one.ticket_id for one in tickets)), {"ticket": "P-1005", "policy": DEFAULT}
                )
                return found.status_code == 200 and bool(found.json()["would_be"]["responded_at"])

            await eventually(heard)
            await asyncio.sleep(1.1)
            yield Past(made, *(one.ticket_id for one in tickets))


async def asked(past: Past, body: Any, role: Any = "engineer") -> Any:
    return await past.desk.client("sla-timer", role).post("/v1/what-if", json=body)


async def test_a_deadline_is_told_as_the_terminal_tells_it(past: Past) -> None:
    told = (await asked(past, DEADLINE)).json()
    assert (told["start"], told["due"]) == ("2026-07-13T14:00:00Z", "2026-07-13T15:00:00Z")
    assert [warning["percent"] for warning in told["warnings"]] == [50, 75, 90]
    later = {**DEADLINE, "policy": DEFAULT.replace("within: 1h", "within: 2h")}
    assert (await asked(past, later)).json()["due"] == "2026-07-13T16:00:00Z"
    hoped = (await asked(past, {**DEADLINE, "severity": 4})).json()
    assert (hoped["due"], hoped["objective"]) == (None, "2026-07-14T14:00:00Z")
    assert "no SLA" in hoped["why"]


async def test_one_ticket_is_told_beside_what_is_on_record(past: Past) -> None:
    for name in ("P-1002", str(past.open)):
        told = (await asked(past, {"ticket": name, "policy": AT_ONCE})).json()
        assert (told["number"], told["on_record"]["state"], told["would_be"]["state"]) == (
            "P-1002",
            "running",
            "breached",
        )
        assert told["would_be"]["breached_at"] == told["would_be"]["due_at"] < told["on_record"]["due_at"]
    kept = (await asked(past, {"ticket": "P-1001", "policy": AT_ONCE})).json()
    assert (kept["on_record"]["state"], kept["would_be"]["state"]) == ("met", "met")
    assert kept["on_record"]["responded_at"] == kept["would_be"]["responded_at"]


async def test_what_came_after_a_recorded_breach_counts_under_another_policy(past: Past) -> None:
    told = (await asked(past, {"ticket": "P-1005", "policy": WITH_OFFICE})).json()
    assert (told["on_record"]["state"], told["would_be"]["state"]) == ("breached", "met")
    assert told["would_be"]["severity"] == 4
    assert told["on_record"]["responded_at"] == told["would_be"]["responded_at"]


async def test_agreed_hours_stay_agreed_as_in_a_migration(past: Past) -> None:
    moved = WITH_OFFICE.replace("patrol: {calendar: around-the-clock", "patrol: {calendar: weekdays")
    told = (await asked(past, {"ticket": str(past.agreed), "policy": moved})).json()
    assert told["would_be"]["due_at"] == told["on_record"]["due_at"]
    assert told["further"] == {}


async def test_promises_beyond_a_first_answer_are_told_beside_it(past: Past) -> None:
    more = with_further(WITH_OFFICE, pauses=False).replace("{1: {within: 1h}, 2: {within: 4h}}", "{2: {within: 1s}}")
    told = (await asked(past, {"ticket": "P-1001", "policy": more})).json()
    assert told["further"]["update"]["on_record"]["state"] == "nothing"
    assert told["further"]["update"]["would_be"]["breaches"] == 1
    whole = (await asked(past, {"policy": more})).json()
    assert whole["further"]["update"]["struck"] == 1
    assert whole["further"]["update"]["examples_struck"] == ["P-1001"]
    assert whole["one_by_one"] == 5


async def test_the_whole_history_is_told_by_account_and_month(past: Past) -> None:
    told = (await asked(past, {"policy": AT_ONCE})).json()
    assert (told["tickets"], told["one_by_one"]) == (5, 1)
    assert told["recorded"] == {"running": 3, "met": 1, "breached": 1}
    assert told["would_be"] in ({"met": 2, "breached": 3}, {"met": 2, "breached": 2, "running": 1})  # by office hours
    assert sorted(told["examples_struck"])[:2] == ["P-1002", "P-1003"]
    assert (told["spared"], told["examples_spared"]) == (1, ["P-1005"])
    group = next(one for one in told["groups"] if one["account_id"] == str(ACCOUNT))
    assert (group["tickets"], group["breached"], group["would_be"]) == (3, 0, 2)
    same = (await asked(past, {"policy": RECORDED, "since": "2000-01-01T00:00:00Z"})).json()
    assert same["recorded"] == same["would_be"]
    assert (await asked(past, {"policy": DEFAULT, "before": "2000-01-01T00:00:00Z"})).json()["tickets"] == 0
    assert (await asked(past, {"policy": DEFAULT})).json()["calendar_unknown"] == 1


async def test_only_one_history_is_counted_at_a_time_and_others_may_come_again(past: Past) -> None:
    answers = await asyncio.gather(*(asked(past, {"policy": AT_ONCE}) for _ in range(2)))
    assert sorted(answer.status_code for answer in answers) == [200, 503]
    busy = next(answer for answer in answers if answer.status_code == 503)
    assert (busy.json()["type"].rsplit("/", 1)[-1], busy.headers["retry-after"]) == ("busy", "10")
    assert (await asked(past, {"policy": AT_ONCE})).status_code == 200


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({}, {"policy"}),
        ({"severity": 1}, {"tier", "at"}),
        ({**DEADLINE, "ticket": "P-1001", "since": "2026-01-01T00:00:00Z"}, {"ticket", "since"}),
        ({"ticket": "P-1001"}, {"policy"}),
        ({"ticket": "", "policy": DEFAULT}, {"ticket"}),
        ({**DEADLINE, "severity": 5}, {"severity"}),
        ({**DEADLINE, "at": "2026-07-13T13:30:00"}, {"at"}),
        ({**DEADLINE, "at": "9999-12-31T23:00:00Z"}, {"at"}),
        ({**DEADLINE, "at": 1}, {"at"}),
        ({**DEADLINE, "at": "0001-01-01T00:00:00+14:00"}, {"at"}),
        ({**DEADLINE, "severity": True}, {"severity"}),
        ({**DEADLINE, "calendar": ""}, {"calendar"}),
        ({**DEADLINE, "calendar": "lunar"}, {"calendar"}),
        ({"policy": "name: only"}, {"policy"}),
        ({"policy": ": ["}, {"policy"}),
        ({"policy": DEFAULT, "since": "2026-02-01T00:00:00Z", "before": "2026-01-01T00:00:00Z"}, {"before"}),
        ({"question": "why"}, {"question"}),
        ([], {"body"}),
    ],
)
async def test_what_makes_no_sense_is_a_problem_that_names_the_field(past: Past, body: Any, fields: set[str]) -> None:
    answer = await asked(past, body)
    assert answer.status_code == 422, answer.text
    assert {error["field"] for error in answer.json()["errors"]} == fields
    assert all(error["detail"] for error in answer.json()["errors"])


async def test_what_would_take_all_memory_is_told_or_counted_without_it(past: Past) -> None:
    """Neither the year 1 nor a window for every other minute and ten years of them."""
    minutes = "".join(
        f'\n      - {{days: mon-sun, from: "{n // 60:02}:{n % 60:02}", to: "{n // 60:02}:{n % 60 + 1:02}"}}'
        for n in range(0, 1440, 2)
    )
    dense = DEFAULT.replace('\n      - {days: mon-fri, from: "09:00", to: "17:00"}', minutes)
    dense = dense.replace("1: {within: 1h", "1: {within: 87600h")
    for at in ("0001-01-02T00:00:00Z", "9998-01-02T00:00:00Z"):
        assert (await asked(past, DEADLINE | {"at": at})).status_code == 200
    answer = await asked(past, DEADLINE | {"policy": dense})
    assert answer.status_code == 422
    assert "too many" in answer.json()["errors"][0]["detail"]


async def test_a_ticket_without_a_clock_and_a_customer_are_told_so(past: Past) -> None:
    for name, status in (("P-9", 404), (str(uuid4()), 404), ("nonsense", 422)):
        answer = await asked(past, {"ticket": name, "policy": DEFAULT})
        assert (answer.status_code, answer.json()["errors"][0]["field"]) == (status, "ticket")
    customer = past.desk.client("sla-timer", "requester", ACCOUNT)
    assert (await customer.post("/v1/what-if", json=DEADLINE)).status_code == 403


async def test_the_terminal_says_the_same(past: Past, tmp_path: Path) -> None:
    policy = tmp_path / "at-once.yaml"
    policy.write_text(AT_ONCE)
    app = typer.Typer()
    app.command()(command.what_if)

    async def said(*more: str) -> Any:
        return await asyncio.to_thread(CliRunner().invoke, app, ["--policy", str(policy), *more])

    found = json.loads((await said("--json")).stdout.splitlines()[-1])
    assert (found["tickets"], found["would_be"]["met"], found["would_be"]["breached"] >= 2) == (5, 2, True)
    words = " ".join((await said()).stdout.split())
    assert re.search("Breached only then: [23], such as P-100", words)
    assert "Breached no longer: 1, such as P-1005" in words
    assert str(ACCOUNT) in words
    assert "5 tickets" in words
    assert "5 tickets" not in (await said("--to", "2000-01-01T00:00:00Z")).stdout
    assert (await said("--from", "yesterday")).exit_code == 2
