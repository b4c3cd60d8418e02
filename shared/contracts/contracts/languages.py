"""Languages of customers, as tags of BCP 47, and which of them our mails and pages are written in."""

import re
from collections.abc import Iterator
from typing import Literal, get_args

Language = Literal["en", "de"]
"""The languages that we write."""
WRITTEN: tuple[Language, ...] = get_args(Language)
DEFAULT: Language = "en"
"""What customers read whose language we don't write, or don't know."""

TAG_CHARACTERS = 35
"""The longest tag that RFC 5646 wants every program to take."""

_TAG = re.compile(
    r"[a-z]{2,3}(-[a-z]{3}){0,3}"
    r"(-(?P<script>[a-z]{4}))?(-(?P<region>[a-z]{2}|[0-9]{3}))?"
    r"(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(-[a-wy-z0-9](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?",
    re.ASCII | re.IGNORECASE,
)
"""A well-formed tag of RFC 5646 that begins with a code of ISO 639; no language has a longer name (`german`) there."""
_QUALITY = re.compile(r"q=(0(\.[0-9]{0,3})?|1(\.0{0,3})?)", re.ASCII | re.IGNORECASE)
_ACCEPTED_RANGES = 20


def check_language(tag: str) -> str:
    """The tag, written as is usual (`de-AT`, `zh-Hant`). Raises ValueError for what is no tag of BCP 47.

    Every language is taken: customers read ours in it once somebody has written them, and until then in English.
    """
    found = _TAG.fullmatch(tag) if len(tag) <= TAG_CHARACTERS else None
    if found is None:
        raise ValueError(f"{tag[:TAG_CHARACTERS]!r} is no language; write a tag of BCP 47 such as de, de-AT or pt-BR")
    script, region = found.span("script"), found.span("region")
    usual = tag.lower()
    if script[0] >= 0:
        usual = usual[: script[0]] + usual[slice(*script)].title() + usual[script[1] :]
    if region[0] >= 0:
        usual = usual[: region[0]] + usual[slice(*region)].upper() + usual[region[1] :]
    return usual


def language_for(tag: str | None) -> Language:
    """In which language we write to a customer who reads this one: `de-AT` is read as `de`, what we don't write as
    English (the lookup of RFC 4647). Never fails."""
    return _written(tag or "") or DEFAULT


def accepted(header: str) -> Language:
    """The language of a page for a browser with this Accept-Language, as far as we write one that it names."""
    ranges = [part.strip() for part in header.split(",")[:_ACCEPTED_RANGES]]
    weighed = sorted(_weighed(ranges), key=lambda one: -one[0])
    return next((found for weight, name in weighed if weight and (found := _written(name))), DEFAULT)


def _written(tag: str) -> Language | None:
    first = tag.partition("-")[0].lower()
    return next((language for language in WRITTEN if language == first), None)


def _weighed(ranges: list[str]) -> Iterator[tuple[float, str]]:
    for one in ranges:
        name, _, parameter = one.partition(";")
        quality = _QUALITY.fullmatch(parameter.strip())
        if not parameter or quality:
            yield float(quality[1]) if quality else 1.0, name.strip()
