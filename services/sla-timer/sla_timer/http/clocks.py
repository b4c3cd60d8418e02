"""What is promised, and what became of it."""

from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from kit.http import TheDesk, Who
from kit.problems import Trouble
from sla_timer import store

router = APIRouter(prefix="/v1", tags=["clocks"])


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


def _staff(who: Who) -> None:
    if who.is_customer:
        raise Trouble(403, "role-not-allowed", "Your role may not do this.", "Ask for the ticket at intake.")


def _clock(row: Any) -> Clock:
    return Clock(**{name: row[name] for name in Clock.model_fields})
