"""Routes for clocks: all of a ticket, and those that run now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from kit.http.command_origin import Who
from kit.http.desk import TheDesk
from kit.http.instants import Instant
from kit.http.paging import after, page
from sla_timer import queries
from sla_timer.domain.rights import LIST_CLOCKS
from sla_timer.history import ClockStatus, metrics_of, read_history, status_at
from sla_timer.http.finding import AsKnownAt, At, Number, asked, nothing_yet, place, stream_of

router = APIRouter(prefix="/v1", tags=["clocks"])


class Clock(BaseModel):
    """A promise and its state now. Before the information is complete, most fields are null."""

    ticket_id: UUID
    number: str | None
    metric: str
    state: str
    severity: int | None
    tier: str | None
    calendar: str | None
    unknown_calendar: Annotated[
        str | None, Field(description="the agreed calendar, if the policy lacks it: the tier's counts")
    ]
    policy: str | None
    received_at: datetime | None
    started_at: datetime | None
    due_at: datetime | None
    target: timedelta | None
    warned: int | None


class Clocks(BaseModel):
    """Some clocks."""

    items: list[Clock]


class ClockStatuses(BaseModel):
    """The status of a ticket's clocks at an instant."""

    items: Sequence[ClockStatus]


@router.get("/tickets/{number}/clocks")
async def clocks_of(
    number: Number,
    request: Request,
    desk: TheDesk,
    who: Who,
    at: At = None,
    as_known_at: AsKnownAt = None,
) -> ClockStatuses:
    """All clocks of a ticket; for the proof of one see `…/clocks/{metric}/explain`."""
    instants = asked(desk.clock.now(), at, as_known_at)
    ticket = await place(desk.store, number, who)
    policies = request.app.state.process.book.current
    items: list[ClockStatus] = []
    for stream in dict.fromkeys(stream_of(ticket.ticket_id, metric) for metric in ticket.metrics):
        facts, then, _ = instants.of(await desk.facts(stream))
        items += [
            status_at(read_history(facts, metric), then, policies, ticket.ticket_id, ticket.number)
            for metric in metrics_of(facts)
        ]
    if not items:
        raise nothing_yet()
    return ClockStatuses(items=items)


@router.get("/clocks")
async def running(
    request: Request,
    response: Response,
    desk: TheDesk,
    who: Who,
    due_before: Annotated[Instant | None, Query(description="only those due before this instant")] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Clocks:
    """The running clocks, the most urgent first. For staff. What comes after a page is in its Link header."""
    LIST_CLOCKS.demand(who.role)
    place_before = after(cursor, datetime.fromisoformat, UUID, str)
    rows = await desk.store.query(queries.RUNNING, due_before, *place_before, limit + 1)
    shown = page(rows, limit, request, response, "due_at", "ticket_id", "metric")
    return Clocks(items=[_clock(row) for row in shown])


def _clock(row: Any) -> Clock:
    return Clock(**{name: row[name] for name in Clock.model_fields})
