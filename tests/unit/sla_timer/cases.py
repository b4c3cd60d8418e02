"""Cases for `punctual calendar`, near what is odd about odd zones."""

from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import strategies as st
from tests.unit.hours.weeks import ODD, weeks


@st.composite
def cases(draw: st.DrawFn) -> dict[str, Any]:
    """Hours in an odd zone or at an offset, with holidays and special hours around a date, and a start near it."""
    zone = draw(st.sampled_from(sorted(ODD)))
    near = draw(st.sampled_from(ODD[zone]))
    days = st.integers(-2, 4).map(lambda n: (near + timedelta(days=n)).isoformat())
    hours = [{"from": "09:00", "to": "12:00"}, {"from": "13:30", "to": "24:00"}]
    where = {"zone": zone} if draw(st.integers(0, 4)) else {"offset": draw(st.sampled_from(["-05:00", "+05:45"]))}
    midnight = datetime(near.year, near.month, near.day, tzinfo=UTC)
    start = midnight + timedelta(microseconds=draw(st.integers(-36 * 3600 * 10**6, 36 * 3600 * 10**6)))
    return {
        **where,
        "windows": [{"day": day, "from": opens, "to": closes} for day, opens, closes in draw(weeks())],
        "holidays": draw(st.lists(days, max_size=2)),
        "special": draw(st.dictionaries(days, st.sampled_from([hours, hours[:1], []]), max_size=2)),
        "start": start.isoformat().replace("+00:00", "Z"),
    }
