"""Feedback over HTTP: said, listed, acknowledged, set right (P17)."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from contracts.feedback import Channel
from contracts.rights import READ_WORDS
from contracts.roles import CUSTOMERS
from feedback import queries
from feedback.domain import commands
from feedback.domain.rights import SAY
from feedback.http.bodies import AcknowledgementIn, FeedbackIn, KindIn, KindName, WordsIn
from feedback.http.context import Acting, Found, TheContext, TheFeedback, locale_of, situation_of
from feedback.http.words import Summaries, Whole, summary, whole
from feedback.react import feedback_stream
from kit.http.auth import Caller
from kit.http.command_origin import OriginOfNew, Who
from kit.http.desk import ERRORS, Desk, TheDesk, receipt
from kit.http.instants import Instant
from kit.http.paging import AnyOf, after, page
from kit.http.problems import FieldError, misunderstood

router = APIRouter(prefix="/v1/feedback", tags=["feedback"], responses=ERRORS)


@router.post("", status_code=201)
async def say(body: FeedbackIn, origin: OriginOfNew, desk: TheDesk, context: TheContext) -> JSONResponse:
    """Say what you think of the support. It gets a number, and a person acknowledges it within two working days.

    A complaint is under review at once (P18).
    """
    caller = origin.caller
    SAY.demand(caller.role)
    _check(body, caller)
    feedback_id, number = origin.new_id("feedback"), await context.numbers.next()
    about = await _about(body.about, caller, desk)
    account_id = caller.account or body.account_id or (about["account_id"] if about else None)
    command = commands.ReceiveFeedback(
        by=caller.role,
        now=desk.clock.now(),
        feedback_id=feedback_id,
        number=number,
        channel=body.channel,
        account_id=account_id,
        subject_id=feedback_id,
        text=body.text,
        terms=context.policies.terms,
        email=caller.email if caller.role == "requester" and caller.email else body.email or caller.email,
        proposed=body.kind,
        urgent=body.urgent,
        about=about["ticket_id"] if about else None,
        about_number=about["number"] if about else None,
        received_at=body.received_at,
        **await locale_of(desk, account_id),
    )
    answer = {"feedback_id": str(feedback_id), "number": number}
    done = await desk.perform(
        origin, feedback_stream(feedback_id), command, answer, answer_from_state=situation_of, creates=True
    )
    return receipt(done, 201, f"/v1/feedback/{done.answer['number']}")


def _check(body: FeedbackIn, caller: Caller) -> None:
    """What only staff may say, and what only customers."""
    if caller.role not in CUSTOMERS:
        return
    faults = [
        FieldError(field=name, detail="only staff say so, who enter what they were told; leave it out")
        for name in ("account_id", "received_at")
        if getattr(body, name) is not None
    ]
    if body.channel not in ("portal", "page", "chat"):
        faults.append(FieldError(field="channel", detail=f"staff enter what came by {body.channel}; leave it out"))
    if faults:
        raise misunderstood("Correct the fields named in errors, and send it again.", *faults)


async def _about(number: str | None, caller: Caller, desk: Desk) -> Any:
    """The ticket of that number. Raises Trouble (422), also for another account's."""
    if number is None:
        return None
    rows = await desk.store.query(queries.ABOUT, number.upper())
    if not rows or (caller.is_customer and rows[0]["account_id"] != caller.account):
        fault = FieldError(field="about", detail=f"there is no ticket {number}; look at the number, or leave it out")
        raise misunderstood(fault.detail, fault)
    return rows[0]


@router.get("")
async def listed(
    request: Request,
    response: Response,
    desk: TheDesk,
    who: Who,
    kind: AnyOf[KindName] = None,
    channel: AnyOf[Channel] = None,
    account_id: AnyOf[UUID] = None,
    acknowledged: bool | None = None,
    due_before: Annotated[Instant | None, Query(description="With something due before this instant")] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Summaries:
    """What customers said, the latest first; a customer sees what came from its account."""
    READ_WORDS.demand(who.role)
    account = [who.account] if who.is_customer else account_id
    last = after(cursor, datetime.fromisoformat, UUID)
    rows = await desk.store.query(
        queries.FEEDBACK, account, kind, None, channel, acknowledged, due_before, True, *last, limit + 1
    )
    shown = page(rows, limit, request, response, "received_at", "feedback_id")
    return Summaries(items=[summary(row) for row in shown])


@router.get("/{id}")
async def one(found: TheFeedback, response: Response, desk: TheDesk) -> Whole:
    """One of them, with its history in words, its promises, and who is expected to do what."""
    return await shown(found, response, desk)


async def shown(found: Found, response: Response, desk: Desk) -> Whole:
    """All of it, as its reader may see it."""
    response.headers["ETag"] = f'"{found.version}"'
    (row,) = await desk.store.query(queries.ONE, found.feedback_id)
    promises = await desk.store.query(queries.PROMISES, found.feedback_id)
    return whole(row, promises, found.state, found.facts, internal=not found.caller.is_customer)


@router.post("/{id}/acknowledgement")
async def acknowledge(body: AcknowledgementIn, acting: Acting) -> JSONResponse:
    """Acknowledge it, in your words: they go to the customer by the way that it came (P17)."""
    return await acting.take(commands.Acknowledge, text=body.text, kind=body.kind, noted=body.noted)


@router.post("/{id}/kind")
async def classify(body: KindIn, acting: Acting) -> JSONResponse:
    """Say what it is, with a reason. Only the VP says that a complaint is none."""
    return await acting.take(commands.Classify, kind=body.kind, reason=body.reason)


@router.post("/{id}/words")
async def add(body: WordsIn, acting: Acting) -> JSONResponse:
    """Add the customer's words: part of the same feedback, without a new deadline."""
    message_id = acting.origin.new_id("message")
    return await acting.take(
        commands.AddWords,
        {"message_id": str(message_id)},
        complainant=acting.found.complainant,
        message_id=message_id,
        channel=body.channel,
        text=body.text,
    )
