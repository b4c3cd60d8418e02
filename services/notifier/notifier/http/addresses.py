"""To whose address nothing is sent, since mail to it came back; and the route by which staff clear it."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from kit.http.command_origin import Origin, Who
from kit.http.desk import TheDesk, receipt
from kit.http.paging import after, page
from notifier import queries
from notifier.domain.commands import ClearAddress
from notifier.domain.rights import READ_NOTIFICATIONS
from notifier.domain.streams import recipient_stream

router = APIRouter(prefix="/v1/undeliverable-addresses", tags=["undeliverable addresses"])


class Undeliverable(BaseModel):
    """A person to whose address nothing is sent."""

    subject_id: UUID
    ticket_id: UUID = Field(description="Of the mail that came back; of a letter: its feedback_id")
    notification_id: UUID = Field(description="That mail; its words have the address")
    reason: str = Field(examples=["5.1.1"])
    marked_at: datetime


class UndeliverableAddresses(BaseModel):
    """Some of them, the latest first."""

    items: list[Undeliverable]


@router.get("")
async def listed(
    request: Request,
    response: Response,
    desk: TheDesk,
    who: Who,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> UndeliverableAddresses:
    """Everybody to whose address nothing is sent since a mail to it came back for good, the latest first."""
    READ_NOTIFICATIONS.demand(who.role)
    rows = await desk.store.query(queries.UNDELIVERABLE, *after(cursor, datetime.fromisoformat, UUID), limit + 1)
    shown = page(rows, limit, request, response, "marked_at", "subject_id")
    names = Undeliverable.model_fields
    return UndeliverableAddresses(items=[Undeliverable(**{name: row[name] for name in names}) for row in shown])


@router.delete("/{subject_id}")
async def clear(subject_id: UUID, origin: Origin, desk: TheDesk) -> JSONResponse:
    """Write to this person's address again. To clear it once more changes nothing."""
    command = ClearAddress(subject_id=subject_id, by=origin.caller.role)
    answer = {"subject_id": str(subject_id), "status": "cleared"}
    return receipt(await desk.perform(origin, recipient_stream(subject_id), command, answer=answer))
