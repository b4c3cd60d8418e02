"""What the pages have in common: no account, no script, one form."""

from functools import cache, partial
from urllib.parse import parse_qs

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from starlette.exceptions import HTTPException

from contracts.languages import Language
from contracts.refusals import Refusal
from feedback.http.languages import Reader, translated
from kit.http.problems import Trouble
from kit.store import Unavailable

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

NOBODY = Reader()


NO_WORDS = "Please write what you want to tell us."
SHORTEN = "Please shorten it to %(most)s characters."


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


def trouble(error: Refusal | Trouble | Unavailable, reader: Reader = NOBODY, *, by_mail: bool = True) -> HTMLResponse:
    """The page for an error. `by_mail`: a mail led to it, which can be answered instead."""
    match error:
        case Refusal():
            title, detail = translated(error.title(), reader.language), translated(error.detail, reader.language)
            return page("trouble.html", error.status, reader, title=title, detail=detail, by_mail=by_mail)
        case Trouble(problem=problem) if problem.status < 500:
            title = translated(problem.title, reader.language)
            return page("trouble.html", problem.status, reader, title=title, detail="", by_mail=by_mail)
    title, detail = reader.say("We can't take your answer just now."), reader.say("Please try again shortly.")
    return page("trouble.html", 503, reader, title=title, detail=detail, by_mail=by_mail)


def page(name: str, status: int, reader: Reader = NOBODY, /, **given: object) -> HTMLResponse:
    """A template as a page."""
    written = (
        _templates(reader.language).get_template(name).render(given, vendor=reader.vendor, language=reader.language)
    )
    return HTMLResponse(written, status, HEADERS | {"Content-Language": reader.language, "Vary": "Accept-Language"})


@cache
def _templates(language: Language) -> Environment:
    """The templates, whose `_("…")` speaks that language."""
    made = Environment(
        loader=PackageLoader("feedback"), autoescape=True, undefined=StrictUndefined, extensions=["jinja2.ext.i18n"]
    )
    say = partial(translated, language=language)
    made.install_gettext_callables(say, lambda one, several, n: say(one if n == 1 else several), newstyle=True)  # type: ignore[attr-defined]
    return made
