"""Which escalations are open, and the route by which somebody takes one on."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from contracts.escalations import EscalationRaised
from escalation import queries
from escalation.domain.commands import AcknowledgeEscalation
from escalation.domain.rights import READ_ESCALATIONS
from escalation.react import RESPONSE
from kit.http.command_origin import Origin, Who
from kit.http.desk import TheDesk, receipt
from kit.http.paging import AnyOf, after, page
from kit.http.problems import Trouble

router = APIRouter(prefix="/v1/escalations", tags=["escalations"])

About = Annotated[
    Literal["response", "next-reply", "update", "resolution"],
    Query(alias="escalation", description="About which clock; a ticket has one escalation for each"),
]
Status = Literal["open", "exhausted", "acknowledged", "resolved"]


class Escalation(BaseModel):
    """An escalation as it stands. `open`: the ladder is being climbed; `exhausted`: all have been called."""

    ticket_id: UUID
    number: str | None = Field(examples=["P-1042"], description="None where it was raised before numbers were kept")
    escalation: str = Field(examples=["response"], description="The name of the clock that was missed")
    status: Status
    severity: int = Field(examples=[1])
    rung: int = Field(examples=[0], description="The rung called last, from 0")
    role: str = Field(examples=["engineer"])
    breached_at: datetime
    raised_at: datetime = Field(description="When the first rung was called")
    called_at: datetime = Field(description="When the last one was")
    next_at: datetime | None = Field(
        description="When the next rung will be called, unless somebody acknowledges; null above the last, or while "
        "sla-timer has not counted the hours yet"
    )
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    cause: str | None = Field(examples=["answered"], description="Why it was resolved")


class Call(BaseModel):
    """A rung that was called."""

    rung: int
    role: str
    called_at: datetime


class Climb(Escalation):
    """An escalation with all its calls."""

    calls: list[Call]


class Escalations(BaseModel):
    """Some escalations, the latest first."""

    items: list[Escalation]


@router.get("")
async def escalations(
    request: Request,
    response: Response,
    desk: TheDesk,
    who: Who,
    status: AnyOf[Status] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Escalations:
    """All escalations, the latest first."""
    READ_ESCALATIONS.demand(who.role)
    rows = await desk.store.query(queries.LIST, status, *after(cursor, datetime.fromisoformat, UUID, str), limit + 1)
    shown = page(rows, limit, request, response, "raised_at", "ticket_id", "escalation")
    return Escalations(items=[_escalation(row) for row in shown])


@router.get("/{ticket_id}")
async def escalation(ticket_id: UUID, response: Response, desk: TheDesk, who: Who, about: About = RESPONSE) -> Climb:
    """A ticket's escalation, with each rung that was called."""
    READ_ESCALATIONS.demand(who.role)
    rows = await desk.store.query(queries.OF_TICKET, ticket_id, about)
    if not rows:
        raise Trouble(404, "no-escalation", "Nobody was ever called for this ticket.", "Ask for its clocks instead.")
    facts = await desk.facts(_stream(ticket_id, about))
    calls = [
        Call(rung=fact.event.rung, role=fact.event.role, called_at=fact.happened_at)
        for fact in facts
        if isinstance(fact.event, EscalationRaised)
    ]
    response.headers["ETag"] = f'"{rows[0]["version"]}"'
    return Climb(**_escalation(rows[0]).model_dump(), calls=calls)


@router.post("/{ticket_id}/acknowledgement")
async def acknowledge(ticket_id: UUID, origin: Origin, desk: TheDesk, about: About = RESPONSE) -> JSONResponse:
    """Take it on: nobody else is called. Acknowledging again changes nothing."""
    command = AcknowledgeEscalation(by=origin.caller.role)
    answer = {"ticket_id": str(ticket_id), "escalation": about, "status": "acknowledged"}
    return receipt(await desk.perform(origin, _stream(ticket_id, about), command, answer=answer))


def _stream(ticket_id: UUID, about: str) -> str:
    return f"escalation-{ticket_id}-{about}"


def _escalation(row: Any) -> Escalation:
    return Escalation(**{name: row[name] for name in Escalation.model_fields})
