"""Feedback over HTTP: said, listed, acknowledged, set right (P17)."""

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from contracts.addresses import same_address
from contracts.feedback import Channel
from contracts.roles import CUSTOMERS
from feedback import queries
from feedback.domain import commands
from feedback.domain.feedback import SPOKEN
from feedback.domain.rights import SAY
from feedback.domain.state import Feedback
from feedback.enrich import complaints_of, locale_of
from feedback.http.bodies import AcknowledgementIn, FeedbackIn, KindIn, KindName, SplitIn, ToldIn, WordsIn
from feedback.http.context import Acting, Found, TheContext, TheFeedback, situation_of
from feedback.http.listing import Filters, select
from feedback.http.words import Summaries, Whole, summary, whole
from feedback.react import feedback_stream
from kit.http.auth import Caller
from kit.http.command_origin import OriginOfNew, Who
from kit.http.desk import ERRORS, Desk, Step, TheDesk, receipt
from kit.http.paging import AnyOf, page
from kit.http.problems import FieldError, misunderstood

router = APIRouter(prefix="/v1/feedback", tags=["feedback"], responses=ERRORS)


@router.post("", status_code=201)
async def say(body: FeedbackIn, origin: OriginOfNew, desk: TheDesk, context: TheContext) -> JSONResponse:
    """Say what you think of the support. It gets a number, and a person acknowledges it within two working days.

    A complaint is under review at once (P18). What the same person says about a ticket of which they complain already
    is part of that complaint, without a new deadline, unless it is praise. So is what may be a complaint after the CEO
    has decided: it is kept and answered so (P21), and staff make a new one of it if it says something new.
    """
    caller = origin.caller
    SAY.demand(caller.role)
    _check(body, caller)
    about = await _about(body.about, caller, desk)
    if about and body.account_id and about["account_id"] != body.account_id:
        fault = FieldError(field="about", detail="that ticket is of another account; correct one of the two")
        raise misunderstood(fault.detail, fault)
    email = caller.email if caller.role == "requester" and caller.email else body.email or caller.email
    if known := await _same_matter(body, about, email, origin, desk):
        return await _more(body, origin, known, desk)
    account_id = caller.account or body.account_id or (about["account_id"] if about else None)
    async with desk.store.transaction() as tx:
        locale = await locale_of(tx, account_id)
    feedback_id, number = origin.new_id("feedback"), await context.numbers.next()
    command = commands.ReceiveFeedback(
        by=caller.role,
        now=desk.clock.now(),
        feedback_id=feedback_id,
        number=number,
        channel=body.channel,
        account_id=account_id,
        subject_id=feedback_id,
        text=body.text,
        terms=context.terms_at(body.received_at),
        email=email,
        proposed=body.kind,
        urgent=body.urgent,
        about=about["ticket_id"] if about else None,
        about_number=about["number"] if about else None,
        received_at=body.received_at,
        **locale,
    )
    answer = {"feedback_id": str(feedback_id), "number": number}
    done = await desk.perform(
        origin, feedback_stream(feedback_id), command, answer, answer_from_state=situation_of, creates=True
    )
    return receipt(done, 201, f"/v1/feedback/{done.answer['number']}")


def _check(body: FeedbackIn, caller: Caller) -> None:
    """What only staff may say, and what only customers."""
    if caller.role not in CUSTOMERS:
        if body.channel not in SPOKEN:
            fault = FieldError(field="channel", detail="say how you were told: telephone or letter")
            raise misunderstood("What customers write comes by their own doors.", fault)
        return
    faults = [
        FieldError(field=name, detail="only staff say so, who enter what they were told; leave it out")
        for name in ("account_id", "received_at")
        if getattr(body, name) is not None
    ]
    if body.email and caller.email and not same_address(body.email, caller.email):
        faults.append(FieldError(field="email", detail="it is acknowledged to the address of your token; leave it out"))
    faults += _wrong_channel(body.channel)
    if faults:
        raise misunderstood("Correct the fields named in errors, and send it again.", *faults)


def _wrong_channel(channel: Channel) -> list[FieldError]:
    """Of what customers say themselves."""
    if channel in ("portal", "page", "chat"):
        return []
    return [FieldError(field="channel", detail=f"staff enter what came by {channel}; leave it out")]


