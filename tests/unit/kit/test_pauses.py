"""Sleeping until a timer is due."""

from datetime import UTC, datetime, timedelta

from kit.timers.pauses import COARSEST_SECONDS, Pauses

NOON = datetime(2026, 7, 14, 12, tzinfo=UTC)


def test_who_waits_sleeps_until_the_timer_is_due() -> None:
    pauses = Pauses()
    assert pauses.before(NOON, 1.5) == 1.5
    assert pauses.before(NOON + timedelta(seconds=1), 0.5) == 0.5
    assert pauses.before(NOON + timedelta(seconds=1), 0.0) == 0.0


def test_on_a_clock_that_stands_still_each_pause_doubles_until_it_moves() -> None:
    pauses = Pauses()
    assert [pauses.before(NOON, 1e-8) for _ in range(4)] == [1e-8, 2e-8, 4e-8, 8e-8]
    assert pauses.before(NOON + timedelta(seconds=1), 1e-8) == 1e-8


def test_who_is_woken_early_sleeps_no_longer_for_that() -> None:
    pauses = Pauses()
    assert [pauses.before(NOON, 10.0) for _ in range(3)] == [10.0] * 3
    assert [pauses.before(NOON, 1e-8) for _ in range(2)] == [COARSEST_SECONDS] * 2
