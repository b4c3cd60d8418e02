"""What holds for every calendar, and agreement with a brute force that knows nothing of tables or transitions."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.sla_timer.calendars import calendar
from tests.unit.sla_timer.story import utc

from sla_timer.domain.calendar import Calendar

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
MINUTE = timedelta(minutes=1)
moderate = settings(max_examples=40, deadline=None)

moments = st.datetimes(datetime(1995, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
spans = st.integers(0, 400 * 3600 * 10**6).map(lambda micros: timedelta(microseconds=micros))


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@st.composite
def weeks(draw: st.DrawFn) -> list[tuple[int, str, str]]:
    """Some windows a day, some over midnight, none overlapping."""
    edges = sorted(draw(st.sets(st.integers(0, 7 * 96 - 1), min_size=2, max_size=24)))
    windows = []
    for start, end in zip(edges[::2], edges[1::2], strict=False):
        end = min(end, start + 96)
        windows.append((start // 96, clock(start % 96 * 15), clock(end % 96 * 15)))
    return windows


@st.composite
def calendars(draw: st.DrawFn) -> Calendar:
    zone = draw(st.sampled_from(sorted(ODD)))
    near = draw(st.sampled_from(ODD[zone]))
    days = st.integers(-4, 4).map(lambda n: (near + timedelta(days=n)).isoformat())
    special = draw(st.dictionaries(days, st.sampled_from([[("09:00", "12:00")], [("00:00", "24:00")], []]), max_size=2))
    return calendar(zone, draw(weeks()), draw(st.lists(days, max_size=2)), special)


@moderate
@given(calendars(), moments, spans)
def test_between_start_and_after_is_the_support_time(desk: Calendar, start: datetime, span: timedelta) -> None:
    assert desk.between(start, desk.after(start, span)) == span


@moderate
@given(calendars(), moments, spans)
def test_after_is_the_first_such_instant(desk: Calendar, start: datetime, span: timedelta) -> None:
    end = desk.after(start, span)
    assert end == start or desk.is_open(end - timedelta(microseconds=1))


@moderate
@given(calendars(), moments, moments, moments)
def test_between_is_additive(desk: Calendar, a: datetime, b: datetime, c: datetime) -> None:
    assert desk.between(a, b) + desk.between(b, c) == desk.between(a, c)


@moderate
@given(calendars(), moments, spans, spans)
def test_after_is_additive_and_monotone(desk: Calendar, start: datetime, one: timedelta, two: timedelta) -> None:
    assert desk.after(desk.after(start, one), two) == desk.after(start, one + two)
    low, high = sorted((one, two))
    assert desk.after(start, low) <= desk.after(start, high)


@moderate
@given(calendars(), moments, moments, spans)
def test_who_starts_later_is_not_done_earlier(desk: Calendar, a: datetime, b: datetime, span: timedelta) -> None:
    early, late = sorted((a, b))
    assert desk.after(early, span) <= desk.after(late, span)


@moderate
@given(calendars(), moments, spans)
def test_segments_add_up_and_are_apart(desk: Calendar, start: datetime, span: timedelta) -> None:
    end = start + span
    segments = list(desk.segments(start, end))
    assert sum((closed - opened for opened, closed in segments), timedelta()) == desk.between(start, end)
    assert all(start <= opened < closed <= end for opened, closed in segments)
    assert all(one[1] < two[0] for one, two in pairwise(segments))


@moderate
@given(calendars(), moments)
def test_the_next_opening_is_open_and_nothing_before_it_is(desk: Calendar, at: datetime) -> None:
    opening = desk.next_opening(at)
    assert desk.is_open(opening)
    assert desk.between(at, opening) == timedelta()


@moderate
@given(calendars(), st.lists(moments, min_size=2, max_size=6), spans)
def test_no_answer_depends_on_what_was_asked_before(desk: Calendar, asked: list[datetime], span: timedelta) -> None:
    alone = Calendar("test", "test", desk.schedule).after(asked[-1], span)
    assert [desk.after(at, span) for at in asked][-1] == alone


@pytest.mark.parametrize(("zone", "near"), [(zone, near) for zone in ODD for near in ODD[zone]])
@settings(max_examples=3, deadline=None)
@given(week=weeks(), holiday=st.integers(-2, 2), half=st.integers(-2, 2))
def test_it_agrees_with_a_brute_force_minute_by_minute(
    zone: str, near: date, week: list[tuple[int, str, str]], holiday: int, half: int
) -> None:
    off, short = near + timedelta(days=holiday), near + timedelta(days=half)
    desk = calendar(zone, week, [off.isoformat()], {short.isoformat(): [("09:00", "12:00")]})
    start = datetime(near.year, near.month, near.day, tzinfo=UTC) - timedelta(days=3)
    at, end, total, last = start, start + timedelta(days=6), timedelta(), start
    while at < end:
        open_now = brute_force(ZoneInfo(zone), week, off, short, at)
        assert desk.is_open(at) == open_now, at
        at += MINUTE
        if open_now:
            total, last = total + MINUTE, at
    assert desk.between(start, end) == total
    assert desk.after(start, total) == last


def brute_force(zone: ZoneInfo, week: list[tuple[int, str, str]], off: date, short: date, at: datetime) -> bool:
    """semantics.md, word by word: open when its local date and wall-clock time lie in a window."""
    local = at.astimezone(zone)
    today, time = local.date(), local.strftime("%H:%M")
    if today == short:
        return "09:00" <= time < "12:00"
    if today == off:
        return False
    yesterday = (today.weekday() - 1) % 7
    return any(
        (day == today.weekday() and opens <= time and (time < closes or closes <= opens))
        or (day == yesterday and closes <= opens and time < closes)
        for day, opens, closes in week
    )


def test_second_by_second_over_the_half_hour_of_lord_howe() -> None:
    desk = calendar("Australia/Lord_Howe", [(6, "01:15", "02:20")])
    zone = ZoneInfo("Australia/Lord_Howe")
    for night in ("2026-04-04 13:00", "2026-10-03 13:00"):
        start = utc(night)
        instants = [start + timedelta(seconds=n) for n in range(5 * 3600)]
        open_now = [
            at.astimezone(zone).weekday() == 6 and "01:15" <= at.astimezone(zone).strftime("%H:%M") < "02:20"
            for at in instants
        ]
        assert [desk.is_open(at) for at in instants] == open_now
        assert desk.between(start, instants[-1]) == timedelta(seconds=sum(open_now))
