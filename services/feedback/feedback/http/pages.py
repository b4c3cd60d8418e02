"""The page behind the link in a survey mail: no account, no script, one form."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from contracts.base import ERASED
from contracts.refusals import Refusal
from feedback.domain.refusals import AnswerStands, CommentTooLong, RatingOutOfRange
from feedback.domain.state import Answered, Issued
from feedback.domain.survey import COMMENT_CHARACTERS, check_time
from feedback.http.answering import Answer, TheLinks, answer, origin_of_link
from feedback.http.context import TheContext
from feedback.http.html import FormTooLong, fields, page, trouble
from kit.http.desk import TheDesk
from kit.http.problems import Trouble
from kit.store import Unavailable

router = APIRouter(prefix="/s", tags=["survey pages"])

FORM_BYTES = 128 * 1024
"""The largest form that is read."""
RATING_WORDS = {1: "Poor", 2: "Fair", 3: "Good", 4: "Very good", 5: "Excellent"}


@router.get("/{token}", response_class=HTMLResponse)
async def ask(token: str, desk: TheDesk, links: TheLinks, rating: str = "") -> HTMLResponse:
    """The form, with the rating of the mail's link chosen. Opening it changes nothing: mail scanners open it too.

    Once the answer can't be changed any more, the page shows it.
    """
    try:
        state = await links.survey(token, desk)
        check_time(state, desk.clock.now())
    except AnswerStands as stands:
        return _answer(state, stands, 200)
    except (Refusal, Trouble, Unavailable) as error:
        return trouble(error)
    chosen = _chosen(rating)
    if isinstance(state, Answered):
        comment = _comment(state)
        return _form(rating=chosen or state.rating, comment=comment, answered=True)
    return _form(rating=chosen)


@router.post("/{token}", response_class=HTMLResponse)
async def take(token: str, request: Request, desk: TheDesk, links: TheLinks, context: TheContext) -> HTMLResponse:
    """Record the answer and give thanks, or show the form again with what is wrong."""
    chosen, comment, complaint = None, "", False
    try:
        state = await links.survey(token, desk)
        check_time(state, desk.clock.now())
        rating, comment, complaint = await _fields(request)
        chosen = _chosen(rating)
        if chosen is None:
            raise RatingOutOfRange("Please choose one of the five ratings.", field="rating")
        given = Answer(chosen, comment or None, complaint)
        done = await answer(desk, context, origin_of_link(state, given, None), state, given)
    except AnswerStands as stands:
        return _answer(state, stands, stands.status)
    except (RatingOutOfRange, CommentTooLong) as error:
        shown = comment[:COMMENT_CHARACTERS]
        return _form(rating=chosen, comment=shown, complaint=complaint, fault=error.detail, status=422)
    except (Refusal, Trouble, Unavailable) as error:
        return trouble(error)
    until = datetime.fromisoformat(done.answer["open_until"])
    return page(
        "thanks.html",
        200,
        rating=RATING_WORDS[chosen],
        number=done.answer.get("feedback"),
        until=f"{until.day} {until:%B %Y, %H:%M:%S} UTC",
    )


def _answer(state: Issued | Answered, stands: AnswerStands, status: int) -> HTMLResponse:
    """The page with an answer that can't be changed any more."""
    if not isinstance(state, Answered):
        return trouble(stands)
    return page("answered.html", status, rating=RATING_WORDS[state.rating], comment=_comment(state), why=stands.detail)


def _comment(state: Answered) -> str:
    return "" if state.comment == ERASED else state.comment or ""


def _chosen(rating: str) -> int | None:
    return int(rating) if rating in {"1", "2", "3", "4", "5"} else None


async def _fields(request: Request) -> tuple[str, str, bool]:
    """Rating, comment, and whether that is a complaint.

    Raises CommentTooLong for too large a form, Trouble for what is no form.
    """
    try:
        given = await fields(request, FORM_BYTES)
    except FormTooLong:
        raise CommentTooLong(f"Please shorten it to {COMMENT_CHARACTERS} characters.", field="comment") from None
    ratings = given.get("rating", [])
    comment = given.get("comment", [""])[0].replace("\r\n", "\n")
    return ratings[0] if len(ratings) == 1 else "", comment, "complaint" in given


def _form(
    *,
    rating: int | None = None,
    comment: str = "",
    complaint: bool = False,
    answered: bool = False,
    fault: str = "",
    status: int = 200,
) -> HTMLResponse:
    return page(
        "survey.html",
        status,
        words=RATING_WORDS,
        rating=rating,
        comment=comment,
        complaint=complaint,
        answered=answered,
        fault=fault,
        longest=COMMENT_CHARACTERS,
    )
