"""What the pages have in common, beside what those of all services have (`kit.http.pages`): they speak languages."""

from functools import cache, partial

from fastapi.responses import HTMLResponse
from jinja2 import Environment

from contracts.languages import Language
from contracts.refusals import Refusal
from feedback.http.languages import Reader, translated
from kit.http.pages import shown, templates_of
from kit.http.problems import Trouble
from kit.store import Unavailable

NOBODY = Reader()


NO_WORDS = "Please write what you want to tell us."
SHORTEN = "Please shorten it to %(most)s characters."


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
    return shown(written, status, reader.language, Vary="Accept-Language")


@cache
def _templates(language: Language) -> Environment:
    """The templates, whose `_("…")` speaks that language."""
    made = templates_of("feedback", "jinja2.ext.i18n")
    say = partial(translated, language=language)
    made.install_gettext_callables(say, lambda one, several, n: say(one if n == 1 else several), newstyle=True)  # type: ignore[attr-defined]
    return made
