"""Over the real public holidays of 248 countries, 2010 to 2030: against business days, and second by second."""

import csv
import gzip
import json
from collections import defaultdict
from datetime import UTC, date, datetime, timedelta
from functools import cache
from importlib.metadata import version
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.shared import DATA, none
from tests.unit.hours.brute_force import BruteForce, read
from tests.unit.hours.calendars import calendar
from tests.unit.hours.weeks import ODD
from tests.unit.sla_timer.story import DEFAULT, TODAY

from hours.instants import SECOND
from sla_timer.cli.cases import answer_after, answer_between
from sla_timer.policy import file as policy_file

HOLIDAYS = DATA / "public-holidays"
pytestmark = pytest.mark.skipif(not HOLIDAYS.is_dir(), reason=none("public holidays"))

Place = tuple[str, str]
WORKDAY = 8 * 3600 * SECOND
YEARS = [datetime(year, 1, 1, tzinfo=UTC) for year in range(2010, 2032)]


@cache
def holidays() -> dict[Place, list[str]]:
    """Dates by country and subdivision."""
    found: dict[Place, list[str]] = defaultdict(list)
    with gzip.open(HOLIDAYS / "public_holidays.csv.gz", "rt", encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["country"], row["subdivision"]].append(row["date"])
    return found


@cache
def weekends() -> dict[str, list[int]]:
    with (HOLIDAYS / "weekend_days.csv").open(encoding="utf-8") as file:
        rows = csv.DictReader(file)
        return {row["country"]: [int(day) for day in row["weekend_days_monday_is_0"].split()] for row in rows}


@cache
def decreed() -> dict[str, list[str]]:
    """Weekend days that are work days by decree."""
    found: dict[str, list[str]] = defaultdict(list)
    with (HOLIDAYS / "working_weekends.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            found[row["country"]].append(row["date"])
    return found


def week(country: str) -> list[int]:
    return [day for day in range(7) if day not in weekends().get(country, [5, 6])]


def test_every_year_of_every_country_has_as_many_support_hours_as_it_has_working_days() -> None:
    assert len(holidays()) > 400
    for (country, subdivision), dates in holidays().items():
        extra = decreed().get(country, [])
        desk = calendar(
            "UTC",
            [(day, "09:00", "17:00") for day in week(country)],
            dates,
            {on: [("09:00", "17:00")] for on in extra},
        )
        mask = [day in week(country) for day in range(7)]
        for start, end in pairwise(YEARS):
            span = start.date(), end.date()
            days = int(np.busday_count(*span, weekmask=mask, holidays=np.array(dates, "datetime64[D]")))
            # A decree makes a weekend day a working one, and a working day stays one that it names besides.
            decrees = {date.fromisoformat(on) for on in extra if span[0].isoformat() <= on < span[1].isoformat()}
            days += sum(not np.is_busday(on, weekmask=mask, holidays=dates) for on in decrees)
            assert desk.between(start, end) == timedelta(microseconds=days * WORKDAY), (country, subdivision, start)


@settings(max_examples=6, deadline=None)
@given(st.data())
def test_around_a_real_holiday_it_agrees_with_the_brute_force_second_by_second(data: st.DataObject) -> None:
    place = data.draw(st.sampled_from(sorted(holidays())))
    on = date.fromisoformat(data.draw(st.sampled_from(sorted(holidays()[place]))))
    near = [each for each in holidays()[place] if abs(date.fromisoformat(each) - on) < timedelta(days=30)]
    hours = data.draw(st.sampled_from([("09:00", "17:00"), ("22:00", "06:00"), ("00:00", "24:00"), ("07:30", "07:30")]))
    start = datetime(on.year, on.month, on.day, tzinfo=UTC) - timedelta(
        microseconds=data.draw(st.integers(0, 24 * 3600 * SECOND))
    )
    case: dict[str, Any] = {
        "zone": data.draw(st.sampled_from(sorted(ODD))),
        "windows": [{"day": day, "from": hours[0], "to": hours[1]} for day in week(place[0])],
        "holidays": holidays()[place],
        "special": {each: [{"from": "10:00", "to": "14:00"}] for each in decreed().get(place[0], [])},
        "start": start.isoformat(),
    }
    brute = BruteForce(case | {"holidays": near})
    end = start + timedelta(hours=36)
    open_time = brute.between(start, end)
    answer = json.loads(answer_between(json.dumps(case | {"end": end.isoformat()}).encode()))
    assert timedelta(seconds=answer["seconds"]) == open_time
    seconds = open_time // timedelta(microseconds=2) / 10**6
    reached = json.loads(answer_after(json.dumps(case | {"seconds": seconds}).encode()))["at"]
    assert read(reached) == brute.after(start, timedelta(seconds=seconds))


@pytest.mark.skipif(version("holidays") != "0.109", reason="the dates were computed with holidays 0.109")
@settings(max_examples=12, deadline=None)
@given(st.data())
def test_a_policy_that_names_a_country_gets_its_dates(data: st.DataObject) -> None:
    country, subdivision = data.draw(st.sampled_from(sorted(holidays())))
    where = f"country: {country!r}" + (f", subdivision: {subdivision!r}" if subdivision else "")
    text = DEFAULT.replace("since: 2020-01-01", "since: 2010-01-01").replace(
        '    offset: "-05:00"', f'    offset: "-05:00"\n    holidays: {{{where}, known_until: 2030-12-31}}'
    )
    document = policy_file.load(text, name="policy.yaml", today=TODAY)
    assert document.resolved["calendars"]["weekdays"]["holidays"] == sorted(set(holidays()[country, subdivision]))
