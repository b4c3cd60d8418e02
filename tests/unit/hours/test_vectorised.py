"""Support hours of many at once: the same as one by one."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.hours.calendars import calendar
from tests.unit.hours.weeks import ODD, weeks

from hours.instants import DAY, EARLIEST, LATEST, SECOND, instant
from hours.open_time import open_time_of
from hours.vectorised import ELEMENTS_PER_PART, Vectorised

SINCE, UNTIL = instant(datetime(1995, 1, 1, tzinfo=UTC)), instant(datetime(2035, 1, 1, tzinfo=UTC))
OFFICE = calendar("America/New_York")
ALWAYS = calendar("UTC", [(day, "00:00", "24:00") for day in range(7)])
moderate = settings(max_examples=40, deadline=None)
instants = st.lists(st.integers(SINCE, UNTIL), min_size=1, max_size=20)
span = st.integers(0, 400 * 3600 * SECOND)


@moderate
@given(st.sampled_from(sorted(ODD)), weeks(), instants, st.data())
def test_after_and_between_are_those_of_each(
    zone: str, week: list[tuple[int, str, str]], starts: list[int], data: st.DataObject
) -> None:
    one = calendar(zone, week, ["2026-12-25"], {"2026-12-24": [("09:00", "12:00")]}).open_time
    spans = data.draw(st.lists(span, min_size=len(starts), max_size=len(starts)))
    many = Vectorised(one)
    ends = many.after(np.array(starts), np.array(spans))
    assert ends.tolist() == [one.after(*pair) for pair in zip(starts, spans, strict=True)]
    assert many.between(np.array(starts), ends).tolist() == spans
    back = many.between(ends, starts[0])
    assert back.tolist() == [one.between(end, starts[0]) for end in ends.tolist()]


def test_more_than_are_worked_on_at_once() -> None:
    rng = np.random.default_rng(7)
    starts, spans = (
        rng.integers(SINCE, UNTIL, 2 * ELEMENTS_PER_PART + 5),
        rng.integers(0, 100 * 3600 * SECOND, 2 * ELEMENTS_PER_PART + 5),
    )
    many = Vectorised(OFFICE.open_time)
    ends = many.after(starts, spans)
    assert (many.between(starts, ends) == spans).all()
    for n in (0, ELEMENTS_PER_PART - 1, ELEMENTS_PER_PART, 2 * ELEMENTS_PER_PART + 4):
        assert ends[n] == OFFICE.open_time.after(int(starts[n]), int(spans[n]))


def test_shapes_follow_numpy() -> None:
    many = Vectorised(OFFICE.open_time)
    starts = np.array([[SINCE, SINCE + DAY, UNTIL]])
    assert many.after(starts, np.array([[SECOND], [3600 * SECOND]])).shape == (2, 3)
    assert many.after(SINCE, SECOND) == OFFICE.open_time.after(SINCE, SECOND)
    assert many.after([], 5).tolist() == many.between([], []).tolist() == []


def test_datetime64_needs_no_conversion() -> None:
    starts = np.array(["2026-07-10T20:30", "2026-07-10T21:00"], "datetime64[us]")
    ends = Vectorised(OFFICE.open_time).after(starts.view("int64"), 3600 * SECOND).view("datetime64[us]")
    assert ends.tolist() == [datetime(2026, 7, 13, 13, 30), datetime(2026, 7, 13, 14, 0)]  # noqa: DTZ001


def test_no_support_time_takes_no_time_even_when_closed() -> None:
    closed = instant(datetime(2026, 7, 11, 12, tzinfo=UTC))
    assert Vectorised(OFFICE.open_time).after([closed, closed], [0, 1]).tolist() == [
        closed,
        OFFICE.open_time.after(closed, 1),
    ]


def test_the_clock_round_is_elapsed_time() -> None:
    many = Vectorised(ALWAYS.open_time)
    assert many.after([SINCE, UNTIL], [5, 0]).tolist() == [SINCE + 5, UNTIL]
    assert many.between([SINCE, UNTIL], [UNTIL, SINCE]).tolist() == [UNTIL - SINCE, SINCE - UNTIL]
    with pytest.raises(OverflowError):
        many.after([SINCE, LATEST], [0, 1])


def test_close_to_the_end_of_time_each_is_counted_for_itself() -> None:
    many = Vectorised(open_time_of(OFFICE.schedule))
    assert many.after([SINCE, LATEST - 100 * DAY], [100 * DAY, DAY]).tolist() == [
        OFFICE.open_time.after(SINCE, 100 * DAY),
        OFFICE.open_time.after(LATEST - 100 * DAY, DAY),
    ]
    with pytest.raises(OverflowError, match="before the year 10000"):
        many.after([SINCE, LATEST - 100 * DAY], [DAY, 100 * DAY])
    with pytest.raises(OverflowError, match="before the year 10000"):
        many.after([SINCE], [2**62])


def test_nonsense_is_refused() -> None:
    many = Vectorised(OFFICE.open_time)
    with pytest.raises(ValueError, match="never negative"):
        many.after([SINCE, SINCE], [5, -1])
    with pytest.raises(TypeError, match="and not float64"):
        many.after([SINCE], [0.5])
    with pytest.raises(TypeError, match="and not datetime64"):
        many.between(np.array(["2026-07-10"], "datetime64[us]"), [SINCE])
    with pytest.raises(TypeError, match="and not uint64"):
        many.between(np.array([5], np.uint64), [SINCE])
    with pytest.raises(OverflowError, match="the years 1 to 9999"):
        many.between([EARLIEST - 1], [SINCE])
    with pytest.raises(OverflowError, match="the years 1 to 9999"):
        many.between([SINCE], [LATEST + 1])
