"""How much is taken from one place in an hour."""

from datetime import timedelta

from tests.unit.sla_timer.story import ny

from feedback.http import allowance
from feedback.http.allowance import Allowance

TEN = ny("2026-07-14 10:00")


def test_each_place_has_its_share_of_each_hour() -> None:
    allowed = Allowance(2)
    assert allowed.take("here", TEN) is None
    assert allowed.take("here", TEN + timedelta(minutes=20)) is None
    assert allowed.take("here", TEN + timedelta(minutes=30)) == TEN + timedelta(hours=1)
    assert allowed.take("there", TEN + timedelta(minutes=30)) is None
    assert allowed.take("here", TEN + timedelta(hours=1)) is None, "the first of them was an hour ago"


def test_places_heard_of_long_ago_are_forgotten() -> None:
    allowed = Allowance(1)
    for n in range(allowance.MAX_KEYS + 1):
        assert allowed.take(str(n), TEN) is None
    assert allowed.take(str(allowance.MAX_KEYS), TEN) is not None
    assert allowed.take("0", TEN) is None
