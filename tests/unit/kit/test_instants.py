"""Instants in queries and bodies are read as everywhere else, and are in UTC from then on."""

from datetime import UTC, date, datetime

import pytest
from pydantic import TypeAdapter, ValidationError

from kit.http.instants import Instant, InstantOrDate

THREE = datetime(2026, 7, 14, 15, tzinfo=UTC)


@pytest.mark.parametrize("kind", [Instant, InstantOrDate])
@pytest.mark.parametrize("text", ["2026-07-14T15:00:00Z", "2026-07-14T17:00:00+02:00", "2026-07-14T10:00-05:00"])
def test_an_instant_of_any_zone_is_in_utc(kind: type[datetime], text: str) -> None:
    read = TypeAdapter[datetime](kind).validate_python(text)
    assert (read, read.tzinfo) == (THREE, UTC)


def test_a_date_stays_one() -> None:
    assert TypeAdapter[date](InstantOrDate).validate_python("2026-07-14") == date(2026, 7, 14)


@pytest.mark.parametrize("kind", [Instant, InstantOrDate])
@pytest.mark.parametrize(
    "given", [1_784_041_200, "2026-07-14T15:00:00", "2026-07-14T15:00:00.1234567Z", "2026-02-30", "soon"]
)
def test_what_is_none_is_refused_with_an_example(kind: type[datetime], given: object) -> None:
    with pytest.raises(ValidationError, match="write an instant such as"):
        TypeAdapter[datetime](kind).validate_python(given)
