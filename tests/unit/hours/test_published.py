"""Calendars as any service reads them from a published policy."""

from datetime import UTC, date, datetime, timedelta

from tests.unit.hours.calendars import WEEKDAYS, seconds

from contracts.sla import PolicyPublished
from hours.published import calendars_of
from hours.zones import resolve_zone

NEW_YORK = resolve_zone("America/New_York", date(2036, 12, 31))


def published(version: str, *names: str) -> PolicyPublished:
    """A policy that says nothing but when somebody is there."""
    entry = {
        "version": version,
        "zone": "America/New_York",
        "windows": [[day, seconds(opens), seconds(closes)] for day, opens, closes in WEEKDAYS],
        "holidays": ["2026-11-26"],
        "special": {},
        "known_until": "2036-12-31",
    }
    resolved = {
        "calendars": dict.fromkeys(names, entry),
        "zones": {"America/New_York": {"offset": NEW_YORK.offset, "transitions": NEW_YORK.transitions}},
    }
    return PolicyPublished(shard=0, version="p", name="Ours", tzdata="2026f", holidays="0.109", resolved=resolved)


def test_open_hours_are_counted_by_a_calendar_of_the_policy() -> None:
    office = calendars_of(published("v1", "office"))["office"]
    wednesday = datetime(2026, 11, 25, 21, tzinfo=UTC)
    assert office.after(wednesday, timedelta(hours=2)) == datetime(2026, 11, 27, 15, tzinfo=UTC)
    assert (office.name, office.version, office.known_until) == ("office", "v1", date(2036, 12, 31))


def test_a_calendar_that_is_compiled_already_is_kept() -> None:
    first = calendars_of(published("v1", "office"))
    kept = {(one.name, one.version): one for one in first.values()}
    again = calendars_of(published("v1", "office", "patrol"), kept)
    assert again["office"] is first["office"]
    assert again["patrol"] is not first["office"]
    assert calendars_of(published("v2", "office"), kept)["office"] is not first["office"]
