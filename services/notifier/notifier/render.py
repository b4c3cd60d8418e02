"""What a mail says: a template and its particulars become a subject, a plain text and the same as HTML.

Each template is written once and rendered in three forms: `layout.subject`, `layout.txt` and `layout.html` place its
blocks, and `parts.txt` and `parts.html` say what a paragraph or a quotation is in each. What customers read is there in
each language (`templates/<language>/<name>.j2`); staff read English (`templates/<name>.j2`).
Pure: the same input makes the same words. All that comes from outside is escaped in HTML.
"""

import re
import textwrap
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache, partial
from typing import Literal, NamedTuple

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined

from contracts.languages import DEFAULT, Language, language_for
from contracts.notifications import AnyTemplate
from hours.written import written_amount, written_at

Form = Literal["subject", "txt", "html"]
JOINED_REPLIES: Literal["joined-replies"] = "joined-replies"
"""The template of several automatic replies in one mail."""

DETAILS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "product": "Product:",
        "product_version": "Version:",
        "os": "OS:",
        "os_version": "OS version:",
        "description": "What is wrong, in detail",
    },
    "de": {
        "product": "Produkt:",
        "product_version": "Version:",
        "os": "Betriebssystem:",
        "os_version": "Version des Betriebssystems:",
        "description": "Was genau nicht funktioniert",
    },
}
"""Required information (P8) as the labelled lines that intake reads from an answer; empty, so none is read as said."""
ROLES = {"engineer": "support engineer", "support-manager": "Support Manager", "vp": "VP", "ceo": "CEO"}

SEE_ALL: Mapping[Language, str] = {"en": "See all of {number}", "de": "{number} ganz ansehen"}

TAKES_PART: Mapping[Language, str] = {
    "en": "You get this mail since you take part in {number}.",
    "de": "Sie erhalten diese E-Mail, weil Sie an {number} beteiligt sind.",
}

OWED = {"next-reply": "reply", "update": "update", "resolution": "resolution"}

LINE_CHARACTERS = 200

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


class Words(NamedTuple):
    """What a mail says, in which language. The subject is one line and has the ticket's number in brackets."""

    subject: str
    text: str
    html: str
    language: Language = DEFAULT


class Reply(NamedTuple):
    """One of several automatic replies in a mail: to which ticket or feedback, where to write about it, and the
    template and particulars that it would have alone."""

    number: str
    template: AnyTemplate
    address: str
    about: Mapping[str, str]


class Zone(NamedTuple):
    """A time zone in which instants are named. `own`: it is the reader's, so that its name need not be said."""

    name: str
    own: bool


class _Known(dict[str, str]):
    """Particulars by name; a missing one is empty."""

    def __missing__(self, key: str) -> str:
        return ""


def render(
    template: AnyTemplate | Literal["joined-replies"],
    *,
    number: str,
    desk: str,
    subject: str | None = None,
    role: str | None = None,
    text: str | None = None,
    second_text: str | None = None,
    third_text: str | None = None,
    about: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
    surveys: Sequence[tuple[str, str]] = (),
    replies: Sequence[Reply] = (),
    zone: str = "UTC",
    language: str | None = None,
    said_at: datetime | None = None,
) -> Words:
    """The words of a mail about ticket or feedback `number`, from the support desk called `desk`.

    `subject`: of all mails to the customer about that ticket; None: the number in brackets, and the template's own.

    `role`, the texts and `about` are those of the NotificationRequested. `links`: URLs by name, `ticket` where the
    reader can see it all (optional), `survey`, `complaint` and `acknowledge` for the templates that need them.
    `surveys`: of a reminder, the numbers of tickets, and the URLs to rate them. `replies`: what `joined-replies` says.
    `zone`: the vendor's, which counts unless `about` names the customer's. `language`: in which the customer reads;
    mails to staff, and what nobody has translated, are in English. `said_at`: when all this was true.
    """
    about = {name: clean(value) for name, value in (about or {}).items()}
    written_in, name = _found(template, language_for(language))
    given: dict[str, object] = {
        "language": written_in,
        "see_all": SEE_ALL[written_in].format(number=one_line(number)),
        "takes_part": TAKES_PART[written_in].format(number=one_line(number)) if "takes_part" in about else "",
        "number": one_line(number),
        "desk": one_line(desk),
        "role": one_line(role or ""),
        "text": clean(text or ""),
        "second_text": clean(second_text or ""),
        "third_text": clean(third_text or ""),
        "about": _Known(about),
        "zone": Zone(about.get("zone") or zone, bool(about.get("zone"))),
        "links": _Known(links or {}),
        "surveys": [(one_line(ticket), url) for ticket, url in surveys],
        "replies": [_plain(reply) for reply in replies],
        "said_at": said_at.isoformat() if said_at else "",
    }
    subject = one_line(subject or f"[{number}] {_render(name, 'subject', written_in, given)}")
    given["subject"] = subject
    text, html = _render(name, "txt", written_in, given), _render(name, "html", written_in, given)
    return Words(subject, text + "\n", html, written_in)


