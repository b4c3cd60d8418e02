"""The proof of a clock: what was counted, what was skipped, and why. As JSON, or as text to read."""

import asyncio
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import PlainTextResponse
from pydantic import TypeAdapter

from contracts.sla import Metric
from kit.http import TheDesk, Who
from sla_timer.explain import Proof, metrics_of, prove
from sla_timer.explain.text import text
from sla_timer.http.finding import AsKnownAt, At, Number, asked, nothing_yet, place, stream_of

router = APIRouter(prefix="/v1/tickets/{number}/clocks", tags=["clocks"])

PROOF = TypeAdapter(Proof)
AS_TEXT: dict[int | str, dict[str, Any]] = {200: {"content": {"text/plain": {"schema": {"type": "string"}}}}}


@router.get("/{metric}/explain", response_model=Proof, responses=AS_TEXT)
async def explain(
    number: Number,
    metric: Metric,
    request: Request,
    desk: TheDesk,
    who: Who,
    at: At = None,
    as_known_at: AsKnownAt = None,
    rows: Annotated[int, Query(ge=10, le=10_000, description="Of the table, about: longer ones are merged")] = 60,
    format: Annotated[Literal["json", "text"] | None, Query(description="Wins over the Accept header")] = None,
) -> Response:
    """Why a clock says what it says: every stretch of time, the rules it was counted by, the facts, the sum.

    `at` leaves out what happened later, however early it was known; `as_known_at` leaves out what was recorded later
    in the clock's log, whenever it happened. They differ where evidence came late: a breach that was announced on the
    wall clock and then retracted is in the answer as known in between, and in no answer that knows of the retraction.
    """
    instants = asked(desk.clock.now(), at, as_known_at)
    ticket = await place(desk.store, number, who)
    ticket.has(metric)
    facts, then, known_at = instants.of(await desk.facts(stream_of(ticket.ticket_id, metric)))
    if metric not in metrics_of(facts):
        raise nothing_yet()
    policies = request.app.state.running.book.current
    ask = partial(prove, facts, then, known_at, metric, policies, ticket.ticket_id, ticket.number, rows)
    proof = await asyncio.to_thread(ask)  # ten years take a quarter of a second, and timers wait for nobody
    headers = {"ETag": f'"{facts[-1][0].version}"', "Vary": "Accept"}
    if (format or _preferred(request.headers.get("accept", ""))) == "text":
        return PlainTextResponse(text(proof), headers=headers)
    return Response(PROOF.dump_json(proof), headers=headers, media_type="application/json")


def _preferred(accept: str) -> Literal["json", "text"]:
    """Text for whoever names it and not JSON before it."""
    named = [part.partition(";")[0].strip() for part in accept.split(",")]
    first = next((one for one in named if one in ("text/plain", "application/json", "*/*")), "")
    return "text" if first == "text/plain" else "json"
