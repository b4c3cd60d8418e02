"""A fact is judged by the policy that was in force when it was recorded, however late sla-timer hears of it."""

import asyncio
from uuid import uuid4

import httpx2
import pytest
from tests.conftest import Factory
from tests.desk import desk, eventually
from tests.integration.notifier.conftest import Requester
from tests.integration.teller import teller
from tests.stack import Addresses
from tests.unit.sla_timer.story import DEFAULT, with_further

from contracts.names import TICKETS
from contracts.tickets import InitialResponseGiven, TicketOpened

pytestmark = pytest.mark.stack


def answered(opened: TicketOpened) -> InitialResponseGiven:
    return InitialResponseGiven(
        ticket_id=opened.ticket_id,
        subject_id=opened.subject_id,
        message_id=uuid4(),
        severity=opened.severity,
        tier=opened.tier,
        calendar=None,
        waiting=False,
        states="plan",
        body="So.",
    )


async def clocks(client: httpx2.AsyncClient, opened: TicketOpened) -> dict[str, str]:
    """The states of a ticket's clocks, by metric."""
    answer = await client.get(f"/v1/tickets/{opened.ticket_id}/clocks")
    return {one["metric"]: one["state"] for one in answer.json()["items"]} if answer.status_code == 200 else {}


async def test_what_was_recorded_before_a_policy_is_judged_by_the_one_before(
    stack: Addresses, session_database: Factory, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ann = Requester("ann@customer.example", uuid4())
    early, late = ann.opens(), ann.opens()
    async with (
        desk(stack, session_database, prefix, monkeypatch, ["sla-timer"]) as made,
        teller(session_database, made, TICKETS) as intake,
    ):
        client = made.client("sla-timer")

        async def judged(opened: TicketOpened) -> dict[str, str]:
            found = await clocks(client, opened)
            return found if found.get("response") == "met" else {}

        await intake.tell(early)
        await eventually(lambda: clocks(client, early))
        intake.relaying.cancel()
        await asyncio.gather(intake.relaying, return_exceptions=True)
        await intake.tell(answered(early))  # nobody hears of it yet
        policy = {"policy": with_further(DEFAULT, pauses=False)}
        published = await made.client("sla-timer", "admin").post("/v1/policies", json=policy)
        assert published.json()["published"], published.text
        intake.begin()
        assert await eventually(lambda: judged(early)) == {"response": "met"}
        await intake.tell(late)
        await intake.tell(answered(late))
        assert await eventually(lambda: judged(late)) != {"response": "met"}
