"""Answers with a proof: as JSON, text or HTML page, as the caller prefers."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

Format = Literal["json", "text", "html"]
FORMATS: dict[str, Format] = {"application/json": "json", "*/*": "json", "text/plain": "text", "text/html": "html"}
TEXT_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {"schema": {"type": "string"}} for kind in ("text/plain", "text/html")}}
}
"""For `responses=` of a route: its answers other than JSON."""
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
"""Headers of the page: a browser may load nothing for it."""

AsFormat = Annotated[Format | None, Query(description="Wins over the Accept header")]
Rows = Annotated[int, Query(ge=10, le=10_000, description="Of the table, about: longer ones are merged")]


def explained(
    request: Request, asked: Format | None, json: Callable[[], bytes], text: Callable[[], str], page: Callable[[], str]
) -> Response:
    """The proof in the format of the query (`asked`) or else of the Accept header. Only that format is made."""
    headers = {"Vary": "Accept"}
    match asked or preferred(request.headers.get("accept", "")):
        case "text":
            return PlainTextResponse(text(), headers=headers)
        case "html":
            return HTMLResponse(page(), headers=headers | PAGE_HEADERS)
        case "json":
            return Response(json(), headers=headers, media_type="application/json")


def preferred(accept: str) -> Format:
    """The first format that the Accept header names, whatever its weights; else JSON."""
    named = (part.partition(";")[0].strip() for part in accept.split(","))
    return next((FORMATS[one] for one in named if one in FORMATS), "json")
