"""Reports for staff and analysts, as JSON or CSV: satisfaction (P16), complaints and what was promised (P17-P22).

They have no words of persons. A report names the instant as known at which it is; asked for again with that instant, it
has the same bytes.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import BaseModel, Field

from feedback import queries
from feedback.domain.rights import READ_REPORTS
from feedback.http.context import TheContext
from feedback.http.settling import settle
from feedback.report import complaints, satisfaction
from feedback.report.period import Period, midnight, month_starts
from feedback.report.sheet import sheet
from hours.zones import check_zone
from kit.http.command_origin import Who
from kit.http.desk import ERRORS, Desk, TheDesk
from kit.http.instants import Instant, InstantOrDate
from kit.http.problems import FieldError, misunderstood

router = APIRouter(prefix="/v1/reports", tags=["reports"], responses=ERRORS)

CSV: dict[int | str, dict[str, Any]] = {200: {"content": {"text/csv": {"schema": {"type": "string"}}}}}
"""For `responses=` of a route: its answer other than JSON."""

Bound = Annotated[
    InstantOrDate | None,
    Query(
        description="An instant, or a date, which begins at midnight in the zone",
        examples=["2026-07-01", "2026-07-01T00:00:00Z"],
    ),
]
Zone = Annotated[str, Query(description="By whose clock days and months begin", examples=["America/New_York"])]
KnownAt = Annotated[
    Instant | None,
    Query(description="As it was known at this instant: without what was recorded from then on. Now, if left out."),
]
AsFormat = Annotated[Literal["json", "csv"] | None, Query(description="Wins over the Accept header")]


class Report(BaseModel):
    """What a report is about."""

    report: str = Field(examples=["satisfaction"])
    by: str = Field(description="What its rows are", examples=["month"])
    since: datetime | None = Field(description="The first instant of the period; null: there is no first")
    until: datetime | None = Field(description="The first instant after it; null: there is none")
    zone: str = Field(examples=["America/New_York"])
    known_at: datetime = Field(description="Asked for again with this instant, the report has the same bytes")


class SatisfactionRow(BaseModel):
    """How the support was rated. Percentages are cut to two decimals; `–`: there is nothing to count."""

    group: str = Field(description="The month, severity, tier or engineer", examples=["2026-07"])
    asked: int = Field(description="Closings that were asked about")
    delivered: int = Field(description="Of these, those whose mail was sent, or that were answered")
    answered: int | None = Field(description="Of these, those that were answered; null: hidden")
    response_rate: str | None = Field(description="Of those delivered, in percent; null: hidden", examples=["66.66"])
    ratings: dict[int, int] | None = Field(description="How many last answers had each rating; null: hidden")
    average: str | None = Field(description="Of the ratings; null: hidden", examples=["4.33"])
    hidden: bool = Field(description="So few answered that the row, or one beside it, would show who said what")


class SatisfactionReport(Report):
    """Satisfaction, by the period of the closing; each closing counts for itself, with its last answer."""

    rows: list[SatisfactionRow]
    total: SatisfactionRow


class ComplaintsRow(BaseModel):
    """A row of figures."""

    group: str = Field(description="The stage, promise or number of renewals; `total`: all", examples=["review"])
    figures: dict[str, int | str] = Field(examples=[{"complaints": 3, "up_to_7_days": 2, "older": 0}])


class ComplaintsReport(Report):
    """Complaints and promises. The last row is the total."""

    rows: list[ComplaintsRow]


async def _period(
    desk: TheDesk,
    who: Who,
    context: TheContext,
    since: Bound = None,
    until: Bound = None,
    zone: Zone = "UTC",
    known_at: KnownAt = None,
) -> Period:
    """The period that is asked about, once nothing can be recorded any more as of then. Raises Trouble."""
    READ_REPORTS.demand(who.role)
    now = desk.clock.now()
    try:
        check_zone(zone)
    except ValueError as error:
        raise misunderstood(str(error), FieldError(field="zone", detail=str(error))) from None
    first, end = (_begun(bound, zone, name) for bound, name in ((since, "since"), (until, "until")))
    if first and end and end <= first:
        fault = FieldError(field="until", detail="is not after since; name a later instant")
        raise misunderstood("Ask for a span of time.", fault)
    if known_at and known_at > now:
        raise misunderstood("Ask about the past.", FieldError(field="known_at", detail="lies in the future"))
    at = known_at or now
    await settle(desk, at, sound=context.process.sound())
    return Period(since=first, until=end, zone=zone, known_at=at)


ThePeriod = Annotated[Period, Depends(_period)]


def _begun(bound: datetime | date | None, zone: str, name: str) -> datetime | None:
    if bound is None or isinstance(bound, datetime):
        return bound
    try:
        return midnight(bound, zone)
    except OverflowError:
        detail = "is too far away; name a date between 0002 and 9998"
        raise misunderstood(detail, FieldError(field=name, detail=detail)) from None


@router.get("/satisfaction", response_model=SatisfactionReport, responses=CSV)
async def report_satisfaction(
    request: Request,
    desk: TheDesk,
    period: ThePeriod,
    by: satisfaction.By = "month",
    format: AsFormat = None,
) -> Response:
    """How customers rated the support, by month, severity, tier or engineer, as the tickets were when they were closed.

    An engineer's ratings are shown from five answers on. Where the total would give them away, those of the engineer
    with the next fewest answers are hidden too.
    """
    found = satisfaction.satisfaction(await _closings(desk, period), period, by)
    head = _head("satisfaction", by, period)
    if _wants_csv(request, format):
        names = ("group", "asked", "delivered", "answered", "response_rate", "average")
        columns = (*names, *(f"rated_{rating}" for rating in range(1, 6)))
        return _csv(head, columns, [_cells(row, names) for row in (*found.rows, found.total)])
    return _json(
        SatisfactionReport(
            **head, rows=[_satisfaction_row(row) for row in found.rows], total=_satisfaction_row(found.total)
        )
    )


@router.get("/complaints", response_model=ComplaintsReport, responses=CSV)
async def report_complaints(
    request: Request,
    desk: TheDesk,
    period: ThePeriod,
    by: complaints.By = "stage",
    format: AsFormat = None,
) -> Response:
    """Complaints received in the period: `stage`, by stage and age; `renewals`, by how often their time was renewed.

    `promise`: what became of the promises about feedback and complaints, by the instant of the verdict; those that are
    still running are counted if they were made before the period ended.
    """
    if by == "promise":
        rows = await desk.store.query(queries.PROMISED, period.since, period.until, period.known_at)
        found = complaints.by_promise(
            [complaints.Promises(promise=row["promise"], outcome=row["outcome"], count=row["promises"]) for row in rows]
        )
    else:
        rows = await desk.store.query(queries.COMPLAINTS, period.since, period.until, period.known_at)
        every = (complaints.Complaint(**dict(row)) for row in rows)
        found = complaints.by_stage(every, period.known_at) if by == "stage" else complaints.by_renewals(every)
    head = _head("complaints", by, period)
    if _wants_csv(request, format):
        columns = ("group", *found[0].figures)
        return _csv(head, columns, [(row.group, *row.figures.values()) for row in found])
    return _json(
        ComplaintsReport(**head, rows=[ComplaintsRow(group=row.group, figures=dict(row.figures)) for row in found])
    )


async def _closings(desk: Desk, period: Period) -> list[satisfaction.Closings]:
    """The closings of the period, counted by the database: there are many in some years."""
    about = (period.since, period.until, period.known_at)
    (closed,) = await desk.store.query(queries.CLOSED, *about)
    if closed["first"] is None:
        return []
    starts = month_starts(closed["first"], closed["last"], period.zone)
    return [satisfaction.Closings(**dict(row)) for row in await desk.store.query(queries.CLOSINGS, *about, starts)]


def _head(report: str, by: str, period: Period) -> dict[str, Any]:
    return {
        "report": report,
        "by": by,
        "since": period.since,
        "until": period.until,
        "zone": period.zone,
        "known_at": period.known_at,
    }


def _satisfaction_row(row: satisfaction.Row) -> SatisfactionRow:
    return SatisfactionRow(
        group=row.group,
        asked=row.asked,
        delivered=row.delivered,
        answered=row.answered,
        response_rate=row.response_rate,
        ratings=None if row.ratings is None else dict(enumerate(row.ratings, 1)),
        average=row.average,
        hidden=row.hidden,
    )


def _cells(row: satisfaction.Row, names: Sequence[str]) -> list[object]:
    """The cells of a row; what is hidden says so."""
    ratings = row.ratings or (None,) * 5
    return ["hidden" if value is None else value for value in (*(getattr(row, name) for name in names), *ratings)]


def _wants_csv(request: Request, asked: Literal["json", "csv"] | None) -> bool:
    """Whether the query, or else the first format of the Accept header that we have, is CSV."""
    if asked:
        return asked == "csv"
    named = [part.partition(";")[0].strip().lower() for part in request.headers.get("accept", "").split(",")]
    return next((one for one in named if one in ("text/csv", "application/json", "*/*")), "") == "text/csv"


def _json(report: Report) -> Response:
    return Response(report.model_dump_json(), media_type="application/json", headers={"Vary": "Accept"})


def _csv(head: dict[str, Any], columns: Iterable[str], rows: Iterable[Iterable[object]]) -> Response:
    """A table whose every line says what it is about."""
    about = [value.isoformat() if isinstance(value, datetime) else value for value in head.values()]
    text = sheet([*head, *columns], [[*about, *row] for row in rows])
    headers = {
        "Vary": "Accept",
        "Content-Disposition": f'attachment; filename="{head["report"]}.csv"',
        "X-Content-Type-Options": "nosniff",
    }
    return Response(text, media_type="text/csv; charset=utf-8", headers=headers)
