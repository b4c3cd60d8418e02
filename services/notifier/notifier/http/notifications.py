"""Which mails were sent to whom, and what became of them. For staff."""

from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel, Field

from contracts.notifications import Requested
from contracts.rights import READ_WORDS
from kit.http.command_origin import Who
from kit.http.desk import TheDesk
from kit.http.paging import AnyOf, after, page
from kit.http.problems import Trouble
from notifier import queries
from notifier.domain import next_instant
from notifier.domain.rights import READ_NOTIFICATIONS
from notifier.domain.streams import notification_stream, thread_stream

router = APIRouter(prefix="/v1/notifications", tags=["notifications"])

Status = Literal["requested", "sent", "bounced", "failed", "suppressed"]


class Notification(BaseModel):
    """A mail that was to be sent, and what became of it."""

    notification_id: UUID
    ticket_id: UUID
    number: str | None = Field(examples=["P-1042"], description="None where it was suppressed unsaid")
    template: str = Field(examples=["ticket-received"])
    status: Status
    reason: str | None = Field(
        examples=["550 5.1.1"],
        description="Why it failed, came back, was suppressed, deferred or held back (`rate-limited`)",
    )
    role: str | None = Field(examples=["support-manager"], description="None: to the requester")
    assignee: str | None
    subject_id: UUID | None
    automatic: str | None = Field(description="None: a person speaks")
    requested_at: datetime
    sent_at: datetime | None
    message_id: str | None
    attempts: int = Field(description="How often it was offered to the mail server")


class Words(Notification):
    """A notification with its words. They are `erased` once the requester's key is gone."""

    email: str | None
    text: str | None = Field(description="What the person said who speaks")
    second_text: str | None = Field(description="Their further words, in the order of the template")
    third_text: str | None
    about: dict[str, str] = Field(description="Particulars; `next_at`, as far as the mail names that instant")


class Notifications(BaseModel):
    """Some notifications, the latest first."""

    items: list[Notification]


@router.get("")
async def notifications(
    request: Request,
    response: Response,
    desk: TheDesk,
    who: Who,
    ticket_id: AnyOf[UUID] = None,
    status: AnyOf[Status] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Notifications:
    """All notifications, the latest first; those of a ticket or in a situation, if asked for."""
    READ_NOTIFICATIONS.demand(who.role)
    last = after(cursor, datetime.fromisoformat, UUID)
    rows = await desk.store.query(queries.LIST, ticket_id, status, *last, limit + 1)
    shown = page(rows, limit, request, response, "requested_at", "notification_id")
    return Notifications(items=[Notification(**_columns(row)) for row in shown])


@router.get("/{notification_id}")
async def notification(notification_id: UUID, response: Response, desk: TheDesk, who: Who) -> Words:
    """One of them, with its words."""
    READ_NOTIFICATIONS.demand(who.role)
    READ_WORDS.demand(who.role)
    rows = await desk.store.query(queries.ONE, notification_id)
    if not rows:
        raise Trouble(
            404, "notification-unknown", "There is no such notification.", "Look for it in its ticket's list."
        )
    columns = _columns(rows[0])
    said = next(
        (
            fact.event
            for fact in await desk.facts(thread_stream(columns["ticket_id"]))
            if isinstance(fact.event, Requested) and fact.event.notification_id == notification_id
        ),
        None,
    )
    _, version = await desk.state(notification_stream(columns["ticket_id"], notification_id))
    response.headers["ETag"] = f'"{version}"'
    about = (said.about if said else None) or {}
    if said and next_instant.lacks_instant(about) and not rows[0]["in_terms"]:
        for row in await desk.store.query(queries.NEXT_INSTANT, columns["ticket_id"], said.cause):
            about = next_instant.completed(about, queries.known_from(row))
    words = {name: getattr(said, name, None) for name in ("email", "text", "second_text", "third_text")}
    return Words(**columns, **words, about=about)


def _columns(row: Any) -> dict[str, Any]:
    return {name: row[name] for name in Notification.model_fields}
