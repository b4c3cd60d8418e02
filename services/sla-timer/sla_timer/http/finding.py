"""Where a ticket's clocks are, who may see them, and which instants can be asked about."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query
from pydantic import AwareDatetime

from contracts.sla import Metric
from kit.auth import Caller
from kit.http import Desk
from kit.problems import FieldError, Trouble
from sla_timer import store
from sla_timer.domain.react import response_clock
from sla_timer.explain import AsOf

_NUMBER = re.compile(r"[A-Z]{1,8}-?\d{1,19}", re.ASCII | re.IGNORECASE)

Number = Annotated[str, Path(max_length=40, description="A ticket's number, or its id", examples=["P-1042"])]
At = Annotated[
    AwareDatetime | None,
    Query(description="As of this instant: only what had happened by then. Now, if left out."),
]
AsKnownAt = Annotated[
    AwareDatetime | None,
    Query(description="As it was known at this instant: only what had been recorded by then. Now, if left out."),
]


@dataclass(frozen=True, slots=True)
class Place:
    """A ticket, and the metrics that it has clocks for."""

    ticket_id: UUID
    number: str | None
    metrics: Sequence[Metric]


async def place(desk: Desk, who: Caller, number: str) -> Place:
    """Where a ticket's clocks are. Raises Trouble: also for a customer of another account."""
    rows = await desk.store.query(*_lookup(number))
    if not rows or (who.is_customer and (not who.account or rows[0]["account_id"] != who.account)):
        raise Trouble(404, "no-clock", "No clock runs or ran for this ticket.", "Look at the number again.")
    return Place(rows[0]["ticket_id"], rows[0]["number"], [row["metric"] for row in rows])


def _lookup(number: str) -> tuple[str, str | UUID]:
    if _NUMBER.fullmatch(number):
        return store.OF_NUMBER, number.upper()
    try:
        return store.OF_TICKET, UUID(number)
    except ValueError as error:
        raise _misunderstood(
            "number", f"{number!r} is none; write a ticket's number, such as P-1042, or its id"
        ) from error


def stream_of(ticket_id: UUID, metric: Metric) -> str:
    """The stream of a metric's clock. Response clock and objective take one another's place, and share one."""
    return response_clock(ticket_id)


def asked(now: datetime, at: datetime | None, as_known_at: datetime | None) -> AsOf:
    """Which instants are meant. Raises Trouble for what nobody can know yet."""
    if as_known_at and as_known_at > now:
        raise _misunderstood("as_known_at", f"lies in the future; write an instant up to now, {now.isoformat()}")
    if at and at > (as_known_at or now):
        then = f"as_known_at, {as_known_at.isoformat()}" if as_known_at else f"now, {now.isoformat()}"
        raise _misunderstood("at", f"lies after what is known; write an instant up to {then}")
    return AsOf(now, at, as_known_at)


def nothing_yet() -> Trouble:
    """Nothing of it had happened by then, or nothing was known."""
    title = "No clock of this ticket is known as of that instant."
    return Trouble(404, "no-clock", title, "Ask about a later instant, or leave out at and as_known_at.")


def _misunderstood(field: str, detail: str) -> Trouble:
    fault = FieldError(field=field, detail=detail)
    return Trouble(422, "invalid-request", "The request is not understood.", f"{field} {detail}.", [fault])
