"""The page behind the link in a survey mail: no account, no script, one form."""

from dataclasses import dataclass
from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from contracts.base import ERASED
from contracts.refusals import Refusal
from contracts.texts import Blank
from feedback.domain.refusals import AnswerStands, AnswerTooLate, CommentTooLong
from feedback.domain.state import Answered, Issued
from feedback.domain.survey import ANSWER_DAYS, CHANGE_DAYS, COMMENT_CHARACTERS, check_time, open_until
from feedback.http.answering import Answer, TheLinks, answer, asked_at, asked_of, origin_of_link
from feedback.http.context import TheContext
from feedback.http.html import NO_WORDS, SHORTEN, page, trouble
from feedback.http.languages import Reader, TheReader
from kit.http.desk import Desk, TheDesk
from kit.http.pages import FormTooLong, fields
from kit.http.problems import Trouble
from kit.store import Unavailable

router = APIRouter(prefix="/s", tags=["survey pages"])

FORM_BYTES = 128 * 1024
"""The largest form that is read."""
STANDS = (
    "It could be changed for %(days)s days after the first answer, until %(until)s. If there is more to say, answer "
    "the mail or open a ticket."
)
TOO_LATE = "It could be answered for %(days)s days after the closing, until %(until)s."
CHOOSE = "Please choose one of the five ratings."
RATING_WORDS = {1: "Poor", 2: "Fair", 3: "Good", 4: "Very good", 5: "Excellent"}


@router.get("/{token}", response_class=HTMLResponse)
async def ask(token: str, desk: TheDesk, links: TheLinks, reader: TheReader, rating: str = "") -> HTMLResponse:
    """The form, with the rating of the mail's link chosen. Opening it changes nothing: mail scanners open it too.

    Once the answer can't be changed any more, the page shows it.
    """
    try:
        asked = await _asked(desk, await links.survey(token, desk), reader)
    except (Refusal, Trouble, Unavailable) as error:
        return trouble(error, reader)
    state = asked.state
    try:
        check_time(state, desk.clock.now())
    except AnswerStands:
        return _stands(asked, 200)
    except AnswerTooLate:
        return _too_late(asked)
    chosen = _chosen(rating)
    if isinstance(state, Answered):
        return _form(asked, rating=chosen or state.rating, comment=_comment(state), answered=True)
    return _form(asked, rating=chosen)


@router.post("/{token}", response_class=HTMLResponse)
async def take(
    token: str, request: Request, desk: TheDesk, links: TheLinks, context: TheContext, reader: TheReader
) -> HTMLResponse:
    """Record the answer and give thanks, or show the form again with what is wrong."""
    try:
        asked = await _asked(desk, await links.survey(token, desk), reader)
    except (Refusal, Trouble, Unavailable) as error:
        return trouble(error, reader)
    reader = asked.reader
    chosen, comment, complaint = None, "", False
    try:
        check_time(asked.state, desk.clock.now())
        rating, comment, complaint = await _fields(request)
        chosen = _chosen(rating)
        if chosen is None:
            return _form(asked, comment=comment, complaint=complaint, fault=reader.say(CHOOSE), status=422)
        given = Answer(chosen, comment or None, complaint)
        done = await answer(desk, context, origin_of_link(asked.state, given, None), asked.state, given)
    except Blank:
        return _form(asked, rating=chosen, complaint=complaint, fault=reader.say(NO_WORDS), status=422)
    except AnswerStands as stands:
        return _stands(asked, stands.status)
    except AnswerTooLate:
        return _too_late(asked)
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
        complaint=complaint,
        until=reader.at(datetime.fromisoformat(done.answer["open_until"])),
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """A survey, with what its page says of the closing that it is about. `reader`: its requester."""

    state: Issued | Answered
    closed_on: str
    reader: Reader

    @property
    def number(self) -> str:
        """Of the ticket."""
        return asked_of(self.state).number


async def _asked(desk: Desk, state: Issued | Answered, reader: Reader) -> _Asked:
    asked = asked_of(state)
    reader = reader.of(asked.language, asked.zone)
    return _Asked(state, reader.day(await asked_at(desk, asked)), reader)


def _stands(asked: _Asked, status: int) -> HTMLResponse:
    """The page with an answer that can't be changed any more."""
    state = asked.state
    assert isinstance(state, Answered)
    why = asked.reader.say(STANDS, days=CHANGE_DAYS, until=asked.reader.at(open_until(state)))
    rating, comment = RATING_WORDS[state.rating], _comment(state)
    return page("answered.html", status, asked.reader, number=asked.number, rating=rating, comment=comment, why=why)


def _too_late(asked: _Asked) -> HTMLResponse:
    """The page for a first answer that comes too late."""
    reader = asked.reader
    return trouble(
        AnswerTooLate(reader.say(TOO_LATE, days=ANSWER_DAYS, until=reader.at(open_until(asked.state)))), reader
    )


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
        closing=asked_of(asked.state).closing,
        closed_on=asked.closed_on,
        words=RATING_WORDS,
        rating=rating,
        comment=comment,
        complaint=complaint,
        answered=answered,
        fault=fault,
        longest=COMMENT_CHARACTERS,
    )
