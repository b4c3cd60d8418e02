"""Tickets as staff and customers see them. Words are read from the log, never from a read model."""

from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import Field

from intake import queries
from intake.domain.state import Status
from intake.http import views
from intake.http.context import Reader, TheTicket
from kit.http import paging
from kit.http.desk import ERRORS, TheDesk
from kit.http.paging import AnyOf

router = APIRouter(prefix="/v1/tickets", tags=["tickets"], responses=ERRORS)


@router.get("")
async def listed(
    caller: Reader,
    desk: TheDesk,
    request: Request,
    response: Response,
    status: AnyOf[Status] = None,
    severity: AnyOf[Annotated[int, Field(ge=1, le=4)]] = None,
    assignee: AnyOf[Annotated[str, Field(max_length=200)]] = None,
    account_id: AnyOf[UUID] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    cursor: Annotated[str | None, Query(max_length=200)] = None,
) -> dict[str, Any]:
    """The tickets, the newest first; a customer sees those of its account (P9)."""
    account = [caller.account] if caller.is_customer else account_id
    since = paging.after(cursor, views.instant, UUID)
    found = await desk.store.query(queries.TICKETS, *since, account, status, severity, assignee, limit + 1)
    rows = paging.page(found, limit, request, response, "opened_at", "ticket_id")
    async with desk.store.transaction() as tx:
        history = await tx.history([f"ticket-{row['ticket_id']}" for row in rows])
        titles = views.titles(await desk.core.vault.open(tx, [facts[0] for facts in history.values()]))
    return {"items": [views.summary(row) | {"title": titles.get(row["ticket_id"])} for row in rows]}


@router.get("/{number}")
async def one(ticket: TheTicket, caller: Reader, desk: TheDesk) -> JSONResponse:
    """A ticket with all that was said on it."""
    facts = await desk.facts(ticket.stream)
    body = views.ticket(facts, internal=not caller.is_customer)
    return JSONResponse(body, headers={"ETag": f'"{facts[-1].version}"'})


@router.get("/{number}/events")
async def events(ticket: TheTicket, caller: Reader, desk: TheDesk) -> JSONResponse:
    """Its history, fact by fact (P9); for customers without the notes among staff."""
    facts = await desk.facts(ticket.stream)
    shown = [fact for fact in facts if not caller.is_customer or views.is_public(fact)]
    body = {"events": [views.event(fact, internal=not caller.is_customer) for fact in shown]}
    return JSONResponse(body, headers={"ETag": f'"{facts[-1].version}"'})
