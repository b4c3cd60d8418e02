"""The table of open stretches: as long as it has to be, and no longer."""

from datetime import UTC, datetime

import pytest
from tests.unit.hours.calendars import calendar

from hours.instants import DAY, EARLIEST, LATEST
from hours.open_time import open_time_of
from hours.schedule import Schedule, by_weekday
from hours.zones import zone_at


@pytest.mark.parametrize("windows", [1, 28])
def test_what_is_never_reached_is_known_before_it_is_laid_out(windows: int) -> None:
    open_time = open_time_of(Schedule(zone_at("+00:00"), by_weekday((n % 7, n, n + 60) for n in range(0, windows)), {}))
    with pytest.raises(OverflowError, match="before the year 10000"):
        open_time.after(0, 14_400_000_000 * 10**6)
    assert open_time.rows < 1000


def test_the_next_opening_is_found_however_far_it_is() -> None:
    once = calendar("UTC", [], special={"2060-01-02": [("09:00", "12:00")]})
    assert once.next_opening(datetime(2026, 7, 13, tzinfo=UTC)) == datetime(2060, 1, 2, 9, tzinfo=UTC)
    with pytest.raises(OverflowError, match="before the year 10000"):
        once.next_opening(datetime(2060, 1, 2, 12, tzinfo=UTC))


def test_more_working_days_than_there_are_days_are_not_counted() -> None:
    office, monday = calendar("UTC"), datetime(2026, 7, 13, tzinfo=UTC)
    with pytest.raises(OverflowError, match="before the year 10000"):
        office.working_days_after(monday, 10**9)
    assert office.open_time.rows < 1000
    assert office.working_days_after(monday, 5) == datetime(2026, 7, 20, 9, tzinfo=UTC)


def test_another_century_gets_a_table_of_its_own() -> None:
    open_time = open_time_of(Schedule(zone_at("+00:00"), by_weekday([(0, 0, 3600)]), {}))
    for at in (0, LATEST - 400 * DAY, EARLIEST, 0):
        assert open_time.after(at, 1) > at
        assert open_time.rows < 100
    assert open_time.between(EARLIEST, 0) == -open_time.between(0, EARLIEST) > 100_000 * 3600 * 10**6


def test_windows_without_number_are_not_counted_without_end() -> None:
    minutes = by_weekday((day, 120 * n, 120 * n + 60) for day in range(7) for n in range(720))
    open_time = open_time_of(Schedule(zone_at("+00:00"), minutes, {}), 100_000)
    with pytest.raises(OverflowError, match="too many"):
        open_time.after(0, 365 * DAY)
    assert open_time.rows < 100_000
    assert open_time.after(0, DAY) == open_time.next_opening(0) + 2 * DAY - 60 * 10**6


def test_a_span_without_open_time_has_no_segments() -> None:
    office = calendar("UTC")
    saturday, monday = datetime(2026, 7, 11, tzinfo=UTC), datetime(2026, 7, 13, tzinfo=UTC)
    assert list(office.segments(saturday, monday)) == list(office.segments(monday, monday)) == []
    assert office.between(saturday, monday).total_seconds() == 0


def test_what_is_asked_of_a_calendar_that_was_made_anew_takes_no_room_in_the_first() -> None:
    office = calendar("UTC", holidays=["2026-07-14"])
    office.next_opening(datetime(2026, 7, 13, tzinfo=UTC))
    rows = office.open_time.rows
    anew = office.empty_copy()
    tuesday = datetime(2026, 7, 14, 12, tzinfo=UTC)
    assert anew.next_opening(tuesday) == office.next_opening(tuesday) == datetime(2026, 7, 15, 9, tzinfo=UTC)
    anew.next_opening(datetime(1990, 1, 1, tzinfo=UTC))
    assert (office.open_time.rows, anew.open_time.rows > 0) == (rows, True)