def _plain(reply: Reply) -> Reply:
    about = _Known({name: clean(value) for name, value in reply.about.items()})
    return reply._replace(number=one_line(reply.number), about=about)


def clean(text: str) -> str:
    """The text without control characters, and with what is no valid Unicode replaced: fit for any mail reader."""
    valid = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _CONTROL.sub("", valid.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """The text, clean and on one line of at most 200 characters: nothing in it can begin another header."""
    line = " ".join(clean(text).split())
    return line if len(line) <= LINE_CHARACTERS else line[: LINE_CHARACTERS - 1] + "…"


@cache
def _found(template: str, language: Language) -> tuple[Language, str]:
    """The file of a template, in that language if somebody has translated it, and the language that it is in."""
    there = set(_environment("txt", DEFAULT).list_templates())
    names: list[tuple[Language, str]] = [(one, f"{one}/{template}.j2") for one in (language, DEFAULT)]
    return next(((one, name) for one, name in names if name in there), (DEFAULT, f"{template}.j2"))


def _render(name: str, form: Form, language: Language, given: Mapping[str, object]) -> str:
    rooms = _environment("html" if form == "html" else "txt", language)
    parts = rooms.get_template("parts.html" if form == "html" else "parts.txt").module
    return rooms.get_template(name).render(given, layout=f"layout.{form}", say=parts)


@cache
def _environment(form: Form, language: Language) -> Environment:
    made = Environment(
        loader=PackageLoader("notifier"),
        autoescape=form == "html",  # noqa: S701 - plain text has nothing to escape
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"wrapped": _wrapped, "instant": _instant, "terms": _terms, "role": _role, "owed": _owed}
    made.filters |= {
        "details": partial(_details, language=language),
        "local": partial(_local, language=language),
        "amount": partial(_amount, language=language),
    }
    return made


def _wrapped(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), 72, break_long_words=False, break_on_hyphens=False)


def _details(names: str, language: Language) -> list[str]:
    """Lines to complete, for comma-separated names of required information."""
    return [DETAILS[language].get(name, name) for name in names.split(",")]


def _instant(text: str) -> str:
    """`13 July 2026, 14:30:00 UTC` for an RFC 3339 instant, empty for none. Seconds, for a deadline is exact."""
    if not text:
        return ""
    at = datetime.fromisoformat(text).astimezone(UTC)
    return f"{at.day} {at:%B %Y, %H:%M:%S} UTC"


def _local(text: str, zone: Zone, language: Language) -> str:
    """`Tuesday, 14 July 2026, 17:00 your time` for an RFC 3339 instant; `17:00 (Europe/Berlin)` in the vendor's
    zone. In UTC if the zone is unknown."""
    return written_at(datetime.fromisoformat(text), zone.name, language, own=zone.own)


def _terms(about: Mapping[str, str]) -> str:
    """`4 h of support time after the breach, by the calendar office`; empty where particulars have no terms."""
    if not (amount := _amount(about["next_in"], about["next_counts"], DEFAULT)):
        return ""
    opening = ", or at the next opening then" if about["next_counts"] == "days" else ""
    return f"{amount} after the breach{opening}, by the calendar {about['next_calendar']}"


def _amount(number: str, counts: str, language: Language) -> str:
    """`4 h of support time`, `2 working days` or `1 day`; empty for none."""
    if not number:
        return ""
    return written_amount(
        msgspec.convert(number, timedelta) if counts == "support-time" else int(number), counts, language
    )


def _role(name: str) -> str:
    return ROLES.get(name, name)


def _owed(metric: str) -> str:
    """What is late, in words; without a name, the first answer."""
    return OWED.get(metric, "initial response")
