"""SEMANTICS.md, "Working days exchanged for holidays": working Saturdays by country, unless the file says otherwise."""

import csv
from datetime import date, datetime, timedelta
from importlib.metadata import version
from typing import Any
from zoneinfo import ZoneInfo

import holidays
import pytest
from tests.shared import DATA, none
from tests.unit.sla_timer.story import DEFAULT, TODAY, hours, published

from contracts.policy import read
from contracts.replacing import replace
from hours.calendar import Calendar
from sla_timer.policy import file as policy_file
from sla_timer.policy.diff import policy_changes
from sla_timer.policy.versions import Policies

BUDAPEST = ZoneInfo("Europe/Budapest")
COUNTRIES = ("AM", "AZ", "BG", "BY", "CN", "HU", "KG", "KZ", "LV", "MM", "RU", "TW", "UA", "UZ", "VN", "US", "DE", "IL")
"""All that exchange days, as far as the library knows, and some that don't."""
HOLIDAYS = DATA / "public-holidays"
NOON = 12
OFFSET = '    offset: "-05:00"\n'
WINDOWS = '      - {days: mon-fri, from: "09:00", to: "17:00"}\n'
WORKED, OPEN = "2026-08-08", [[9 * 3600, 17 * 3600]]


def text(country: str = "HU", zone: str = "Europe/Budapest", more: str = "", windows: str = WINDOWS) -> str:
    """The shipped policy, its weekdays those of a country, its holidays known to the end of 2030."""
    listed = f"    zone: {zone}\n    holidays: {{country: {country}, known_until: 2030-12-31}}\n{more}"
    edited = DEFAULT.replace("since: 2020-01-01", "since: 2010-01-01").replace(OFFSET, listed)
    assert edited != DEFAULT
    return edited.replace(WINDOWS, windows)


def resolved(policy: str) -> Any:
    return policy_file.load(policy, name="policy.yaml", today=TODAY).resolved["calendars"]["weekdays"]


def desk(policy: str) -> Calendar:
    return Policies().published(published(policy)).current.calendar("weekdays")


def local(moment: str) -> datetime:
    return datetime.fromisoformat(moment).replace(tzinfo=BUDAPEST)


def test_a_saturday_that_is_worked_for_a_holiday_counts_like_any_working_day() -> None:
    hungary = desk(text())
    assert hungary.after(local("2026-08-07 16:00"), hours(3)) == local("2026-08-08 11:00")
    assert hungary.after(local("2026-08-19 16:00"), hours(2)) == local("2026-08-24 10:00")
    assert hungary.working_days_after(local("2026-08-07 10:00"), 1) == local("2026-08-08 10:00")
    assert resolved(text())["special"][WORKED] == OPEN


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_country_works_on_the_days_on_which_the_library_says_so(country: str) -> None:
    known = holidays.country_holidays(country, years=range(2010, 2032))
    weekdays = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
    days = ", ".join(day for number, day in enumerate(weekdays) if number not in known.weekend)
    calendar = desk(text(country, "UTC", windows=WINDOWS.replace("mon-fri", f"[{days}]")))
    on = date(2010, 1, 1)
    while on <= date(2030, 12, 31):
        open_then = calendar.is_open(datetime(on.year, on.month, on.day, NOON, tzinfo=ZoneInfo("UTC")))
        assert open_then == known.is_working_day(on), on
        on += timedelta(days=1)


@pytest.mark.skipif(not HOLIDAYS.is_dir(), reason=none("public holidays"))
@pytest.mark.skipif(version("holidays") != "0.109", reason="the dates were computed with holidays 0.109")
def test_the_days_worked_are_those_that_were_decreed() -> None:
    with (HOLIDAYS / "working_weekends.csv").open(encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if "2010" <= row["date"] < "2031"]
    for country in {row["country"] for row in rows}:
        decreed = sorted(row["date"] for row in rows if row["country"] == country)
        assert list(resolved(text(country, "UTC"))["special"]) == decreed, country


