"""Surveys and ratings as JSON."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Header, Query, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, StrictInt

from feedback import queries
from feedback.domain.rights import RATE, READ_RATINGS
from feedback.domain.survey import COMMENT_CHARACTERS
from feedback.http.answering import TOKEN_CHARACTERS, Answer, TheLinks, answer, origin_of_link
from feedback.http.context import TheContext
from feedback.http.portal import find, own_surveys
from kit.http.bodies import Body
from kit.http.command_origin import Origin, Who
from kit.http.desk import ERRORS, TheDesk, receipt
from kit.http.instants import Instant
from kit.http.paging import AnyOf, after, page
from kit.http.problems import FieldError, misunderstood

router = APIRouter(prefix="/v1", tags=["feedback"])


class RatingIn(Body):
    """An answer to a survey."""

    rating: StrictInt = Field(ge=1, le=5, examples=[5], description="1 (poor) to 5 (excellent)")
    comment: str | None = Field(None, max_length=COMMENT_CHARACTERS, examples=["Quick, and to the point."])
    complaint: bool = Field(False, description="The comment is a complaint")


class AnswerIn(RatingIn):
    """An answer to a survey, by the holder of its signed link."""

    token: str = Field(max_length=TOKEN_CHARACTERS, description="The last part of the link in the survey mail")


class Survey(BaseModel):
    """What was asked about one closing of a ticket, and the last rating, if any.

    `open_until`: until when it takes an answer, or a change of it; null for surveys of earlier releases.
    """

    survey_id: UUID
    ticket_id: UUID
    number: str = Field(examples=["P-1042"])
    closing: int = Field(examples=[1])
    account_id: UUID
    issued_at: datetime
    rating: int | None = Field(examples=[5])
    answered_at: datetime | None
    open_until: datetime | None


class OwnSurvey(Survey):
    """A survey as its requester sees it, with the words of the last answer."""

    comment: str | None


class Surveys(BaseModel):
    """Some surveys, the latest first."""

    items: list[Survey]


class Ratings(BaseModel):
    """How the support was rated. `by_rating` counts the answers of each rating, 1 to 5."""

    surveys: int = Field(description="How many were asked in that time")
    count: int = Field(description="How many answered in that time")
    average: float | None = Field(examples=[4.25], description="None without answers")
    by_rating: dict[int, int]


@router.post("/surveys/answers")
async def answer_survey(
    body: AnswerIn,
    desk: TheDesk,
    links: TheLinks,
    context: TheContext,
    idempotency_key: Annotated[str | None, Header(max_length=255)] = None,
) -> JSONResponse:
    """Rate the support. The link is the right to do so; a later answer replaces an earlier one.

    Words are feedback, which a person acknowledges (P17); as a `complaint`, the VP reviews them.
    """
    state = await links.survey(body.token, desk)
    given = Answer(body.rating, body.comment, body.complaint)
    return receipt(await answer(desk, context, origin_of_link(state, given, idempotency_key), state, given))


@router.get("/surveys")
async def surveys(
    request: Request,
    response: Response,
    desk: TheDesk,
    who: Who,
    ticket_id: AnyOf[UUID] = None,
    cursor: Annotated[str | None, Query(max_length=500)] = None,
    limit: Annotated[int, Query(ge=1, le=500)] = 100,
) -> Surveys:
    """All surveys, the latest first, or those about a ticket. Customers see their own that can be answered."""
    if who.is_customer:
        mine = await own_surveys(desk, who, ticket_id, after(cursor, datetime.fromisoformat, UUID), limit + 1)
        shown = page(mine, limit, request, response, "issued_at", "survey_id")
        return Surveys(items=[_survey(row) for row in shown])
    READ_RATINGS.demand(who.role)
    rows = await desk.store.query(queries.LIST, ticket_id, *after(cursor, datetime.fromisoformat, UUID), limit + 1)
    shown = page(rows, limit, request, response, "issued_at", "survey_id")
    return Surveys(items=[_survey(row) for row in shown])


@router.get("/surveys/{id}", responses=ERRORS)
async def own_survey(id: UUID, response: Response, desk: TheDesk, who: Who) -> OwnSurvey:
    """A survey of yours, with your answer."""
    RATE.demand(who.role)
    found = await find(desk, id, who)
    response.headers["ETag"] = f'"{found.version}"'
    return OwnSurvey(**_survey(found.row).model_dump(), comment=found.comment)


@router.post("/surveys/{id}/answer", responses=ERRORS)
async def rate(id: UUID, body: RatingIn, origin: Origin, desk: TheDesk, context: TheContext) -> JSONResponse:
    """Rate the support, as by the link in the mail: it is the same survey, and the last answer counts."""
    RATE.demand(origin.caller.role)
    found = await find(desk, id, origin.caller)
    given = Answer(body.rating, body.comment, body.complaint)
    return receipt(await answer(desk, context, origin, found.state, given))


@router.get("/ratings")
async def ratings(
    desk: TheDesk,
    who: Who,
    since: Annotated[Instant | None, Query(description="from this instant on")] = None,
    until: Annotated[Instant | None, Query(description="before this instant")] = None,
) -> Ratings:
    """How the support was rated in all. The last answer to each survey counts."""
    READ_RATINGS.demand(who.role)
    if since and until and until <= since:
        fault = FieldError(field="until", detail="is not after since; name a later instant")
        raise misunderstood("Ask for a span of time.", fault)
    rows = await desk.store.query(queries.RATINGS, since, until)
    by_rating = dict.fromkeys(range(1, 6), 0) | {row["rating"]: row["answers"] for row in rows}
    count = sum(by_rating.values())
    average = sum(rating * answers for rating, answers in by_rating.items()) / count if count else None
    (asked,) = await desk.store.query(queries.ISSUED, since, until)
    return Ratings(surveys=asked["surveys"], count=count, average=average, by_rating=by_rating)


def _survey(row: Any) -> Survey:
    return Survey(**{name: row[name] for name in Survey.model_fields})
