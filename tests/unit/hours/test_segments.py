"""A span of time as segments: what a calendar counts of it, and why."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from typing import get_args

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.hours.calendars import calendar
from tests.unit.hours.weeks import ODD, weeks

from contracts.instants import ZERO
from contracts.proof import Reason
from hours.segments import by_hours, cut
from hours.wording import local, why

OFFICE = calendar(
    "America/New_York", holidays=["2026-11-26"], special={"2026-11-27": [("09:00", "12:00")], "2026-11-29": []}
)
"""Thanksgiving 2026 is a Thursday."""


def ny(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}-05:00").astimezone(UTC)


def test_a_span_is_told_by_the_hours_of_each_date() -> None:
    told = [
        (one.local_since[5:16], one.why, one.counted)
        for one in by_hours(ny("2026-11-25 16:00"), ny("2026-11-28 00:00"), OFFICE, 0)
    ]
    assert told == [
        ("11-25T16:00", "open", timedelta(hours=1)),
        ("11-25T17:00", "closed", ZERO),
        ("11-26T00:00", "holiday: 2026-11-26", ZERO),
        ("11-27T00:00", "closed but for the special hours of 2026-11-27", ZERO),
        ("11-27T09:00", "special hours of 2026-11-27", timedelta(hours=3)),
        ("11-27T12:00", "closed but for the special hours of 2026-11-27", ZERO),
    ]


def test_what_is_counted_past_a_deadline_is_late() -> None:
    every = by_hours(ny("2026-11-25 09:00"), ny("2026-11-25 18:00"), OFFICE, 0)
    told = [(one.reason, one.why, one.counted) for one in cut(every, ny("2026-11-25 11:00"), OFFICE)]
    assert told == [
        ("open", "open", timedelta(hours=2)),
        ("late", "open, past the deadline", timedelta(hours=6)),
        ("closed", "closed", ZERO),
    ]


@settings(max_examples=60, deadline=None)
@given(weeks(), st.sampled_from(sorted(ODD)), st.data())
def test_segments_tile_a_span_and_count_its_open_time(
    week: list[tuple[int, str, str]], zone: str, data: st.DataObject
) -> None:
    near = data.draw(st.sampled_from(ODD[zone]))
    dated = st.integers(-3, 3).map(lambda days: (near + timedelta(days=days)).isoformat())
    one = calendar(zone, week, data.draw(st.lists(dated, max_size=2)), {data.draw(dated): [("09:00", "12:00")]})
    since = datetime(near.year, near.month, near.day, tzinfo=UTC) + timedelta(
        hours=data.draw(st.integers(-72, 48)), microseconds=data.draw(st.integers(0, 10**6))
    )
    until = since + timedelta(minutes=data.draw(st.integers(1, 8_000)))
    found = list(cut(by_hours(since, until, one, 0), since + (until - since) / 2, one))
    assert (found[0].since, found[-1].until) == (since, until)
    assert all(first.until == second.since for first, second in pairwise(found))
    assert sum((each.counted for each in found), ZERO) == one.between(since, until)


def test_every_reason_has_words() -> None:
    assert all(why(reason) for reason in get_args(Reason))
    assert why("elapsed") == "every hour counts"
    assert why("special", date(2026, 11, 27), counted=True) == "special hours of 2026-11-27"


def test_without_a_calendar_the_wall_clock_is_in_utc() -> None:
    at = ny("2026-11-25 09:00")
    assert local(OFFICE, at).isoformat() == "2026-11-25T09:00:00-05:00"
    assert local(None, at).isoformat() == "2026-11-25T14:00:00+00:00"
