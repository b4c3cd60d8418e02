"""What the pages behind signed links have in common: no account, no script, one form."""

from urllib.parse import parse_qs

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined

from contracts.refusals import Refusal
from kit.http.problems import Trouble
from kit.store import Unavailable

FORM = "application/x-www-form-urlencoded"
HEADERS = {
    # Whoever knows the address may answer: keep it out of other sites' logs, caches and search engines.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
}

_PAGES = Environment(loader=PackageLoader("feedback"), autoescape=True, undefined=StrictUndefined)


class FormTooLong(Exception):
    """The form has more bytes than are read."""


async def fields(request: Request, at_most: int) -> dict[str, list[str]]:
    """The fields of a form. Raises FormTooLong beyond `at_most` bytes, Trouble for what is no form."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise Trouble(415, "unsupported-media-type", "This takes the form of its page, and nothing else.")
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > at_most:
            raise FormTooLong
    return parse_qs(body.decode("utf-8", "replace"), max_num_fields=10, errors="replace")


def trouble(error: Refusal | Trouble | Unavailable) -> HTMLResponse:
    """The page for an error."""
    match error:
        case Refusal():
            return page("trouble.html", error.status, title=error.title(), detail=error.detail)
        case Trouble(problem=problem) if problem.status < 500:
            return page("trouble.html", problem.status, title=problem.title, detail="")
    return page("trouble.html", 503, title="We can't take your answer just now.", detail="Please try again shortly.")


def page(name: str, status: int, **given: object) -> HTMLResponse:
    """A template as a page."""
    return HTMLResponse(_PAGES.get_template(name).render(given), status, HEADERS)
