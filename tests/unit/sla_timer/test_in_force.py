"""Which policy was in force at an instant."""

from datetime import timedelta

import pytest
from tests.unit.sla_timer.story import utc

from sla_timer.enrich import version_at

NOON = utc("2026-07-14 12:00")
HOUR = timedelta(hours=1)
PUBLISHED = [(NOON, "a"), (NOON + HOUR, "b"), (NOON + 2 * HOUR, "a"), (NOON + 2 * HOUR, "c")]


@pytest.mark.parametrize(
    ("hours", "version"), [(-1, "a"), (0, "a"), (0.5, "a"), (1, "b"), (1.5, "b"), (2, "c"), (99, "c")]
)
def test_the_one_published_last_by_then_or_the_first(hours: float, version: str) -> None:
    assert version_at(PUBLISHED, NOON + hours * HOUR) == version


def test_where_none_was_published_there_is_none() -> None:
    assert version_at([], NOON) is None
