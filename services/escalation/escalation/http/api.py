"""Which escalations are open, and the route by which somebody takes one on."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from contracts.envelope import Fact
from contracts.escalations import ComplaintReason, EscalationRaised, RoleCalled
from escalation import queries
from escalation.domain.commands import AcknowledgeEscalation
from escalation.domain.rights import READ_ESCALATIONS, may_acknowledge
from escalation.react.ticket import RESPONSE
from kit.http.command_origin import Origin, Who
from kit.http.desk import Desk, TheDesk, receipt
from kit.http.paging import AnyOf, after, page
from kit.http.problems import FieldError, Trouble

router = APIRouter(prefix="/v1/escalations", tags=["escalations"])

Name = Literal["response", "next-reply", "update", "resolution", "review", "urgent", "arbitration"]
ABOUT = Query(
    alias="escalation",
    description="Of a ticket, about which clock: it has one escalation for each. Of a complaint: `review`, `urgent`, "
    "`update` or `arbitration`. May be left out if no others are open",
)
Status = Literal["open", "exhausted", "acknowledged", "resolved"]


class Escalation(BaseModel):
    """An escalation as it stands. `open`: somebody is being called; `exhausted`: all rungs have been called."""

    ticket_id: UUID = Field(description="Of a complaint: its feedback_id")
    number: str | None = Field(examples=["P-1042"], description="None where it was raised before numbers were kept")
    escalation: str = Field(
        examples=["response"],
        description="The name of the clock that was missed; of a complaint `review`, `urgent`, `update` or "
        "`arbitration`",
    )
    reason: ComplaintReason | None = Field(
        examples=["review"], description="Why somebody is called about a complaint; null of a ticket"
    )
    status: Status
    severity: int | None = Field(examples=[1], description="Null of a complaint")
    rung: int = Field(examples=[0], description="The rung called last, from 0; of a complaint, which call it was")
    role: str = Field(examples=["engineer"])
    breached_at: datetime | None = Field(description="Null of a complaint")
    raised_at: datetime = Field(description="When somebody was called first")
    called_at: datetime = Field(description="When somebody was called last")
    next_at: datetime | None = Field(
        description="When the next rung, or the same role again, will be called, unless somebody acknowledges; null if "
        "nobody will, or while sla-timer has not counted the hours yet"
    )
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    resolved_at: datetime | None
    cause: str | None = Field(examples=["answered"], description="Why it was resolved")


class Call(BaseModel):
    """A role that was called, as a rung of a ladder or about a complaint."""

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
async def escalation(
    ticket_id: UUID, response: Response, desk: TheDesk, who: Who, named: Annotated[Name | None, ABOUT] = None
) -> Climb:
    """An escalation of a ticket or a complaint, with everybody who was called. Say which, if several go on."""
    READ_ESCALATIONS.demand(who.role)
    about = named or await _only(desk, ticket_id)
    rows = await desk.store.query(queries.OF_TICKET, ticket_id, about)
    if not rows:
        raise Trouble(
            404,
            "no-escalation",
            "Nobody was ever called about this.",
            "Ask for its clocks instead, or for another escalation of it, as in ?escalation=review.",
        )
    facts = await desk.facts(_stream(ticket_id, about))
    calls = [call for fact in facts if (call := _call(fact))]
    response.headers["ETag"] = f'"{rows[0]["version"]}"'
    return Climb(**_escalation(rows[0]).model_dump(), calls=calls)


@router.post("/{ticket_id}/acknowledgement")
async def acknowledge(
    ticket_id: UUID, origin: Origin, desk: TheDesk, named: Annotated[Name | None, ABOUT] = None
) -> JSONResponse:
    """Take it on: nobody else is called. Acknowledging again changes nothing.

    Of a complaint: by the role that was called or one above it; of an urgent one by the VP or the CEO. Say which
    escalation, if there are several.
    """
    if named is None:
        may_acknowledge(origin.caller.role, None)
    about = named or await _only(desk, ticket_id)
    command = AcknowledgeEscalation(by=origin.caller.role)
    answer = {"ticket_id": str(ticket_id), "escalation": about, "status": "acknowledged"}
    return receipt(await desk.perform(origin, _stream(ticket_id, about), command, answer=answer))


async def _only(desk: Desk, ticket_id: UUID) -> str:
    """The one escalation that can be meant: of a ticket the first answer's, unless it is over; then the one that nobody
    has taken on. Raises Trouble if there are several."""
    rows = await desk.store.query(queries.NAMES, ticket_id)
    every = [str(row["escalation"]) for row in rows]
    names = [str(row["escalation"]) for row in rows if row["status"] != "resolved"] or every
    if RESPONSE in names or not names:
        return RESPONSE
    waiting = [str(row["escalation"]) for row in rows if row["status"] in ("open", "exhausted")]
    if len(waiting) <= 1:
        return (waiting or names)[0]
    fix = f"Say which of these: {', '.join(f'?escalation={name}' for name in waiting)}."
    raise Trouble(
        409, "several-escalations", "There are several escalations.", fix, [FieldError(field="escalation", detail=fix)]
    )


def _stream(ticket_id: UUID, about: str) -> str:
    return f"escalation-{ticket_id}-{about}"


def _call(fact: Fact) -> Call | None:
    match fact.event:
        case EscalationRaised(rung=number, role=role) | RoleCalled(turn=number, role=role):
            return Call(rung=number, role=role, called_at=fact.happened_at)
        case _:
            return None


def _escalation(row: Any) -> Escalation:
    return Escalation(**{name: row[name] for name in Escalation.model_fields})
