"""Pages behind the links in our mails: no account, no script, one form. What those of all services have in common.

A template begins with `{% extends "layout.html" %}` and fills the blocks `title` and `main`.
"""

from urllib.parse import parse_qs

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import ChoiceLoader, Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException

from kit.http.problems import Trouble

FORM = "application/x-www-form-urlencoded"
MAX_FIELDS = 10
"""Fields of a form, at most."""
HEADERS = {
    # Whoever knows the address may answer: keep it out of other sites' logs, caches and search engines.
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
    "X-Robots-Tag": "noindex",
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
}


class FormTooLong(Exception):
    """The form has more bytes than are read."""


async def fields(request: Request, at_most: int) -> dict[str, list[str]]:
    """The fields of a form. Raises FormTooLong beyond `at_most` bytes, Trouble for what is no form."""
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() != FORM:
        raise Trouble(415, "unsupported-media-type", "This takes the form of its page, and nothing else.")
    body = b""
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > at_most:
                raise FormTooLong
    except HTTPException:  # beyond what is taken of anybody: they would be asked for a token
        raise FormTooLong from None
    try:
        return parse_qs(body.decode("utf-8", "replace"), max_num_fields=MAX_FIELDS, errors="replace")
    except ValueError:
        raise Trouble(422, "invalid-request", "This form has more fields than its page.") from None


def templates_of(package: str, *extensions: str) -> Environment:
    """The page templates of a service's package, on the common layout. It needs `language` and `vendor`."""
    loader = ChoiceLoader([PackageLoader(package), PackageLoader("kit.http")])
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined, extensions=extensions)


def shown(written: str, status: int, language: str, **headers: str) -> HTMLResponse:
    """A page as the answer: nobody keeps it, and it loads nothing."""
    return HTMLResponse(written, status, HEADERS | {"Content-Language": language} | headers)
