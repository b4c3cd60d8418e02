"""The names of time zones, and hints for misspelt ones."""

import re
import zoneinfo
from difflib import get_close_matches
from functools import cache, lru_cache
from zoneinfo import ZoneInfo

zoneinfo.reset_tzpath(to=[])
ZoneInfo.clear_cache()


def zone_info(name: str) -> ZoneInfo:
    """Python's zone of that name, from the wheel. Raises LookupError or ValueError for an unknown name."""
    try:
        return ZoneInfo(name)
    except OSError as error:  # a folder of zones, or a name that no file can have
        raise LookupError(f"there is no time zone {name!r}") from error


def check_zone(name: str) -> str:
    """The name, if the wheel has it. Raises ValueError that suggests similar names."""
    if name not in _known():
        raise ValueError(f"unknown zone {name!r}; {_advice(name)}")
    return name


@cache
def _known() -> set[str]:
    return zoneinfo.available_timezones()


def _initial(name: str) -> str:
    """The first letter of the place, in lower case."""
    return name.rpartition("/")[2][:1].lower()


@cache
def _cities() -> dict[str, list[str]]:
    """The names by the first letter of their place."""
    found: dict[str, list[str]] = {}
    for name in sorted(_known()):
        found.setdefault(_initial(name), []).append(name)
    return found


@lru_cache(1000)
def _advice(name: str) -> str:
    """What to write instead. Cached, since a long list may have the same mistake in every line."""
    if fixed := re.fullmatch(r"(?:GMT|UTC)?\s*([-+−])(1?[0-9])(?::?([0-5][0-9]))?", name):
        sign, hours, minutes = fixed.groups(default="00")
        offset = f"{'+' if sign == '+' else '-'}{hours:0>2}:{minutes}"
        return f"for a fixed offset write offset: {offset!r} instead of zone"
    # Only names with the same initial: comparing with every name takes ten milliseconds.
    likely = get_close_matches(name, _cities().get(_initial(name), ()), n=3)
    return f"did you mean {' or '.join(likely)}?" if likely else "use an IANA name such as America/New_York"
