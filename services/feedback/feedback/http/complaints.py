"""Complaints over HTTP: each step has a route (P18-P22). Who may take it, and when, its refusal says."""

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from feedback.domain import commands
from feedback.domain.state import Stage
from feedback.http.bodies import (
    AnswerIn,
    DecisionIn,
    JoinIn,
    MarkIn,
    NoteIn,
    OutcomeIn,
    QuestionIn,
    ReviewerIn,
    UpdateIn,
    UrgentIn,
    WithdrawalIn,
)
from feedback.http.context import Acting, Found, TheFeedback, find
from feedback.http.feedback import shown
from feedback.http.listing import Filters, select
from feedback.http.words import Summaries, Whole, summary
from kit.http.command_origin import Who
from kit.http.desk import ERRORS, Step, TheDesk, receipt
from kit.http.paging import AnyOf, page

router = APIRouter(prefix="/v1/complaints", tags=["complaints"], responses=ERRORS)


@router.get("")
async def listed(
    request: Request,
    response: Response,
    desk: TheDesk,
    who: Who,
    wanted: Filters,
    stage: AnyOf[Stage] = None,
) -> Summaries:
    """All complaints, the latest first; a customer sees those of its account."""
    rows = await select(desk, who, wanted, complaints=True, stage=stage)
    shown = page(rows, wanted.limit, request, response, "received_at", "feedback_id")
    return Summaries(items=[summary(row) for row in shown])


@router.get("/{id}")
async def one(found: TheFeedback, response: Response, desk: TheDesk) -> Whole:
    """A complaint with its history in words, its promises, and who is expected to do what until when."""
    return await shown(found, response, desk)


@router.post("/{id}/joined")
async def join(body: JoinIn, acting: Acting, desk: TheDesk) -> JSONResponse:
    """Review another complaint together with this one: it is about the same matter, and both customers are told."""
    here, other = acting.found, await find(desk, body.other, acting.origin.caller)
    answer = {"feedback_id": str(here.feedback_id), "number": here.state.number, "other": other.state.number}
    steps = [
        Step("join", here.stream, _joining(acting, other, leads=True), answer),
        Step("other", other.stream, _joining(acting, here, leads=False)),
    ]
    return receipt((await desk.perform_together(acting.origin, steps))[0])


def _joining(acting: Acting, other: Found, *, leads: bool) -> commands.JoinComplaint:
    return commands.JoinComplaint(
        by=acting.origin.caller.role,
        other=other.feedback_id,
        other_number=other.state.number,
        other_reviewer=other.state.reviewer,
        leads=leads,
    )


@router.post("/{id}/questions")
async def ask(body: QuestionIn, acting: Acting) -> JSONResponse:
    """Ask the customer for further information. No deadline waits for the answer."""
    return await acting.take(commands.AskInformation, question=body.question)


@router.post("/{id}/notes")
async def note(body: NoteIn, acting: Acting) -> JSONResponse:
    """Note something about the review. Customers never see it."""
    return await acting.take(commands.NoteReview, note_id=acting.origin.new_id("note"), text=body.text)


@router.post("/{id}/reviewer")
async def name_reviewer(body: ReviewerIn, acting: Acting) -> JSONResponse:
    """Have somebody else review a complaint about the VP."""
    return await acting.take(commands.NameReviewer, reviewer=body.reviewer, reason=body.reason)


@router.post("/{id}/updates")
async def update(body: UpdateIn, acting: Acting, desk: TheDesk) -> JSONResponse:
    """Tell the customer what delays the review, what is needed, and when the next word comes: the next deadline."""
    return await acting.take(
        commands.GiveUpdate,
        now=desk.clock.now(),
        delays=body.delays,
        needs=body.needs,
        next_at=body.next_at,
        policies=acting.context.policies,
    )


@router.post("/{id}/outcome")
async def give_outcome(body: OutcomeIn, acting: Acting, desk: TheDesk) -> JSONResponse:
    """Give the outcome of the review, or correct it (P20)."""
    return await acting.take(
        commands.GiveOutcome,
        now=desk.clock.now(),
        found=body.found,
        resolution=body.resolution,
        measures=body.measures,
        policies=acting.context.policies,
    )


@router.post("/{id}/acceptance")
async def accept(body: AnswerIn, acting: Acting) -> JSONResponse:
    """Accept the outcome; staff note that the customer does."""
    return await acting.take(commands.AcceptOutcome, complainant=acting.found.complainant, text=body.text)


@router.post("/{id}/dispute")
async def dispute(body: AnswerIn, acting: Acting) -> JSONResponse:
    """Do not accept the outcome: the CEO hears it (P21). Staff note that the customer doesn't."""
    return await acting.take(commands.DisputeOutcome, complainant=acting.found.complainant, text=body.text)


@router.post("/{id}/marks")
async def mark(body: MarkIn, acting: Acting) -> JSONResponse:
    """Say what the customer's free words after the outcome mean."""
    return await acting.take(commands.MarkWords, message_id=body.message_id, meaning=body.meaning)


@router.post("/{id}/decision")
async def decide(body: DecisionIn, acting: Acting) -> JSONResponse:
    """Decide as the CEO: that ends it (P21)."""
    return await acting.take(commands.DecideComplaint, decision=body.decision)


@router.post("/{id}/withdrawal")
async def withdraw(body: WithdrawalIn, acting: Acting) -> JSONResponse:
    """Withdraw the complaint: only the person who complained can. Staff note it, by the message that says so."""
    return await acting.take(
        commands.WithdrawComplaint, complainant=acting.found.complainant, message_id=body.message_id, text=body.text
    )


@router.post("/{id}/urgency")
async def make_urgent(body: UrgentIn, acting: Acting) -> JSONResponse:
    """Ask for an urgent resolution, straight from the VP; during arbitration from the CEO (P22)."""
    return await acting.take(commands.MakeUrgent, text=body.text)
