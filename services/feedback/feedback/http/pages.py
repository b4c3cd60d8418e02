"""The page behind the link in a survey mail: no account, no script, one form."""

from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from contracts.base import ERASED
from contracts.links import SurveyLink
from contracts.refusals import Refusal
from feedback.domain.refusals import CommentTooLong
from feedback.domain.state import Answered, Issued
from feedback.domain.survey import COMMENT_CHARACTERS
from feedback.http.answering import Answer, TheLinks, answer, asked_at, survey
from feedback.http.context import TheContext
from feedback.http.html import SHORTEN, FormTooLong, fields, page, trouble
from feedback.http.languages import Reader, TheReader
from kit.http.desk import Desk, TheDesk
from kit.http.problems import Trouble
from kit.store import Unavailable

router = APIRouter(prefix="/s", tags=["survey pages"])

FORM_BYTES = 128 * 1024
"""The largest form that is read."""
CHOOSE = "Please choose one of the five ratings."
RATING_WORDS = {1: "Poor", 2: "Fair", 3: "Good", 4: "Very good", 5: "Excellent"}


@router.get("/{token}", response_class=HTMLResponse)
async def ask(token: str, desk: TheDesk, links: TheLinks, reader: TheReader, rating: str = "") -> HTMLResponse:
    """The form, with the rating of the mail's link chosen. Opening it changes nothing: mail scanners open it too."""
    try:
        asked = await _asked(desk, links.read(token, desk), reader)
    except (Refusal, Trouble, Unavailable) as error:
        return trouble(error, reader)
    chosen, state = _chosen(rating), asked.state
    if isinstance(state, Answered):
        comment = "" if state.comment == ERASED else state.comment or ""
        return _form(asked, rating=chosen or state.rating, comment=comment, answered=True)
    return _form(asked, rating=chosen)


@router.post("/{token}", response_class=HTMLResponse)
async def take(
    token: str, request: Request, desk: TheDesk, links: TheLinks, context: TheContext, reader: TheReader
) -> HTMLResponse:
    """Record the answer and give thanks, or show the form again with what is wrong."""
    try:
        link = links.read(token, desk)
        asked = await _asked(desk, link, reader)
    except (Refusal, Trouble, Unavailable) as error:
        return trouble(error, reader)
    reader = asked.reader
    chosen, comment, complaint = None, "", False
    try:
        rating, comment, complaint = await _fields(request)
        chosen = _chosen(rating)
        if chosen is None:
            return _form(asked, comment=comment, complaint=complaint, fault=reader.say(CHOOSE), status=422)
        done = await answer(desk, context, link, Answer(chosen, comment or None, complaint))
    except CommentTooLong:
        fault = reader.say(SHORTEN, most=COMMENT_CHARACTERS)
        shown = comment[:COMMENT_CHARACTERS]
        return _form(asked, rating=chosen, comment=shown, complaint=complaint, fault=fault, status=422)
    except (Refusal, Trouble, Unavailable) as error:
        return trouble(error, reader)
    return page(
        "thanks.html",
        200,
        reader,
        rating=RATING_WORDS[chosen],
        ticket=asked.number,
        number=done.answer.get("feedback"),
        until=reader.at(links.good_until(token)),
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """A survey, with what its page says of the closing that it is about. `reader`: its requester."""

    state: Issued | Answered
    closing: int
    closed_on: str
    reader: Reader

    @property
    def number(self) -> str:
        """Of the ticket."""
        return (self.state.asked if isinstance(self.state, Answered) else self.state).number


async def _asked(desk: Desk, link: SurveyLink, reader: Reader) -> _Asked:
    """The survey behind a link. Raises UnknownSurvey, or Unavailable while the log may be incomplete."""
    state = await survey(desk, link)
    asked = state.asked if isinstance(state, Answered) else state
    reader = reader.of(asked.language, asked.zone)
    return _Asked(state, link.closing, reader.day(await asked_at(desk, link)), reader)


def _chosen(rating: str) -> int | None:
    return int(rating) if rating in {"1", "2", "3", "4", "5"} else None


async def _fields(request: Request) -> tuple[str, str, bool]:
    """Rating, comment, and whether that is a complaint.

    Raises CommentTooLong for too large a form, Trouble for what is no form.
    """
    try:
        given = await fields(request, FORM_BYTES)
    except FormTooLong:
        raise CommentTooLong from None
    ratings = given.get("rating", [])
    comment = given.get("comment", [""])[0].replace("\r\n", "\n")
    return ratings[0] if len(ratings) == 1 else "", comment, "complaint" in given


def _form(
    asked: _Asked,
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
        asked.reader,
        number=asked.number,
        closing=asked.closing,
        closed_on=asked.closed_on,
        words=RATING_WORDS,
        rating=rating,
        comment=comment,
        complaint=complaint,
        answered=answered,
        fault=fault,
        longest=COMMENT_CHARACTERS,
    )
