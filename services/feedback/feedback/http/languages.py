"""In which language a page speaks, and in whose name.

Texts are written in English where they are used: `{{ _("Send") }}` in a template, `reader.say("Send")` in code, each
with particulars by name, `_("It has %(most)s characters.", most=9)`. Other languages have a table of their own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated

from fastapi import Depends, Request

from contracts.languages import DEFAULT, Language, accepted, language_for
from feedback.http.german import GERMAN
from hours.written import written_at, written_day

TEXTS: Mapping[Language, Mapping[str, str]] = {"en": {}, "de": GERMAN}


def translated(english: str, language: Language) -> str:
    """The text in that language; in English if nobody has translated it."""
    return TEXTS[language].get(english, english)


@dataclass(frozen=True, slots=True)
class Reader:
    """Who reads a page: in which language and time zone, and who speaks to them.

    `language`: what the browser prefers, unless the reader's account is known. `zone`: the vendor's, unless the account
    has one.
    """

    vendor: str = "Support"
    language: Language = DEFAULT
    zone: str = "UTC"

    def of(self, language: str | None, zone: str | None) -> "Reader":
        """The reader, of an account with this language and zone."""
        return replace(self, language=language_for(language), zone=zone or self.zone)

    def say(self, english: str, **particulars: object) -> str:
        """A text in the reader's language."""
        return translated(english, self.language) % particulars

    def at(self, instant: datetime) -> str:
        """An instant as the reader would write it."""
        return written_at(instant, self.zone, self.language)

    def day(self, instant: datetime) -> str:
        """Its day."""
        return written_day(instant, self.zone, self.language)


async def _reader(request: Request) -> Reader:
    common = request.app.state.process.common
    return Reader(common.vendor_name, accepted(request.headers.get("accept-language", "")), common.vendor_zone)


TheReader = Annotated[Reader, Depends(_reader)]
