"""A service with an alarm of its own: not one line of sla-timer knows of it, and it rings."""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import entry_points
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually
from tests.stack import Addresses

from contracts.alarms import Alarm, alarm_asked_for
from contracts.envelope import Fact, Meta
from contracts.later import Later
from contracts.names import NOTIFICATIONS, SLA, category_of, shard_of
from contracts.sla import AlarmRang, AlarmSet
from contracts.tickets import Assigned
from kit.clock import WallClock
from kit.log.perform import Core
from kit.log.request import CommandRequest, Done
from kit.personal.vault import Vault
from kit.postgres import PostgresStore
from kit.process.service import Service

pytestmark = pytest.mark.stack


@dataclass(frozen=True)
class Sit:
    """A hen sits on an egg until then, or for so many support hours."""

    ticket_id: UUID
    until: str


@dataclass(frozen=True)
class Hear:
    """Her alarm was set, or has rung."""

    event: AlarmSet | AlarmRang


class Hens:
    """Their core. The events are borrowed: `before` is when the alarm rings, `engineer` what happens."""

    INITIAL = None

    def decide(self, command: Any, state: Any, /) -> list[Any]:
        match command, state:
            case Sit(ticket_id, until), None:
                return [Assigned(ticket_id=ticket_id, engineer="sits", before=until)]
            case Hear(event), Assigned() if alarm_asked_for(event) in self.alarms(state):
                said = "hatched" if isinstance(event, AlarmRang) else f"at {event.due_at.isoformat()}"
                return [Assigned(ticket_id=state.ticket_id, engineer=said, before=state.before)]
            case _:
                return []

    def evolve(self, state: Any, event: Any, /) -> Any:
        return event

    def alarms(self, state: Any, /) -> Sequence[Alarm]:
        if state is None or state.engineer == "hatched":
            return ()
        if state.before.startswith("hours "):
            hours, calendar, since = state.before.removeprefix("hours ").split(" ")
            span = timedelta(seconds=float(hours))
            later = Later(since=datetime.fromisoformat(since), calendar=calendar, policy="", support_time=span)
            return (Alarm(name="egg", after=later),)
        return (Alarm(name="egg", at=datetime.fromisoformat(state.before)),)


def react(fact: Fact, context: Any) -> list[tuple[str, Any]]:
    owner = fact.event.owner
    return [(owner, Hear(fact.event))] if owner and category_of(owner) == "hen" else []


HENS = Service(
    # In the place of a service that there is, whose settings it has.
    name="notifier",
    summary="Hens.",
    topic=NOTIFICATIONS,
    decider=Hens(),
    migrations=Path(),
    listens=(SLA,),
    react=react,
    reacts_to=(AlarmSet, AlarmRang),
)


@pytest.fixture
async def farm(
    stack: Addresses, session_database: Factory, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[TestDesk]:
    found = [*entry_points(group="punctual.services"), SimpleNamespace(name="notifier", load=lambda: HENS)]
    monkeypatch.setattr("tests.desk.entry_points", lambda group: found)

    async def database(name: str) -> Any:
        return await session_database("kit" if name == "notifier" else name)

    async with desk(stack, database, prefix, monkeypatch, ["sla-timer", "notifier"]) as made:
        yield made


async def sit(farm: TestDesk, until: str) -> UUID:
    """Have a hen sit; the id of what she sits on."""
    ticket = uuid4()
    store = await PostgresStore.connect(farm.dsns["notifier"].app, NOTIFICATIONS)
    core = Core(topic=NOTIFICATIONS, decider=HENS.decider, vault=Vault(bytes(32)))
    request = CommandRequest(
        command_id=uuid4(),
        stream=f"hen-{ticket}",
        command=Sit(ticket, until),
        meta=Meta(actor="farmer", role="service"),
    )
    async with store.transaction() as tx:
        (done,) = await core.perform(tx, [request], WallClock().now())
    await store.close()
    assert isinstance(done, Done)
    return ticket


async def life(farm: TestDesk, ticket: UUID) -> list[tuple[str, datetime, UUID]]:
    """What happened to a hen, when, and in which events."""
    connection = await asyncpg.connect(farm.dsns["notifier"].app)
    try:
        rows = await connection.fetch(
            "SELECT data->>'engineer' AS what, recorded_at, event_id FROM events WHERE stream_id = $1 ORDER BY version",
            f"hen-{ticket}",
        )
        return [tuple(row) for row in rows]
    finally:
        await connection.close()


async def alarms(farm: TestDesk, ticket: UUID) -> list[tuple[str, str, UUID | None, str | None]]:
    """What sla-timer has recorded of its alarms: type, name, by which event set, and why otherwise than asked."""
    connection = await asyncpg.connect(farm.dsns["sla-timer"].app)
    try:
        rows = await connection.fetch(
            "SELECT type, data->>'alarm', (data->>'set_by')::uuid, data->>'fallback' FROM events"
            " WHERE stream_id = $1 ORDER BY version",
            f"alarm-{ticket}-hen",
        )
        return [tuple(row) for row in rows]
    finally:
        await connection.close()


async def test_its_alarm_rings_at_the_instant_and_names_the_event_that_set_it(farm: TestDesk) -> None:
    due_at = WallClock().now() + timedelta(seconds=3)
    ticket = await sit(farm, due_at.isoformat())

    async def hatched() -> bool:
        return [what for what, _, _ in await life(farm, ticket)][-1] == "hatched"

    await eventually(hatched)
    (_, _, first), scheduled, (_, recorded_at, _) = await life(farm, ticket)
    assert scheduled[0] == f"at {due_at.isoformat()}"
    assert recorded_at >= due_at
    assert await alarms(farm, ticket) == [("alarm.set", "egg", first, None), ("alarm.rang", "egg", first, None)]


async def test_at_the_end_of_time_it_never_rings_and_holds_up_nobody(farm: TestDesk) -> None:
    ticket = await sit(farm, "hours 7200 moon 9999-12-31T23:00:00+00:00")

    async def scheduled() -> bool:
        return [what for what, _, _ in await life(farm, ticket)][-1] == "at 9999-12-31T23:59:59+00:00"

    await eventually(scheduled)
    store = await PostgresStore.connect(farm.dsns["sla-timer"].app, SLA)
    async with store.statement() as tx:
        earliest = await tx.earliest()
    await store.close()
    assert earliest[shard_of(ticket)] - WallClock().now() > timedelta(days=365)


async def test_what_cannot_be_worked_out_rings_after_so_much_elapsed_time_and_parks_nothing(farm: TestDesk) -> None:
    ticket = await sit(farm, f"hours 2 moon {WallClock().now().isoformat()}")

    async def hatched() -> bool:
        return [what for what, _, _ in await life(farm, ticket)][-1] == "hatched"

    await eventually(hatched)
    (_, _, first), *_ = await life(farm, ticket)
    assert (await alarms(farm, ticket))[0] == ("alarm.set", "egg", first, "unknown-calendar")
    ready = (await farm.client("sla-timer").get("/readyz")).json()
    assert not [warning for warning in ready["warnings"] if "set aside" in warning or "parked" in warning]
