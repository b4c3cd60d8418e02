"""Figures as reports write them: cut to two decimals, never rounded, with the counts beside them."""

NOTHING = "–"
"""Where there is nothing to count."""


def percent(part: int, whole: int) -> str:
    """`66.66`; `100.00` only if nothing is missing."""
    return _cut(100 * part, whole)


def mean(total: int, count: int) -> str:
    """`4.33`."""
    return _cut(total, count)


def _cut(part: int, whole: int) -> str:
    if not whole:
        return NOTHING
    hundredths = 100 * part // whole
    return f"{hundredths // 100}.{hundredths % 100:02}"
