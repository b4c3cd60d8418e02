"""Routes for the policy in force and its calendars, for portals that show forms and hours."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel

from contracts import policy
from contracts.sla import PolicyPublished
from kit.http.auth import Caller
from kit.http.command_origin import Who
from kit.http.desk import Desk, TheDesk
from kit.http.paging import AnyOf
from kit.http.problems import FieldError, Trouble, of_newer_release, starting
from kit.process.process import Process
from sla_timer import queries
from sla_timer.http.calendar_view import Calendar, calendar_view
from sla_timer.http.policy_view import PolicyInForce, policy_view

router = APIRouter(prefix="/v1", tags=["policy"])

Name = Annotated[str, Path(max_length=200, description="As the policy calls it", examples=["weekdays"])]


class Calendars(BaseModel):
    """The calendars of the policy in force, by name."""

    items: list[Calendar]


@router.get("/policy")
async def in_force(request: Request, desk: TheDesk, who: Who) -> PolicyInForce:
    """What customers are promised and asked for, to draw a portal's form from. For everybody.

    Tickets opened now are judged by this policy. It changes as soon as an administrator publishes another: ask again,
    with `If-None-Match`, whenever a form is shown. Running clocks keep the version that they name. For an account's
    tier and agreed calendar see intake's `GET /v1/accounts/{account_id}`.
    """
    published, since = await _in_force(request, desk)
    try:
        return policy_view(published, since)
    except ValueError as error:  # in a part that clocks don't need
        raise of_newer_release() from error


@router.get("/calendars")
async def calendars(request: Request, desk: TheDesk, who: Who, name: AnyOf[str] = None) -> Calendars:
    """When the desk is open, by name: for customers the hours of the tiers, for staff also those for agreements.

    Everybody who names a calendar gets it, so customers can ask for the one that they have agreed on.
    """
    published, _ = await _in_force(request, desk)
    every = _every(published, desk.clock.now())
    return Calendars(items=[one for one in every if (one.name in name if name else _is_listed(one, who))])


@router.get("/calendars/{name}")
async def calendar(name: Name, request: Request, desk: TheDesk, who: Who) -> Calendar:
    """When the desk is open by one calendar, with the holidays and special hours to come."""
    published, _ = await _in_force(request, desk)
    every = {calendar.name: calendar for calendar in _every(published, desk.clock.now())}
    if name not in every:
        listed = ", ".join(other.name for other in every.values() if _is_listed(other, who))
        fault = FieldError(field="name", detail=f"{name!r} is no calendar of the policy; there are {listed}")
        title = "The policy in force has no such calendar."
        raise Trouble(404, "no-calendar", title, f"Ask for one of {listed}.", [fault])
    return every[name]


def _is_listed(calendar: Calendar, who: Caller) -> bool:
    """Whether a caller sees a calendar in lists.

    Only staff see calendars agreed with one account, since the name may reveal the customer.
    """
    return bool(calendar.tiers) or not who.is_customer


def _every(published: PolicyPublished, now: datetime) -> list[Calendar]:
    zones, tiers = policy.zones(published), policy.tiers(published)
    found = sorted(policy.calendars(published).items())
    return [calendar_view(name, calendar, zones, tiers, now) for name, calendar in found]


async def _in_force(request: Request, desk: Desk) -> tuple[PolicyPublished, datetime | None]:
    """The policy published last, by any process, and since when it is in force. Raises Trouble."""
    process: Process = request.app.state.process
    rows = await desk.store.query(queries.PUBLISHED_LAST)
    if not rows:
        raise starting()
    version: str = rows[0]["version"]
    if process.book.current.latest != version:
        async with desk.store.statement() as tx:
            await process.book.load(tx)
    published = process.book.event(version)
    if published is None or version in process.book.unreadable:
        raise of_newer_release()
    return published, rows[0]["published_at"]
