"""Tables of wordings, by language, as one pattern.

The lines are regular expressions in which white space means nothing; `\\s` is a space, and `_` up to eight words.
"""

import re
from collections.abc import Mapping

_WORDS = r"\s(?:[\w.,:()/–-]+\s){0,8}?"


def one_of(table: Mapping[str, str]) -> str:
    """Any line of the table."""
    return "(?:" + " | ".join(table.values()).replace("_", _WORDS) + ")"


def compiled(pattern: str) -> re.Pattern[str]:
    """The pattern, in which neither white space nor case counts."""
    return re.compile(pattern, re.IGNORECASE | re.VERBOSE | re.DOTALL)
