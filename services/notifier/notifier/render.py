"""What a mail says: a template and its particulars become a subject, a plain text and the same as HTML.

Each template (`templates/<name>.j2`) is written once and rendered in three forms: `layout.subject`, `layout.txt` and
`layout.html` place its blocks, and `parts.txt` and `parts.html` say what a paragraph or a quotation is in each.
Pure: the same input makes the same words. All that comes from outside is escaped in HTML.
"""

import re
import textwrap
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Literal, NamedTuple

import msgspec
from jinja2 import Environment, PackageLoader, StrictUndefined

from contracts.notifications import AnyTemplate
from hours.zones.names import zone_info

Form = Literal["subject", "txt", "html"]

DETAILS = {
    "product": "Product:",
    "product_version": "Version:",
    "os": "OS:",
    "os_version": "OS version:",
    "description": "What is wrong, in detail",
}
"""Required information (P8) as the labelled lines that intake reads from an answer; empty, so none is read as said."""
ROLES = {"engineer": "support engineer", "support-manager": "Support Manager", "vp": "VP", "ceo": "CEO"}

OWED = {"next-reply": "reply", "update": "update", "resolution": "resolution"}

LINE_CHARACTERS = 200

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff]")


class Words(NamedTuple):
    """What a mail says. The subject is one line and begins with the ticket's number in brackets."""

    subject: str
    text: str
    html: str


class _Known(dict[str, str]):
    """Particulars by name; a missing one is empty."""

    def __missing__(self, key: str) -> str:
        return ""


def render(
    template: AnyTemplate,
    *,
    number: str,
    desk: str,
    role: str | None = None,
    text: str | None = None,
    second_text: str | None = None,
    third_text: str | None = None,
    about: Mapping[str, str] | None = None,
    links: Mapping[str, str] | None = None,
    surveys: Sequence[tuple[str, str]] = (),
    zone: str = "UTC",
    said_at: datetime | None = None,
) -> Words:
    """The words of a mail about ticket or feedback `number`, from the support desk called `desk`.

    `role`, the texts and `about` are those of the NotificationRequested. `links`: URLs by name, `ticket` where the
    reader can see it all (optional), `survey` and `complaint` for the templates that need them. `surveys`: of a
    reminder, the numbers of tickets, and the URLs to rate them. `zone`: the vendor's, which counts unless `about` names
    the customer's. `said_at`: when all this was true.
    """
    about = {name: clean(value) for name, value in (about or {}).items()}
    given = {
        "number": one_line(number),
        "desk": one_line(desk),
        "role": one_line(role or ""),
        "text": clean(text or ""),
        "second_text": clean(second_text or ""),
        "third_text": clean(third_text or ""),
        "about": _Known(about),
        "zone": about.get("zone") or zone,
        "links": _Known(links or {}),
        "surveys": [(one_line(ticket), url) for ticket, url in surveys],
        "said_at": said_at.isoformat() if said_at else "",
    }
    subject = one_line(f"[{number}] {_render(template, 'subject', given)}")
    given["subject"] = subject
    return Words(subject, _render(template, "txt", given) + "\n", _render(template, "html", given))


def clean(text: str) -> str:
    """The text without control characters, and with what is no valid Unicode replaced: fit for any mail reader."""
    valid = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return _CONTROL.sub("", valid.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    """The text, clean and on one line of at most 200 characters: nothing in it can begin another header."""
    line = " ".join(clean(text).split())
    return line if len(line) <= LINE_CHARACTERS else line[: LINE_CHARACTERS - 1] + "…"


def _render(template: AnyTemplate, form: Form, given: Mapping[str, object]) -> str:
    rooms = _environment("html" if form == "html" else "txt")
    parts = rooms.get_template("parts.html" if form == "html" else "parts.txt").module
    return rooms.get_template(f"{template}.j2").render(given, layout=f"layout.{form}", say=parts)


@cache
def _environment(form: Form) -> Environment:
    made = Environment(
        loader=PackageLoader("notifier"),
        autoescape=form == "html",  # noqa: S701 - plain text has nothing to escape
        undefined=StrictUndefined,
        auto_reload=False,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {"wrapped": _wrapped, "details": _details, "instant": _instant, "terms": _terms}
    made.filters |= {"role": _role, "owed": _owed, "local": _local, "amount": _amount}
    return made


def _wrapped(text: str) -> str:
    return textwrap.fill(" ".join(text.split()), 72, break_long_words=False, break_on_hyphens=False)


def _details(names: str) -> list[str]:
    """Lines to complete, for comma-separated names of required information."""
    return [DETAILS.get(name, name) for name in names.split(",")]


def _instant(text: str) -> str:
    """`13 July 2026, 14:30:00 UTC` for an RFC 3339 instant, empty for none. Seconds, for a deadline is exact."""
    if not text:
        return ""
    at = datetime.fromisoformat(text).astimezone(UTC)
    return f"{at.day} {at:%B %Y, %H:%M:%S} UTC"


def _local(text: str, zone: str) -> str:
    """`Tuesday, 14 July 2026, 17:00 (Europe/Berlin)` for an RFC 3339 instant; in UTC if the zone is unknown."""
    try:
        of = zone_info(zone)
    except (LookupError, ValueError):
        zone, of = "UTC", zone_info("UTC")
    at = datetime.fromisoformat(text).astimezone(of)
    return f"{at:%A}, {at.day} {at:%B %Y, %H:%M}{f':{at:%S}' if at.second or at.microsecond else ''} ({zone})"


def _terms(about: Mapping[str, str]) -> str:
    """`4 h of support time after the breach, by the calendar office`; empty where particulars have no terms."""
    if not (amount := _amount(about["next_in"], about["next_counts"])):
        return ""
    opening = ", or at the next opening then" if about["next_counts"] == "days" else ""
    return f"{amount} after the breach{opening}, by the calendar {about['next_calendar']}"


def _amount(number: str, counts: str) -> str:
    """`4 h of support time`, `2 working days` or `1 day`; empty for none."""
    match counts:
        case "support-time":
            return f"{_span(msgspec.convert(number, timedelta))} of support time"
        case "working-days":
            return f"{number} working day{'' if number == '1' else 's'}"
        case "days":
            return f"{number} day{'' if number == '1' else 's'}"
        case _:
            return ""


def _span(span: timedelta) -> str:
    """`1 h 30 min`."""
    minutes, seconds = divmod(span.total_seconds(), 60)
    hours, minutes = divmod(int(minutes), 60)
    parts = [f"{number:.9g} {unit}" for number, unit in ((hours, "h"), (minutes, "min"), (seconds, "s")) if number]
    return " ".join(parts) or "0 s"


def _role(name: str) -> str:
    return ROLES.get(name, name)


def _owed(metric: str) -> str:
    """What is late, in words; without a name, the first answer."""
    return OWED.get(metric, "initial response")
