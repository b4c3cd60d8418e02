"""The route of a clock's proof: as JSON, as text, or as a page."""

import asyncio
from functools import partial

from fastapi import APIRouter, Request, Response
from pydantic import TypeAdapter

from contracts.sla import Metric
from kit.http.command_origin import Who
from kit.http.desk import TheDesk
from kit.http.explain import TEXT_RESPONSES, AsFormat, Rows, explained
from kit.proof.text import text
from sla_timer.history import metrics_of
from sla_timer.http.finding import AsKnownAt, At, Number, asked, causes_of, nothing_yet, place, stream_of
from sla_timer.proof import Proof, prove
from sla_timer.proof.page import page

router = APIRouter(prefix="/v1/tickets/{number}/clocks", tags=["clocks"])

PROOF = TypeAdapter(Proof)


@router.get("/{metric}/explain", response_model=Proof, responses=TEXT_RESPONSES)
async def explain(
    number: Number,
    metric: Metric,
    request: Request,
    desk: TheDesk,
    who: Who,
    at: At = None,
    as_known_at: AsKnownAt = None,
    rows: Rows = 60,
    format: AsFormat = None,
) -> Response:
    """Why a clock has its status: every stretch of time, the rules it was counted by, the facts, the sum.

    `at` leaves out what happened later; `as_known_at` leaves out what was recorded later in the clock's log, whenever
    it happened. They differ where evidence came late: a breach that was announced without confirmation and then
    retracted is in the answer as known in between, and in no answer that knows of the retraction.
    """
    instants = asked(desk.clock.now(), at, as_known_at)
    ticket = await place(desk.store, number, who)
    ticket.has(metric)
    every = await desk.facts(stream_of(ticket.ticket_id, metric))
    facts, then, known_at = instants.of(every)
    if metric not in metrics_of(facts):
        raise nothing_yet()
    policies, causes = request.app.state.process.book.current, await causes_of(desk.store, ticket.ticket_id, every)
    ask = partial(prove, facts, then, known_at, metric, policies, ticket.ticket_id, ticket.number, rows, causes)
    proof = await asyncio.to_thread(ask)  # ten years take a quarter of a second, and timers must ring meanwhile
    return explained(request, format, partial(PROOF.dump_json, proof), partial(text, proof), partial(page, proof))