async def _same_matter(
    body: FeedbackIn, about: Any, email: str | None, origin: OriginOfNew, desk: Desk
) -> Feedback | None:
    """The complaint of which these words are part: of the same person, about the same ticket. A retry finds what the
    first try found."""
    if about is None or (body.kind == "praise" and not body.urgent):
        return None
    begun, _ = await desk.state(feedback_stream(origin.new_id("feedback")))
    if isinstance(begun, Feedback):
        return None
    async with desk.store.transaction() as tx:
        theirs = await complaints_of(tx, desk.core, about["ticket_id"], email)
    complains, words = body.kind in (None, "complaint") or body.urgent, origin.new_id("words")
    told = (each for each in theirs if words in each.messages)
    same = (each for each in theirs if each.takes_in(complains=complains))
    return next(told, None) or next(same, None)


async def _more(body: FeedbackIn, origin: OriginOfNew, known: Feedback, desk: Desk) -> JSONResponse:
    """Add the words to the complaint that there is."""
    words = commands.AddWords(
        by=origin.caller.role,
        complainant=True,
        message_id=origin.new_id("words"),
        channel=body.channel,
        text=body.text,
    )
    answer = {"feedback_id": str(known.feedback_id), "number": known.number}
    heard = commands.HearMore(words=words, urgent=body.urgent)
    done = await desk.perform(origin, feedback_stream(known.feedback_id), heard, answer, answer_from_state=situation_of)
    return receipt(done, 200, f"/v1/feedback/{known.number}")


async def _about(number: str | None, caller: Caller, desk: Desk) -> Any:
    """The ticket of that number. Raises Trouble (422), also for another account's."""
    if number is None:
        return None
    rows = await desk.store.query(queries.ABOUT, number.strip().upper())
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
    wanted: Filters,
    kind: AnyOf[KindName] = None,
    channel: AnyOf[Channel] = None,
    acknowledged: bool | None = None,
) -> Summaries:
    """What customers said, the latest first; a customer sees what came from its account."""
    rows = await select(desk, who, wanted, complaints=False, kind=kind, channel=channel, acknowledged=acknowledged)
    shown = page(rows, wanted.limit, request, response, "received_at", "feedback_id")
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


@router.post("/{id}/told")
async def told(body: ToldIn, acting: Acting) -> JSONResponse:
    """Note what you told the customer by telephone or letter, because a letter did not reach them."""
    letters = tuple(body.letters) if body.letters else None
    return await acting.take(commands.NoteTold, channel=body.channel, text=body.text, letters=letters)


@router.post("/{id}/words")
async def add(body: WordsIn, acting: Acting) -> JSONResponse:
    """Add the customer's words: part of the same feedback, without a new deadline."""
    if acting.origin.caller.role in CUSTOMERS and (faults := _wrong_channel(body.channel)):
        raise misunderstood(faults[0].detail, *faults)
    message_id = acting.origin.new_id("message")
    return await acting.take(
        commands.AddWords,
        {"message_id": str(message_id)},
        complainant=acting.found.complainant,
        message_id=message_id,
        channel=body.channel,
        text=body.text,
    )


@router.post("/{id}/split", status_code=201)
async def split(body: SplitIn, acting: Acting, desk: TheDesk) -> JSONResponse:
    """Make a message of the customer a matter of its own: it counts from when the message came.

    So staff also take a new complaint after the CEO's decision: they name what is new.
    """
    origin, found = acting.origin, acting.found
    said = found.message(body.message_id)
    new_id, number = origin.new_id("feedback"), await acting.context.numbers.next()
    first = found.facts[0].event
    by, answer = origin.caller.role, {"feedback_id": str(new_id), "number": number}
    off = commands.SplitOff(by=by, message_id=body.message_id, into=new_id, into_number=number, reason=body.reason)
    received = commands.ReceiveFeedback(
        by=by,
        now=desk.clock.now(),
        feedback_id=new_id,
        number=number,
        channel=said.event.channel,
        account_id=found.state.account_id,
        subject_id=found.state.subject_id,
        text=said.event.text,
        terms=acting.context.terms_at(said.happened_at),
        email=found.state.email,
        proposed=body.kind,
        about=first.about,
        about_number=first.about_number,
        received_at=said.happened_at,
        split_from=found.feedback_id,
        language=first.language,
        zone=first.zone,
        mail=said.event.mail,
    )
    steps = [Step("split", found.stream, off, answer), Step("new", feedback_stream(new_id), received)]
    done = (await desk.perform_together(origin, steps))[0]
    return receipt(done, 201, f"/v1/feedback/{done.answer['number']}")
