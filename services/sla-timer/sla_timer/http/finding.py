"""Finds a ticket's clocks for a caller who may see them, and checks which instants are asked about."""

import asyncio
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import Path, Query

from contracts.envelope import Fact
from contracts.proof import Cited
from contracts.sla import Metric
from kit.http.auth import Caller
from kit.http.instants import Instant
from kit.http.problems import FieldError, Trouble, misunderstood
from kit.store.sql import SqlStore
from sla_timer.facts.row import CitedRow
from sla_timer.history import AsOf
from sla_timer.policy.promise import kind_of
from sla_timer.proof import cited
from sla_timer.queries import FACTS_OF_TICKET, OF_NUMBER, OF_TICKET
from sla_timer.react.asks import clock_of

_NUMBER = re.compile(r"[A-Z]{1,8}-?\d{1,19}", re.ASCII | re.IGNORECASE)

Number = Annotated[str, Path(max_length=40, description="A ticket's number, or its id", examples=["P-1042"])]
At = Annotated[
    Instant | None,
    Query(description="As of this instant: only what had happened by then. Now, if left out."),
]
AsKnownAt = Annotated[
    Instant | None,
    Query(description="As it was known at this instant: only what had been recorded by then. Now, if left out."),
]


ORDER: tuple[Metric, ...] = ("response", "objective", "resolution", "next-reply", "update")
"""The order in which a ticket's metrics are listed."""


@dataclass(frozen=True, slots=True)
class Place:
    """A ticket and the metrics that it has clocks for, with cancelled clocks last."""

    ticket_id: UUID
    number: str | None
    metrics: Sequence[Metric]

    def has(self, metric: Metric) -> None:
        """Raises Trouble if the ticket never had a clock for that metric."""
        if metric not in self.metrics:
            raise self.lacks(metric)

    def lacks(self, metric: Metric, field: str = "metric") -> Trouble:
        """The problem that names the metrics to ask for instead. `field`: the field of the request."""
        title = f"This ticket has no clock for {metric}, nor had."
        fault = FieldError(field=field, detail=f"{metric!r} has no clock; ask for {' or '.join(self.metrics)}")
        return Trouble(404, "no-clock", title, f"Ask for {' or '.join(self.metrics)}.", [fault])


async def place(store: SqlStore, number: str, who: Caller | None = None, field: str = "number") -> Place:
    """A ticket's clocks. `field`: the field of the request that names the ticket.

    Raises Trouble if there are none, or if the caller is a customer of another account.
    """
    rows = await store.query(*_lookup(number, field))
    if not rows or (who and who.is_customer and (not who.account or rows[0]["account_id"] != who.account)):
        fault = FieldError(field=field, detail=f"{number!r} has no clock")
        hint = "Look at the number again. A ticket brought in from elsewhere has no clock."
        raise Trouble(404, "no-clock", "No clock runs or ran for this ticket.", hint, [fault])
    void = {row["metric"]: row["state"] in ("cancelled", "unowed") for row in rows}
    metrics = sorted(void, key=lambda metric: (void[metric], ORDER.index(metric)))
    return Place(rows[0]["ticket_id"], rows[0]["number"], metrics)


def _lookup(number: str, field: str) -> tuple[str, str | UUID]:
    if _NUMBER.fullmatch(number):
        return OF_NUMBER, number.upper()
    try:
        return OF_TICKET, UUID(number)
    except ValueError as error:
        raise _wrong(field, f"{number!r} is none; write a ticket's number, such as P-1042, or its id") from error


async def causes_of(store: SqlStore, ticket_id: UUID, facts: Sequence[Fact]) -> Mapping[UUID, Cited]:
    """The cause of each event of a clock. `facts`: all of the clock's stream. Raises Unavailable."""
    rows = [CitedRow(*row) for row in await store.query(FACTS_OF_TICKET, ticket_id)]
    return await asyncio.to_thread(cited, facts, rows)  # for a long log of an old release it takes a second


def stream_of(ticket_id: UUID, metric: Metric) -> str:
    """The stream of a metric's clock. Response and objective share one, since each may replace the other."""
    return clock_of(ticket_id, kind_of(metric))


def asked(now: datetime, at: datetime | None, as_known_at: datetime | None) -> AsOf:
    """The instants asked about. Raises Trouble for instants that nobody can know about yet."""
    if as_known_at and as_known_at > now:
        raise _wrong("as_known_at", f"lies in the future; write an instant up to now, {_written(now)}")
    if at and at > (as_known_at or now):
        then = f"as_known_at, {_written(as_known_at)}" if as_known_at else f"now, {_written(now)}"
        raise _wrong("at", f"lies after what is known; write an instant up to {then}")
    return AsOf(now, at, as_known_at)


def _written(at: datetime) -> str:
    return f"{at.replace(tzinfo=None).isoformat()}Z"


def nothing_yet() -> Trouble:
    """The problem if nothing had happened, or was known, by then."""
    title = "No clock of this ticket is known as of that instant."
    return Trouble(404, "no-clock", title, "Ask about a later instant, or leave out at and as_known_at.")


def _wrong(field: str, detail: str) -> Trouble:
    return misunderstood(f"{field} {detail}.", FieldError(field=field, detail=detail))
