from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.languages import WRITTEN, Language
from hours.written import written_amount, written_at, written_day

AT = datetime(2026, 7, 14, 15, 0, tzinfo=UTC)


def test_an_instant_is_written_in_the_language_and_the_zone() -> None:
    assert written_at(AT, "Europe/Berlin", "de") == "Dienstag, 14. Juli 2026, 17:00 (Europe/Berlin)"
    assert written_at(AT, "America/New_York", "en") == "Tuesday, 14 July 2026, 11:00 (America/New_York)"
    assert written_at(AT + timedelta(seconds=1), None, "en") == "Tuesday, 14 July 2026, 15:00:01 (UTC)"
    assert written_at(AT.replace(month=3), "Europe/Berlin", "de") == "Samstag, 14. März 2026, 16:00 (Europe/Berlin)"


@pytest.mark.parametrize("zone", [None, "", "Nowhere/City", "../etc/passwd", "Europe", "\x00"])
def test_an_unknown_zone_is_utc(zone: str | None) -> None:
    assert written_at(AT, zone, "de") == "Dienstag, 14. Juli 2026, 15:00 (UTC)"


@pytest.mark.parametrize(
    ("language", "written"),
    [("en", "Tuesday, 14 July 2026, 17:00 your time"), ("de", "Dienstag, 14. Juli 2026, 17:00 Uhr Ihrer Zeit")],
)
def test_in_the_reader_s_own_zone_its_name_need_not_be_said(language: Language, written: str) -> None:
    at = datetime(2026, 7, 14, 15, tzinfo=UTC)
    assert written_at(at, "Europe/Berlin", language, own=True) == written
    assert written_at(at, "Europe/Berlim", language, own=True).endswith("15:00 (UTC)")


def test_a_day_is_that_of_the_zone() -> None:
    late = datetime(2026, 7, 14, 23, 30, tzinfo=UTC)
    assert written_day(late, "Europe/Berlin", "de") == "15. Juli 2026"
    assert written_day(late, None, "en") == "14 July 2026"


@pytest.mark.parametrize(
    ("amount", "counts", "english", "german"),
    [
        (1, "working-days", "1 working day", "1 Arbeitstag"),
        (2, "working-days", "2 working days", "2 Arbeitstagen"),
        (1, "days", "1 day", "1 Tag"),
        (28, "days", "28 days", "28 Tagen"),
        (timedelta(hours=1, minutes=30), "support-time", "1 h 30 min of support time", "1 h 30 min Servicezeit"),
        (timedelta(seconds=1.5), "support-time", "1.5 s of support time", "1,5 s Servicezeit"),
        (timedelta(0), "support-time", "0 s of support time", "0 s Servicezeit"),
        (2, "moons", "", ""),
    ],
)
def test_an_amount_of_time_is_written_in_the_language(
    amount: int | timedelta, counts: str, english: str, german: str
) -> None:
    assert written_amount(amount, counts, "en") == english
    assert written_amount(amount, counts, "de") == german


@given(st.datetimes(timezones=st.just(UTC)), st.text(), st.sampled_from(WRITTEN))
def test_every_instant_can_be_written_in_any_zone(at: datetime, zone: str, language: Language) -> None:
    assert f"{at.year:04}, " in written_at(at, None, language)
    assert written_day(at, zone, language)


def test_an_instant_that_a_zone_has_no_date_for_is_written_in_utc() -> None:
    assert written_at(datetime.max.replace(tzinfo=UTC), "Pacific/Kiritimati", "en").endswith("(UTC)")
