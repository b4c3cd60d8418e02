"""Which timers are decided before they come due, and when such a decision holds."""

from datetime import UTC, datetime, timedelta
from typing import Any, cast

import pytest

from kit.store.values import Timer
from kit.timers.ahead import Ahead, Early

START = datetime(2026, 11, 23, 9, tzinfo=UTC)
SPAN = timedelta(seconds=4)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def timer(stream: str, due: float, kind: str = "deadline", generation: int = 1) -> Timer:
    return Timer(0, stream, kind, generation, at(due))


def early(of: Timer, next_due: float | None = None) -> Early:
    decided: Any = f"what {of.stream} says"
    return Early(of, decided, None if next_due is None else at(next_due))


def test_they_are_decided_in_steps_of_half_the_span() -> None:
    ahead = Ahead()
    assert ahead.wanted(at(0), SPAN) == at(4)
    assert ahead.wanted(at(1.9), SPAN) is None
    assert ahead.wanted(at(2), SPAN) == at(6)
    ahead.clear()
    assert ahead.wanted(at(2), SPAN) == at(6)


def test_of_each_stream_the_first_is_decided_unless_it_is_already() -> None:
    ahead, first, other = Ahead(), timer("a", 1, "half"), timer("b", 3)
    assert ahead.missing([timer("a", 2), first, other]) == [first, other]
    ahead.hold([early(first)])
    assert ahead.missing([timer("a", 2), first, other]) == [other]


def test_one_that_was_set_anew_is_decided_anew() -> None:
    ahead, anew = Ahead(), timer("a", 1, generation=2)
    ahead.hold([early(timer("a", 1))])
    assert ahead.missing([anew]) == [anew]
    assert ahead.take(anew, at(1)) is None


def test_a_decision_is_taken_once() -> None:
    ahead, one = Ahead(), timer("a", 1)
    ahead.hold([early(one)])
    assert cast(str, ahead.take(one, at(1))) == "what a says"
    assert ahead.take(one, at(1)) is None


@pytest.mark.parametrize(("until", "holds"), [(1.9, True), (2, False), (3, False)])
def test_it_holds_until_something_else_of_its_stream_is_due_as_well(until: float, holds: bool) -> None:
    ahead, warning = Ahead(), timer("a", 1, "warning-90")
    ahead.hold([early(warning, next_due=2)])
    assert (ahead.take(warning, at(until)) is not None) is holds


def test_those_that_never_ring_here_are_forgotten_the_oldest_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kit.timers.ahead.MAX_DECISIONS", 2)
    ahead, timers = Ahead(), [timer(stream, 1) for stream in "abc"]
    for one in timers:
        ahead.hold([early(one)])
    assert [ahead.take(one, at(1)) is not None for one in timers] == [False, True, True]
