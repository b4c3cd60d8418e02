"""What is promised, what became of it, and the act of having running clocks follow another policy."""

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID, uuid5

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from contracts.refusals import Refusal
from kit.http import Ask, Asked, Desk, TheDesk, Who
from kit.problems import Trouble
from sla_timer import store
from sla_timer.domain.commands import MigrateClock
from sla_timer.domain.policies import Policies
from sla_timer.domain.react import response_clock

router = APIRouter(prefix="/v1", tags=["clocks"])

AT_ONCE = 200


class Clock(BaseModel):
    """A promise as it stands. Durations are support time. Before the information is complete, most is null."""

    ticket_id: UUID
    metric: str
    state: str
    severity: int | None
    tier: str | None
    calendar: str | None
    policy: str | None
    received_at: datetime | None
    started_at: datetime | None
    due_at: datetime | None
    target: timedelta | None
    warned: int | None
    responded_at: datetime | None
    elapsed: timedelta | None
    breached_at: datetime | None


class Clocks(BaseModel):
    """Some clocks."""

    items: list[Clock]


@router.get("/tickets/{ticket_id}/clocks")
async def clocks_of(ticket_id: UUID, desk: TheDesk, who: Who) -> Clocks:
    """All clocks of a ticket."""
    _staff(who)
    rows = await desk.store.query(store.OF_TICKET, ticket_id)
    if not rows:
        raise Trouble(404, "no-clock", "No clock runs or ran for this ticket.", "Its information may be incomplete.")
    return Clocks(items=[_clock(row) for row in rows])


@router.get("/clocks")
async def running(
    desk: TheDesk,
    who: Who,
    due_before: Annotated[datetime | None, Query(description="only those due before this instant")] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Clocks:
    """The running clocks, the most urgent first."""
    _staff(who)
    return Clocks(items=[_clock(row) for row in await desk.store.query(store.RUNNING, due_before, limit)])


class Migration(BaseModel):
    """Which clocks are to follow the current policy. Nothing is taken for granted: all are migrated only if asked."""

    model_config = ConfigDict(extra="forbid")

    ticket_ids: list[UUID] | None = Field(
        None,
        min_length=1,
        max_length=1000,
        description="The tickets; without them, all whose clocks run",
        examples=[["2d1f6d1a-52a6-4b8c-9d0a-6f1f8a1c7e55"]],
    )


class Stayed(BaseModel):
    """A clock that keeps the policy it had."""

    ticket_id: UUID
    detail: str = Field(examples=["Severity 4 has a clock for objective, and now one for response."])


class Migrated(BaseModel):
    """What became of it: clocks that run follow the policy now, and those that are over stay as they are."""

    policy: str = Field(description="The version that is followed")
    tickets: int = Field(description="How many were looked at")
    refused: list[Stayed]


@router.post("/policy-migrations")
async def migrate(body: Migration, request: Request, asked: Ask, desk: TheDesk) -> Migrated:
    """Have running clocks follow the current policy: what is consumed is kept, the rest counts by the new rules.

    Otherwise a clock keeps the version that it started with. Each that changes says so in its log, and who asked.
    """
    if asked.caller.role != "admin":
        raise Trouble(403, "role-not-allowed", "Your role may not do this.", "Only an administrator migrates clocks.")
    policies: Policies = request.app.state.running.book.current
    tickets = list(dict.fromkeys(body.ticket_ids or ()))
    if body.ticket_ids is None:
        tickets = [row["ticket_id"] for row in await desk.store.query(store.FOLLOWING_ANOTHER, policies.latest)]
    command = MigrateClock(at=desk.clock.now(), policies=policies)
    refused: list[Stayed] = []
    for begin in range(0, len(tickets), AT_ONCE):
        found = await asyncio.gather(
            *(_migrate(desk, asked, each, command) for each in tickets[begin : begin + AT_ONCE])
        )
        refused += [each for each in found if each]
    return Migrated(policy=policies.latest, tickets=len(tickets), refused=refused)


async def _migrate(desk: Desk, asked: Asked, ticket_id: UUID, command: MigrateClock) -> Stayed | None:
    stream = response_clock(ticket_id)
    each = replace(asked, command_id=uuid5(asked.command_id, stream))
    try:
        await desk.perform(each, stream, command, {"policy": command.policies.latest})
    except Refusal as refused:
        return Stayed(ticket_id=ticket_id, detail=refused.detail)
    return None


def _staff(who: Who) -> None:
    if who.is_customer:
        raise Trouble(403, "role-not-allowed", "Your role may not do this.", "Ask for the ticket at intake.")


def _clock(row: Any) -> Clock:
    return Clock(**{name: row[name] for name in Clock.model_fields})
