"""Weeks of windows to draw, and zones that are odd."""

from datetime import date

from hypothesis import strategies as st

ODD = {
    "America/New_York": [date(2026, 3, 8), date(2026, 11, 1)],
    "Australia/Lord_Howe": [date(2026, 4, 5), date(2026, 10, 4)],  # by half an hour
    "Pacific/Apia": [date(2011, 12, 30), date(2010, 9, 26)],  # no 30 December 2011
    "Africa/Casablanca": [date(2026, 2, 15), date(2026, 3, 22)],  # daylight saving but in Ramadan
    "Antarctica/Troll": [date(2026, 3, 29), date(2026, 10, 25)],  # by two hours
    "Asia/Kathmandu": [date(1986, 1, 1), date(2026, 7, 13)],  # +05:45 since 1986
    "America/Asuncion": [date(2024, 3, 24), date(2024, 10, 6)],  # +03:00 for ever since
    "America/St_Johns": [date(2006, 10, 29), date(2007, 3, 11)],  # changed at one minute past midnight
    "Africa/Cairo": [date(2026, 4, 24), date(2026, 10, 29)],  # at midnight
}
"""Zones, and dates on which their clocks are moved."""

A_QUARTER = 15
WEEK = 7 * 24 * 60 // A_QUARTER
DAY = 24 * 60 // A_QUARTER


def clock(minutes: int) -> str:
    """`09:15`."""
    return f"{minutes // 60:02}:{minutes % 60:02}"


@st.composite
def weeks(draw: st.DrawFn, size: int = 24) -> list[tuple[int, str, str]]:
    """Some windows a day, some over midnight, some up to 24:00, none overlapping."""
    edges = sorted(draw(st.sets(st.integers(0, WEEK - 1), min_size=2, max_size=size)))
    windows = []
    for start, end in zip(edges[::2], edges[1::2], strict=False):
        end = min(end, start + DAY)
        closes = "24:00" if end % DAY == 0 and start < end - end % DAY else clock(end % DAY * A_QUARTER)
        windows.append((start // DAY, clock(start % DAY * A_QUARTER), closes))
    return windows
