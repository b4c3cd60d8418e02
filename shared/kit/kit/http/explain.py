"""How a proof is answered over HTTP: as JSON, as text to read, or as a page, as the caller prefers."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

Format = Literal["json", "text", "html"]
FORMATS: dict[str, Format] = {"application/json": "json", "*/*": "json", "text/plain": "text", "text/html": "html"}
TEXT_RESPONSES: dict[int | str, dict[str, Any]] = {
    200: {"content": {kind: {"schema": {"type": "string"}} for kind in ("text/plain", "text/html")}}
}
"""For `responses=` of the route."""
PAGE_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
}
"""What a browser may load for the page."""

AsFormat = Annotated[Format | None, Query(description="Wins over the Accept header")]
Rows = Annotated[int, Query(ge=10, le=10_000, description="Of the table, about: longer ones are merged")]


def explained(
    request: Request, asked: Format | None, json: Callable[[], bytes], text: Callable[[], str], page: Callable[[], str]
) -> Response:
    """The proof as `asked` or, where the request's query doesn't say, as its Accept header prefers. Only the form that
    is wanted is made."""
    headers = {"Vary": "Accept"}
    match asked or preferred(request.headers.get("accept", "")):
        case "text":
            return PlainTextResponse(text(), headers=headers)
        case "html":
            return HTMLResponse(page(), headers=headers | PAGE_HEADERS)
        case "json":
            return Response(json(), headers=headers, media_type="application/json")


def preferred(accept: str) -> Format:
    """What is named first."""
    named = (part.partition(";")[0].strip() for part in accept.split(","))
    return next((FORMATS[one] for one in named if one in FORMATS), "json")
