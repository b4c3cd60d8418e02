"""When the desk closes for the last time on a date: the end of its hours, by which a promised date alone is meant."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.hours.calendars import calendar

from hours.calendar import Calendar

NY = "America/New_York"
WHOLE_DAYS = [(day, "00:00", "00:00") for day in range(7)]
OFFICE = calendar(NY, holidays=["2026-11-26"], special={"2026-12-24": [("09:00", "12:00")], "2026-12-26": []})
SPLIT = calendar(NY, [(4, "09:00", "12:00"), (4, "13:00", "17:30"), (4, "22:00", "06:00")])


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("desk", "day", "closes"),
    [
        (OFFICE, "2026-07-14", "2026-07-14 21:00"),
        (OFFICE, "2026-12-01", "2026-12-01 22:00"),  # by winter time
        (OFFICE, "2026-07-18", None),  # a Saturday
        (OFFICE, "2026-11-26", None),  # a holiday
        (OFFICE, "2026-12-24", "2026-12-24 17:00"),  # special hours
        (OFFICE, "2026-12-26", None),  # special hours, of which there are none
        (SPLIT, "2026-07-17", "2026-07-18 04:00"),  # the night goes on, but the date ends
        (SPLIT, "2026-07-18", "2026-07-18 10:00"),  # the rest of that night
        (SPLIT, "2026-07-19", None),
        (calendar(NY, WHOLE_DAYS), "2026-07-14", "2026-07-15 04:00"),  # at 24:00
        (calendar(NY, WHOLE_DAYS), "2026-03-08", "2026-03-09 04:00"),  # a day of 23 hours
        (calendar(NY, WHOLE_DAYS), "2026-11-01", "2026-11-02 05:00"),  # a day of 25 hours
        (calendar(NY, [(6, "01:00", "02:30")]), "2026-03-08", "2026-03-08 07:00"),  # 02:30 is skipped
        (calendar(NY, [(6, "00:00", "02:00")]), "2026-11-01", "2026-11-01 07:00"),  # 01:00 to 02:00 comes twice
        (calendar("UTC", WHOLE_DAYS), "2026-07-14", "2026-07-15 00:00"),  # open at every instant
        (calendar("Pacific/Apia", WHOLE_DAYS), "2011-12-30", None),  # a date that was skipped
        (calendar("UTC", []), "2026-07-14", None),  # a desk that never opens
    ],
)
def test_a_date_ends_with_its_hours(desk: Calendar, day: str, closes: str | None) -> None:
    assert desk.last_closing_on(date.fromisoformat(day)) == (utc(closes) if closes else None)


@pytest.mark.parametrize(
    ("at", "closes"),
    [
        ("2026-07-14 04:00", "2026-07-14 21:00"),  # midnight there
        ("2026-07-14 15:00", "2026-07-14 21:00"),  # open
        ("2026-07-14 23:00", "2026-07-14 21:00"),  # closed already
        ("2026-07-15 03:59", "2026-07-14 21:00"),  # another date in UTC, the same there
        ("2026-07-18 15:00", None),
    ],
)
def test_of_an_instant_the_date_is_that_of_the_desk(at: str, closes: str | None) -> None:
    assert OFFICE.last_closing(utc(at)) == (utc(closes) if closes else None)


@pytest.mark.parametrize("zone", ["UTC", NY, "Asia/Tokyo"])
def test_the_first_and_the_last_date_of_all_have_an_end(zone: str) -> None:
    desk = calendar(zone, WHOLE_DAYS)
    for day in (date.min, date.max):
        assert desk.last_closing_on(day) is not None
    for at in (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)):
        assert desk.last_closing(at) is not None


@given(st.sampled_from([OFFICE, SPLIT]), st.dates(date(2026, 1, 1), date(2027, 12, 31)))
def test_after_it_the_desk_is_open_no_more_on_that_date(desk: Calendar, day: date) -> None:
    last = desk.last_closing_on(day)
    midnight = datetime.combine(day, time(), ZoneInfo(NY)).astimezone(UTC)
    following = datetime.combine(day + timedelta(days=1), time(), ZoneInfo(NY)).astimezone(UTC)
    if last is None:
        assert desk.between(midnight, following) == timedelta(0)
    else:
        assert midnight < last <= following
        assert desk.is_open(last - timedelta(microseconds=1))
        assert desk.between(last, following) == timedelta(0)
