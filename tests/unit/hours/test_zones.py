"""Time zones: read from the wheel's files, and held against the standard library's reading of the same files."""

import re
import zoneinfo
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hours.instants import DAY, SECOND, instant, moment, span
from hours.zone import Zone
from hours.zones import check_zone, resolve_zone, zone_at, zone_named
from hours.zones.rule import Rule
from hours.zones.tzif import ZoneFile

NAMES = sorted(zoneinfo.available_timezones())
ODD = ["Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca", "Antarctica/Troll", "Asia/Kathmandu"]
ODD += ["America/Asuncion", "America/Nuuk", "Asia/Gaza", "Europe/Dublin", "Pacific/Norfolk", "WET", "America/St_Johns"]
instants = st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31)).map(lambda at: at.replace(tzinfo=UTC))  # noqa: DTZ001


def offset(name: str, at: datetime) -> timedelta:
    """As the standard library says."""
    found = at.astimezone(ZoneInfo(name)).utcoffset()
    assert found is not None
    return found


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(NAMES), st.lists(instants, min_size=5, max_size=20))
def test_any_zone_at_any_instant_is_as_the_standard_library_says(name: str, times: list[datetime]) -> None:
    zone = zone_named(name)
    for at in times:
        assert zone.local(instant(at)) == instant(at + offset(name, at)), (name, at)


@pytest.mark.parametrize("name", ODD)
def test_every_change_of_an_odd_zone_comes_at_its_second(name: str) -> None:
    zone = zone_named(name)
    until = instant(datetime(2200, 1, 1, tzinfo=UTC))
    changes = [at for at in zone.transitions if at < until]
    assert changes
    for at in changes:
        before, after = offset(name, moment(at - SECOND)), offset(name, moment(at))
        assert before != after
        assert zone.local(at - 1) == instant(moment(at - 1) + before)
        assert zone.local(at) == instant(moment(at) + after)


@pytest.mark.parametrize("name", ODD)
def test_the_published_form_holds_every_day_from_1970_to_its_horizon(name: str) -> None:
    resolved = resolve_zone(name, date(2040, 12, 31))
    zone = Zone.of(resolved)
    for day in range(25_933):
        at = day * DAY + 12 * 3600 * SECOND
        assert zone.local(at) - at == span(offset(name, moment(at)))
    assert all(0 < at < 2_240_700_000 for at, _ in resolved.transitions)


def test_every_zone_of_the_wheel_can_be_read() -> None:
    for name in NAMES:
        Rule.of(ZoneFile.named(name).rule)


def test_a_fixed_offset_never_changes() -> None:
    assert zone_at("-05:00").local(0) == -5 * 3600 * SECOND
    assert zone_at("+05:45").local(0) == (5 * 3600 + 45 * 60) * SECOND


def test_a_name_that_is_none_is_refused_with_the_likely_ones() -> None:
    with pytest.raises(ValueError, match="did you mean America/New_York"):
        check_zone("America/NewYork")
    with pytest.raises(ValueError, match=re.escape("unknown zone '../zones'")):
        zone_named("../zones")


@pytest.mark.parametrize("content", [b"", b"TZif", b"TZif1" + bytes(39), b"nope2" + bytes(39)])
def test_what_is_no_zone_file_is_refused(content: bytes) -> None:
    with pytest.raises(ValueError, match="no zone file"):
        ZoneFile.of(content)


def test_a_rule_in_another_form_is_refused() -> None:
    with pytest.raises(ValueError, match="time zone rule 'EST5EDT,J60,J300'"):
        Rule.of("EST5EDT,J60,J300")


def test_the_files_are_those_of_the_wheel() -> None:
    assert zoneinfo.TZPATH == ()
    assert ZoneFile.named("UTC") == ZoneFile.of(files("tzdata.zoneinfo").joinpath("UTC").read_bytes())
