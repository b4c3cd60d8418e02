"""What holds for every calendar, and agreement with a brute force that knows nothing of tables or transitions."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.hours.brute_force import BruteForce
from tests.unit.hours.calendars import calendar
from tests.unit.hours.weeks import ODD, weeks
from tests.unit.sla_timer.story import utc

from hours.calendar import Calendar

SECOND = timedelta(seconds=1)
moderate = settings(max_examples=40, deadline=None)

moments = st.datetimes(datetime(1995, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001
spans = st.integers(0, 400 * 3600 * 10**6).map(lambda micros: timedelta(microseconds=micros))


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
@settings(max_examples=2, deadline=None)
@given(week=weeks(), holiday=st.integers(-1, 1), half=st.integers(-1, 1))
def test_it_agrees_with_a_brute_force_second_by_second_around_every_odd_transition(
    zone: str, near: date, week: list[tuple[int, str, str]], holiday: int, half: int
) -> None:
    off, short = ((near + timedelta(days=days)).isoformat() for days in (holiday, half))
    desk = calendar(zone, week, [off], {short: [("09:00", "12:00")]})
    brute = BruteForce(
        {
            "zone": zone,
            "windows": [{"day": day, "from": opens, "to": closes} for day, opens, closes in week],
            "holidays": [off],
            "special": {short: [{"from": "09:00", "to": "12:00"}]},
        }
    )
    at = start = datetime(near.year, near.month, near.day, tzinfo=UTC) - timedelta(hours=18)
    end, total, last = start + timedelta(hours=48), timedelta(), start
    while at < end:
        open_now = brute.is_open(at)
        assert desk.is_open(at) == open_now, at
        at += SECOND
        if open_now:
            total, last = total + SECOND, at
    assert desk.between(start, end) == total
    assert desk.after(start, total) == last


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