@pytest.mark.parametrize(
    ("special", "said"),
    [('[{from: "10:00", to: "12:00"}]', [[10 * 3600, 12 * 3600]]), ("[]", [])],
)
def test_the_file_may_say_otherwise_of_a_date(special: str, said: list[Any]) -> None:
    assert resolved(text(more=f"    special: {{{WORKED}: {special}}}\n"))["special"][WORKED] == said


def test_a_date_that_the_file_lists_as_a_holiday_is_one() -> None:
    listed = resolved(text().replace("country: HU,", f"country: HU, dates: [{WORKED}],"))
    assert WORKED not in listed["special"]
    assert WORKED in listed["holidays"]


def test_nothing_is_known_beyond_the_last_date_known_or_of_years_before_the_policy() -> None:
    until = text().replace("known_until: 2030-12-31", "known_until: 2026-11-30").replace("since: 2010", "since: 2026")
    assert list(resolved(until)["special"]) == ["2026-01-10", WORKED]


def test_hours_are_those_that_most_working_days_have() -> None:
    early = '      - {days: mon-thu, from: "08:00", to: "16:30"}\n      - {days: fri, from: "08:00", to: "14:00"}\n'
    assert resolved(text(windows=early))["special"][WORKED] == [[8 * 3600, 16 * 3600 + 1800]]


def test_a_desk_that_is_open_then_anyway_or_only_on_weekends_has_its_usual_hours() -> None:
    for days in ("mon-sun", "sat-sun"):
        assert resolved(text(windows=WINDOWS.replace("mon-fri", days)))["special"] == {}


def test_a_shift_over_midnight_begins_on_the_day_that_is_worked_and_ends_on_the_next() -> None:
    night = desk(text(windows=WINDOWS.replace('"09:00", to: "17:00"', '"22:00", to: "06:00"')))
    segments = list(night.segments(local("2026-08-07 12:00"), local("2026-08-10 12:00")))
    assert [(since.astimezone(BUDAPEST), until.astimezone(BUDAPEST)) for since, until in segments] == [
        (local("2026-08-07 22:00"), local("2026-08-08 06:00")),
        (local("2026-08-08 22:00"), local("2026-08-09 06:00")),
    ]


@pytest.mark.parametrize("policy", [DEFAULT, text("US", "America/New_York")])
def test_a_policy_without_such_days_resolves_to_what_it_did_and_keeps_its_version(policy: str) -> None:
    assert resolved(policy)["special"] == {}


def test_a_policy_published_before_such_days_were_known_is_counted_as_it_was_published() -> None:
    event = published(text())
    calendars = {name: entry | {"special": {}} for name, entry in event.resolved["calendars"].items()}
    former = Policies().published(replace(event, resolved=event.resolved | {"calendars": calendars}))
    due = former.current.calendar("weekdays").after(local("2026-08-07 16:00"), hours(3))
    assert due == local("2026-08-10 11:00")


def test_what_they_change_is_said_with_their_dates() -> None:
    other = text().replace("country: HU,", f"country: HU, dates: [{WORKED}],")
    before, after = (read(published(one).resolved) for one in (text(), other))
    said = " ".join(change.text for change in policy_changes(before, after, today=date(2026, 8, 1)))
    assert f"closed on further holidays: {WORKED}" in said
    assert f"on {WORKED} the usual hours instead of 09:00–17:00" in said


def test_many_of_them_are_said_in_one_sentence_those_to_come_and_those_past() -> None:
    before, after = (read(published(one).resolved) for one in (text("DE", "Europe/Budapest"), text()))
    every = [change.text for change in policy_changes(before, after, today=date(2026, 8, 1))]
    said = [line for line in every if "instead of the usual hours" in line]
    assert [line.split(": on ")[1] for line in said] == [
        f"{WORKED} 09:00–17:00 instead of the usual hours.",
        "2010-12-11, 2011-03-19, 2011-11-05, 2012-03-24, 2012-04-21, 2012-10-27 and 35 more, up to 2026-01-10 "
        "09:00–17:00 instead of the usual hours.",
    ]
