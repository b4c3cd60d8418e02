"""The proof of a promise about feedback: as JSON, as text, or as a page."""

import asyncio
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from pydantic import TypeAdapter

from contracts.feedback import PromiseName
from contracts.proof import Proof
from feedback.domain.state import Feedback
from feedback.http.context import Identity, find
from feedback.proof import THINGS, prove
from kit.decider import folded
from kit.http.command_origin import Who
from kit.http.desk import ERRORS, TheDesk
from kit.http.explain import TEXT_RESPONSES, AsFormat, Rows, explained
from kit.http.instants import Instant
from kit.http.problems import FieldError, Trouble, misunderstood
from kit.proof.page import page
from kit.proof.text import text

router = APIRouter(tags=["promises"], responses=ERRORS)

PROOF = TypeAdapter(Proof)


@router.get("/v1/feedback/{id}/promises/{promise}/explain", response_model=Proof, responses=TEXT_RESPONSES)
@router.get("/v1/complaints/{id}/promises/{promise}/explain", response_model=Proof, responses=TEXT_RESPONSES)
async def explain(
    id: Identity,
    promise: PromiseName,
    request: Request,
    desk: TheDesk,
    who: Who,
    at: Annotated[Instant | None, Query(description="As it stood at this instant")] = None,
    as_known_at: Annotated[Instant | None, Query(description="Without what was recorded later")] = None,
    rows: Rows = 60,
    format: AsFormat = None,
) -> Response:
    """Why a promise counts as kept or broken: every stretch of time, the rule it is counted by, the facts, the sum."""
    now = desk.clock.now()
    then, known_at = at or as_known_at or now, as_known_at or now
    if then > now or known_at > now:
        name = "at" if then > now else "as_known_at"
        raise misunderstood("Ask about the past.", FieldError(field=name, detail="lies in the future; name a past one"))
    found = await find(desk, id, who)
    facts = [fact for fact in found.facts if fact.recorded_at <= known_at and fact.happened_at <= then]
    state = folded(desk.core.decider, facts)
    proof, policies = None, request.app.state.process.book.current
    if isinstance(state, Feedback):
        proving = partial(prove, facts, state, promise, then, known_at, policies, rows, internal=not who.is_customer)
        proof = await asyncio.to_thread(proving)
    if proof is None:
        raise Trouble(404, "nothing-promised", "Nothing of the kind was promised then.", "Ask for another promise.")
    heading = f"{found.state.number}: {THINGS[promise]}"
    return explained(
        request, format, partial(PROOF.dump_json, proof), partial(text, proof), lambda: page(proof, heading)
    )
