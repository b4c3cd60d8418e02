"""The proof of a clock: what was counted, what was skipped, and why. As JSON, as text to read, or as a page."""

import asyncio
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse
from pydantic import TypeAdapter

from contracts.sla import Metric
from kit.http import TheDesk, Who
from sla_timer.explain import Proof, metrics_of, prove
from sla_timer.explain.page import page
from sla_timer.explain.text import text
from sla_timer.http.finding import AsKnownAt, At, Number, asked, causes_of, nothing_yet, place, stream_of

router = APIRouter(prefix="/v1/tickets/{number}/clocks", tags=["clocks"])

PROOF = TypeAdapter(Proof)
Format = Literal["json", "text", "html"]
FORMATS: dict[str, Format] = {"application/json": "json", "*/*": "json", "text/plain": "text", "text/html": "html"}
TO_READ: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {"schema": {"type": "string"}} for kind in ("text/plain", "text/html")}}
}
NOTHING_ELSE = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
"""What a browser may load for the page."""


@router.get("/{metric}/explain", response_model=Proof, responses=TO_READ)
async def explain(
    number: Number,
    metric: Metric,
    request: Request,
    desk: TheDesk,
    who: Who,
    at: At = None,
    as_known_at: AsKnownAt = None,
    rows: Annotated[int, Query(ge=10, le=10_000, description="Of the table, about: longer ones are merged")] = 60,
    format: Annotated[Format | None, Query(description="Wins over the Accept header")] = None,
) -> Response:
    """Why a clock says what it says: every stretch of time, the rules it was counted by, the facts, the sum.

    `at` leaves out what happened later, however early it was known; `as_known_at` leaves out what was recorded later
    in the clock's log, whenever it happened. They differ where evidence came late: a breach that was announced on the
    wall clock and then retracted is in the answer as known in between, and in no answer that knows of the retraction.
    """
    instants = asked(desk.clock.now(), at, as_known_at)
    ticket = await place(desk.store, number, who)
    ticket.has(metric)
    every = await desk.facts(stream_of(ticket.ticket_id, metric))
    facts, then, known_at = instants.of(every)
    if metric not in metrics_of(facts):
        raise nothing_yet()
    policies, causes = request.app.state.running.book.current, await causes_of(desk.store, ticket.ticket_id, every)
    ask = partial(prove, facts, then, known_at, metric, policies, ticket.ticket_id, ticket.number, rows, causes)
    proof = await asyncio.to_thread(ask)  # ten years take a quarter of a second, and timers wait for nobody
    headers = {"Vary": "Accept"}
    match format or _preferred(request.headers.get("accept", "")):
        case "text":
            return PlainTextResponse(text(proof), headers=headers)
        case "html":
            return HTMLResponse(page(proof), headers=headers | NOTHING_ELSE)
        case _:
            return Response(PROOF.dump_json(proof), headers=headers, media_type="application/json")


def _preferred(accept: str) -> Format:
    """What is named first."""
    named = (part.partition(";")[0].strip() for part in accept.split(","))
    return next((FORMATS[one] for one in named if one in FORMATS), "json")
