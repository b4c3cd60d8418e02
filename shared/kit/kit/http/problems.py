"""Errors over HTTP: RFC 9457 problem details that name the field and the fix, and never a stack trace."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException
from starlette.routing import Match

from contracts.errors import UnknownEvent
from contracts.refusals import Refusal
from kit.http.auth import NotAuthenticated
from kit.store import BadValue, ClockWrong, ReadOnly, ShardClosed, Unavailable

TYPES = "https://punctual.example/problems/"
FIXES = {
    "missing": "add it",
    "extra_forbidden": "leave it out, or look at its name again",
    "timezone_aware": "write its offset too, as in 2026-07-13T13:30:00Z",
    "datetime_from_date_parsing": "write an instant such as 2026-07-13T13:30:00Z",
    "datetime_parsing": "write an instant such as 2026-07-13T13:30:00Z",
    "uuid_parsing": "write an id such as 2d1f6d1a-52a6-4b8c-9d0a-6f1f8a1c7e55",
    "json_invalid": "send one JSON object",
}
"""The fix, by pydantic's type of error, where pydantic's message doesn't say it."""

REASONS: dict[type[Unavailable] | type[None], tuple[str, str]] = {
    ReadOnly: ("database-read-only", "The service's database takes no writes now."),
    ClockWrong: ("clock-wrong", "The service's clock is wrong, and nothing is recorded by a wrong clock."),
}
"""The slug and title of a 503, by the error, if the database does answer."""

log = structlog.get_logger("http")


class FieldError(BaseModel):
    """One field of the request, and what is wrong with it."""

    field: str = Field(examples=["severity"])
    detail: str = Field(examples=["Input should be less than or equal to 4"])


class Problem(BaseModel):
    """The body of every error (application/problem+json)."""

    type: str = Field(examples=[TYPES + "invalid-request"])
    title: str = Field(examples=["The request is not understood."])
    status: int = Field(examples=[422])
    detail: str = Field("", examples=["Correct the fields named in errors, and send it again."])
    errors: list[FieldError] = []


SLUGS = {401: "not-authenticated", 413: "too-long"}
UNREADABLE = "The body can't be read: write JSON in UTF-8, without endless nesting and endless numbers."


class Trouble(Exception):
    """An error that answers the request with a problem."""

    def __init__(
        self, status: int, slug: str, title: str, detail: str = "", errors: Sequence[FieldError] = (), **headers: str
    ) -> None:
        super().__init__(title)
        self.problem = Problem(type=TYPES + slug, title=title, status=status, detail=detail, errors=list(errors))
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}


def refused(refusal: Refusal) -> Trouble:
    """A core's refusal as a problem."""
    errors = [FieldError(field=refusal.field, detail=refusal.detail or refusal.title())] if refusal.field else []
    return Trouble(refusal.status, refusal.slug, refusal.title(), refusal.detail, errors)


def unavailable(error: Unavailable | None = None) -> Trouble:
    """The database gave no answer: the outcome is unknown, and it is safe to retry with the same key."""
    if isinstance(error, ShardClosed):
        return _closed(error.reason)
    slug, title = REASONS.get(type(error), ("unavailable", "The service can't reach its database now."))
    return Trouble(
        503,
        slug,
        title,
        "Send the same request again with the same Idempotency-Key: it will not be carried out twice.",
        Retry_After="1",
    )


def of_newer_release() -> Trouble:
    """A newer release of this service has written events that this one can't read, so it must not decide."""
    return Trouble(
        503,
        "newer-release",
        "A newer release of the service has written about this.",
        "Send the same request again: a process of that release can answer it.",
        Retry_After="1",
    )


def starting() -> Trouble:
    """The service has not started; perhaps it waits for its database."""
    return Trouble(
        503,
        "starting",
        "The service is starting, and waits for what it stands on.",
        "Send the same request again; nothing of it was carried out. Its /readyz says what it waits for.",
        Retry_After="2",
    )


def _closed(reason: str) -> Trouble:
    """The shard is closed: nothing was done, and other shards go on."""
    said = (
        "It is compared with what the broker has of it, and completed if something is missing. " if not reason else ""
    )
    return Trouble(
        503,
        "log-stopped" if reason else "log-not-compared",
        "The part of the log that this concerns takes nothing now.",
        f"{said or f'Somebody must see to it: {reason}. '}Send the same request again with the same Idempotency-Key.",
        Retry_After="60" if reason else "1",
    )


