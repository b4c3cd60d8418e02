"""SEMANTICS.md, the rows about calendars, one test each. Office hours are Mon–Fri 09:00–17:00 in New York."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.unit.hours.calendars import calendar
from tests.unit.sla_timer.story import OFFICE, VENDOR, hours, ny, utc

DESK = OFFICE.current.calendar("office")
MICROSECOND = timedelta(microseconds=1)
NEW_YORK = ZoneInfo("America/New_York")


def test_outside_hours_the_clock_starts_at_the_next_opening() -> None:
    assert DESK.after(ny("2026-07-10 16:30"), hours(1)) == ny("2026-07-13 09:30")


def test_windows_are_half_open() -> None:
    assert DESK.after(ny("2026-07-10 17:00"), hours(1)) == ny("2026-07-13 10:00")
    assert DESK.is_open(ny("2026-07-10 17:00") - MICROSECOND)
    assert not DESK.is_open(ny("2026-07-10 17:00"))
    assert DESK.is_open(ny("2026-07-13 09:00"))
    assert DESK.next_opening(ny("2026-07-10 17:00")) == ny("2026-07-13 09:00")


def test_an_exact_fit_ends_today_and_not_at_the_next_opening() -> None:
    assert DESK.after(ny("2026-07-10 16:00"), hours(1)) == ny("2026-07-10 17:00")
    assert DESK.after(ny("2026-07-10 16:00"), hours(1) + MICROSECOND) == ny("2026-07-13 09:00") + MICROSECOND


def test_gmt_minus_5_is_a_fixed_offset_unless_the_policy_names_a_zone() -> None:
    received = utc("2026-07-13 13:30")
    fixed = VENDOR.current.calendar("weekdays")
    assert fixed.next_opening(received) == utc("2026-07-13 14:00")
    assert fixed.after(received, hours(1)) == utc("2026-07-13 15:00")
    assert DESK.after(received, hours(1)) == utc("2026-07-13 14:30")
    assert calendar("Etc/GMT+5").after(received, hours(1)) == utc("2026-07-13 15:00")


@pytest.mark.parametrize(
    ("start", "due"), [("2026-10-31 22:00", "2026-11-01 10:00"), ("2026-03-07 22:00", "2026-03-08 11:00")]
)
def test_24x7_across_dst_is_elapsed_utc(start: str, due: str) -> None:
    assert VENDOR.current.calendar("around-the-clock").after(ny(start), hours(8)) == utc(due)
    all_week = calendar("America/New_York", [(day, "00:00", "24:00") for day in range(7)])
    assert all_week.after(ny(start), hours(8)) == utc(due)


def test_24x7_has_no_closed_instant() -> None:
    always = VENDOR.current.calendar("around-the-clock")
    sunday, monday = utc("2028-02-27 03:00"), utc("2028-03-06 03:00")
    assert always.is_open(sunday)
    assert always.next_opening(sunday) == sunday
    assert list(always.segments(sunday, monday)) == [(sunday, monday)]
    assert list(always.segments(monday, sunday)) == []
    assert always.working_days_after(sunday, 2) == sunday + timedelta(days=2)


def test_a_business_window_across_dst_is_converted_day_by_day() -> None:
    due = DESK.after(ny("2026-10-30 16:30"), hours(4))
    assert due == ny("2026-11-02 12:30") == utc("2026-11-02 17:30")


def test_a_window_in_a_dst_gap_is_shortened() -> None:
    nights = calendar("America/New_York", [(6, "01:30", "03:30")])
    assert nights.between(ny("2026-03-08 00:00"), ny("2026-03-09 00:00")) == hours(1)
    assert nights.after(ny("2026-03-08 01:30"), hours(1)) == ny("2026-03-08 03:30")


def test_a_window_in_a_dst_fold_is_lengthened() -> None:
    nights = calendar("America/New_York", [(6, "00:30", "01:30")])
    assert nights.between(ny("2026-11-01 00:00"), ny("2026-11-02 00:00")) == hours(1.5)
    assert list(nights.segments(ny("2026-11-01 00:00"), ny("2026-11-02 00:00"))) == [
        (utc("2026-11-01 04:30"), utc("2026-11-01 05:30")),
        (utc("2026-11-01 06:00"), utc("2026-11-01 06:30")),
    ]


def test_a_holiday_is_skipped() -> None:
    assert DESK.after(ny("2026-11-25 16:00"), hours(4)) == ny("2026-11-27 12:00")


def test_a_calendar_knows_the_last_date_its_holidays_are_known_for() -> None:
    assert DESK.known_until == date(2030, 12, 31)
    assert not DESK.is_beyond_known(ny("2030-12-31 23:59"))
    assert DESK.is_beyond_known(ny("2031-01-01 00:00"))
    assert VENDOR.current.calendar("around-the-clock").known_until is None


def test_a_holiday_cuts_a_window_over_midnight_at_its_date() -> None:
    night_shift = calendar("America/New_York", [(3, "22:00", "06:00")], holidays=["2026-11-26"])
    day = ny("2026-11-26 00:00"), ny("2026-11-28 00:00")
    assert list(night_shift.segments(*day)) == [(ny("2026-11-27 00:00"), ny("2026-11-27 06:00"))]
    friday_off = calendar("America/New_York", [(3, "22:00", "06:00")], holidays=["2026-11-27"])
    assert list(friday_off.segments(*day)) == [(ny("2026-11-26 22:00"), ny("2026-11-27 00:00"))]


def test_special_hours_replace_the_whole_local_date() -> None:
    assert DESK.after(ny("2026-12-24 11:00"), hours(2)) == ny("2026-12-25 10:00")
    assert not DESK.is_open(ny("2026-12-24 12:00"))
    cut = calendar("UTC", [(2, "22:00", "06:00")], special={"2026-12-24": [("09:00", "12:00")]})
    assert list(cut.segments(utc("2026-12-23 12:00"), utc("2026-12-25 12:00"))) == [
        (utc("2026-12-23 22:00"), utc("2026-12-24 00:00")),
        (utc("2026-12-24 09:00"), utc("2026-12-24 12:00")),
    ]


def test_special_hours_before_the_clocks_are_moved_count_once() -> None:
    night = calendar("America/New_York", [], special={"2026-03-08": [("00:00", "01:30")]})
    assert list(night.segments(utc("2026-03-07 00:00"), utc("2026-03-10 00:00"))) == [
        (utc("2026-03-08 05:00"), utc("2026-03-08 06:30"))
    ]


def test_special_hours_win_over_a_holiday() -> None:
    both = calendar("UTC", holidays=["2026-12-24"], special={"2026-12-24": [("09:00", "12:00")]})
    assert both.between(utc("2026-12-24 00:00"), utc("2026-12-25 00:00")) == hours(3)


def test_a_date_that_a_zone_skipped_has_no_open_instant() -> None:
    apia = calendar("Pacific/Apia", [(day, "00:00", "24:00") for day in range(7)], holidays=["2011-12-30"])
    assert apia.between(utc("2011-12-29 00:00"), utc("2012-01-02 00:00")) == hours(96)
    fridays = calendar("Pacific/Apia", [(4, "00:00", "24:00")])
    assert fridays.next_opening(utc("2011-12-28 00:00")).astimezone(ZoneInfo("Pacific/Apia")).date() == date(2012, 1, 6)


def test_split_shifts_and_lunch_and_windows_over_midnight() -> None:
    shifts = calendar("UTC", [(0, "08:00", "12:00"), (0, "13:00", "17:00"), (0, "22:00", "02:00")])
    assert shifts.after(utc("2026-07-13 11:00"), hours(2)) == utc("2026-07-13 14:00")
    assert shifts.after(utc("2026-07-13 16:00"), hours(4)) == utc("2026-07-14 01:00")


def test_windows_that_touch_are_one() -> None:
    whole = calendar("UTC", [(0, "08:00", "12:00"), (0, "12:00", "24:00"), (1, "00:00", "04:00")])
    assert list(whole.segments(utc("2026-07-12 00:00"), utc("2026-07-19 00:00"))) == [
        (utc("2026-07-13 08:00"), utc("2026-07-14 04:00"))
    ]


def test_two_working_days_are_the_same_wall_clock_time_two_working_days_on() -> None:
    assert DESK.working_days_after(ny("2026-07-14 10:00"), 2) == ny("2026-07-16 10:00")
    assert DESK.working_days_after(ny("2026-07-10 18:00"), 2) == ny("2026-07-15 09:00")
    assert DESK.working_days_after(ny("2026-11-25 10:00"), 2) == ny("2026-11-30 10:00")
    assert DESK.working_days_after(ny("2026-10-30 10:00"), 2) == ny("2026-11-03 10:00")
    in_a_gap = calendar("America/New_York", [(5, "02:15", "04:00"), (6, "01:00", "04:00")])
    assert in_a_gap.working_days_after(ny("2026-03-07 02:30"), 1) == utc("2026-03-08 07:00")


def test_one_week_is_seven_calendar_days_or_the_next_opening_after_them() -> None:
    assert DESK.calendar_days_after(ny("2026-07-14 10:00"), 7) == ny("2026-07-21 10:00")
    assert DESK.calendar_days_after(ny("2026-07-11 10:00"), 7) == ny("2026-07-20 09:00")
    assert DESK.calendar_days_after(ny("2026-10-28 10:00"), 7) == ny("2026-11-04 10:00")


def test_29_february_is_a_day_like_any_other() -> None:
    assert DESK.after(ny("2028-02-28 16:00"), hours(2)) == ny("2028-02-29 10:00")


def test_a_leap_second_is_ignored() -> None:
    """The last one there was, at the end of 2016: two hours around it are two hours."""
    always = VENDOR.current.calendar("around-the-clock")
    assert always.after(utc("2016-12-31 23:00"), hours(2)) == utc("2017-01-01 01:00")
    assert always.between(utc("2016-12-31 23:59:59"), utc("2017-01-01 00:00")) == timedelta(seconds=1)


def test_the_calendar_is_exact_to_the_microsecond() -> None:
    start = ny("2026-07-13 13:30:00.000001")
    assert DESK.after(start, timedelta(hours=4, microseconds=500001)) == ny("2026-07-14 09:30:00.500002")
    assert DESK.between(start, ny("2026-07-14 09:30:00.500002")) == timedelta(hours=4, microseconds=500001)


def test_any_aware_datetime_is_understood_and_the_answer_is_utc() -> None:
    start = datetime(2026, 7, 13, 10, tzinfo=NEW_YORK)
    assert DESK.after(start, hours(1)) == utc("2026-07-13 15:00")
    assert DESK.after(start, hours(1)).tzinfo is UTC


def test_support_time_is_never_negative() -> None:
    for desk in (DESK, VENDOR.current.calendar("around-the-clock")):
        with pytest.raises(ValueError, match="never negative"):
            desk.after(ny("2026-07-13 10:00"), -MICROSECOND)


def test_no_support_time_is_over_at_once() -> None:
    assert DESK.after(ny("2026-07-11 10:00"), timedelta(0)) == ny("2026-07-11 10:00")


def test_what_never_comes_is_an_overflow_and_not_an_endless_search() -> None:
    once = calendar("UTC", [], special={"2026-12-24": [("09:00", "12:00")]})
    assert once.after(utc("2026-01-01 00:00"), hours(3)) == utc("2026-12-24 12:00")
    with pytest.raises(OverflowError):
        once.after(utc("2026-01-01 00:00"), hours(4))
    with pytest.raises(OverflowError):
        once.next_opening(utc("2026-12-24 12:00"))
    with pytest.raises(OverflowError):
        once.working_days_after(utc("2026-12-24 10:00"), 1)
