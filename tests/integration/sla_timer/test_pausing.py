"""A policy that promises more than an answer and pauses: what the clocks of a ticket say while it waits."""

from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually
from tests.integration.teller import teller
from tests.stack import Addresses
from tests.unit.sla_timer.story import DEFAULT, opened, responded, underway, with_further, wrote

from contracts.names import TICKETS

pytestmark = pytest.mark.stack


async def clocks(made: TestDesk, ticket_id: Any, **states: str) -> dict[str, Any]:
    """By metric, once they are in these states."""
    answer = await made.client("sla-timer").get(f"/v1/tickets/{ticket_id}/clocks")
    found = {one["metric"]: one for one in answer.json()["items"]} if answer.status_code == 200 else {}
    return found if {metric: one["state"] for metric, one in found.items()} == states else {}


async def test_what_is_asked_of_the_requester_stops_every_clock_that_pauses_until_there_is_an_answer(
    stack: Addresses, session_database: Factory, prefix: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    file = tmp_path / "policy.yaml"
    file.write_text(with_further(DEFAULT, pauses=True))
    event = replace(opened(2, "patrol"), ticket_id=uuid4(), subject_id=uuid4())
    of: dict[str, Any] = {"ticket_id": event.ticket_id, "subject_id": event.subject_id}
    async with (
        desk(stack, session_database, prefix, monkeypatch, ["sla-timer"], SLA_TIMER_POLICY_FILE=str(file)) as made,
        teller(session_database, made, TICKETS) as intake,
    ):
        shown = partial(clocks, made, event.ticket_id)
        await intake.tell(event)
        running: Any = await eventually(partial(shown, response="running", resolution="running"))
        await intake.tell(replace(wrote("staff", awaits_reply=True), **of))
        still: Any = await eventually(partial(shown, response="paused", resolution="paused"))
        assert still["response"]["due_at"] is still["resolution"]["due_at"] is None
        await intake.tell(replace(wrote("requester"), **of))
        again: Any = await eventually(partial(shown, response="running", resolution="running"))
        assert again["resolution"]["due_at"] > running["resolution"]["due_at"]
        await intake.tell(replace(responded(2, awaits_reply=True), **of))
        await eventually(partial(shown, response="met", resolution="paused", update="paused"))
        await intake.tell(replace(wrote("requester", underway(2, "patrol")), **of))
        owed = {"resolution": "running", "update": "running", "next-reply": "running"}
        await eventually(partial(shown, response="met", **owed))
        await intake.tell(replace(wrote("staff", underway(2, "patrol")), **of))
        await eventually(partial(shown, response="met", **(owed | {"next-reply": "met"})))