def misunderstood(detail: str, *errors: FieldError) -> Trouble:
    """A request that is wrong: `detail` says what to do, `errors` names the fields."""
    return Trouble(422, "invalid-request", "The request is not understood.", detail, errors)


async def _whole() -> bool:
    return True


def install(app: FastAPI, whole: Callable[[], Awaitable[bool]] = _whole) -> None:
    """Make every error of an app a problem.

    `whole`: whether the log is complete. While it isn't, a 404 becomes a 503: what was sought may be missing.
    """

    @app.exception_handler(Trouble)
    async def trouble(request: Request, error: Trouble) -> JSONResponse:
        try:
            if error.problem.status == 404 and not await whole():
                error = unavailable(ShardClosed())
        except Unavailable as nobody_knows:
            error = unavailable(nobody_knows)
        return answer(error)

    @app.exception_handler(Refusal)
    async def refusal(request: Request, error: Refusal) -> JSONResponse:
        return await trouble(request, refused(error))

    @app.exception_handler(Unavailable)
    async def away(request: Request, error: Unavailable) -> JSONResponse:
        return answer(unavailable(error))

    @app.exception_handler(UnknownEvent)
    async def newer(request: Request, error: UnknownEvent) -> JSONResponse:
        return answer(of_newer_release())

    @app.exception_handler(BadValue)
    async def unfit(request: Request, error: BadValue) -> JSONResponse:
        return answer(misunderstood(f"A value in it is none for the database: {error}"))

    @app.exception_handler(NotAuthenticated)
    async def unknown(request: Request, error: NotAuthenticated) -> JSONResponse:
        trouble = Trouble(401, "not-authenticated", "Who is asking?", str(error), WWW_Authenticate="Bearer")
        return answer(trouble)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = [FieldError(field=_path(fault["loc"]), detail=_describe(fault)) for fault in error.errors()]
        return answer(misunderstood("Correct the fields named in errors, and send it again.", *errors))

    @app.exception_handler(HTTPException)
    async def http(request: Request, error: HTTPException) -> Response:
        if error.status_code == 405:
            return _other_method(request)
        phrase = HTTPStatus(error.status_code).phrase
        slug = SLUGS.get(error.status_code, phrase.lower().replace(" ", "-"))
        detail = UNREADABLE if error.detail == "There was an error parsing the body" else str(error.detail or "")
        trouble = Trouble(error.status_code, slug, phrase, detail)
        trouble.headers = dict(error.headers or {})
        return answer(trouble)

    @app.exception_handler(Exception)
    async def unforeseen(request: Request, error: Exception) -> JSONResponse:
        log.exception("unforeseen", path=request.url.path, exc_info=error)
        return answer(Trouble(500, "internal", "Something went wrong on our side.", "It was logged; try again later."))


def _other_method(request: Request) -> Response:
    """The answer to a method that no route of the path has: it lists the methods of all routes of the path."""
    found = [route for route in request.app.router.routes if route.matches(request.scope)[0] is not Match.NONE]
    methods = {method for route in found for method in getattr(route, "methods", None) or ()}
    allowed = ", ".join(sorted(methods | ({"HEAD"} if "GET" in methods else set())))
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": allowed})
    return answer(Trouble(405, "method-not-allowed", "Method Not Allowed", f"Use one of {allowed}.", Allow=allowed))


def answer(error: Trouble) -> JSONResponse:
    """The problem as a response."""
    problem = error.problem
    if problem.status < 500:
        log.info("refused", status=problem.status, type=problem.type, errors=[e.field for e in problem.errors])
    body = problem.model_dump(exclude_defaults=True) | {"status": problem.status}
    return JSONResponse(body, problem.status, error.headers, media_type="application/problem+json")


def _describe(fault: Mapping[str, Any]) -> str:
    """What is wrong with a field, and how to fix it."""
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{message}; {FIXES[fault['type']]}" if fault["type"] in FIXES else message


def _path(loc: Sequence[Any]) -> str:
    """The name of the field at fault, wherever in the request it is."""
    where, *path = map(str, loc)
    if where == "query":
        return path[0]  # not which value of a list: they have no order
    field = ".".join(path)
    return where if not field or field.isdecimal() else field  # a number is the position at which the text is no JSON
