"""The names of time zones, and which one is meant by a name that isn't one."""

import re
import zoneinfo
from difflib import get_close_matches
from functools import cache
from zoneinfo import ZoneInfo

zoneinfo.reset_tzpath(to=[])
ZoneInfo.clear_cache()


def check_zone(name: str) -> str:
    """The name, if the wheel knows it. Raises ValueError with the likely ones."""
    if name in _known():
        return name
    if fixed := re.fullmatch(r"(?:GMT|UTC)?\s*([+-−])(\d{1,2})(?::?(\d\d))?", name):
        sign, hours, minutes = fixed.groups(default="00")
        offset = f"{'+' if sign == '+' else '-'}{hours:0>2}:{minutes}"
        raise ValueError(f"unknown zone {name!r}; for a fixed offset write offset: {offset!r} instead of zone")
    likely = get_close_matches(name, _known(), n=3)
    hint = f"did you mean {' or '.join(likely)}?" if likely else "use an IANA name such as America/New_York"
    raise ValueError(f"unknown zone {name!r}; {hint}")


@cache
def _known() -> set[str]:
    """Looking for them means opening every file of the wheel."""
    return zoneinfo.available_timezones()
