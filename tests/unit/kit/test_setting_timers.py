"""Which event has set a timer, where a command led to several."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from kit.log.effects import Retimed, retimed, with_setters
from kit.store.values import Timer

DUE = datetime(2026, 7, 13, 12, tzinfo=UTC)
EVENTS = [(UUID(int=n), f"trace {n}") for n in (1, 2, 3)]


@dataclass(frozen=True)
class Asked:
    kind: str
    generation: int
    due_at: datetime = DUE


class Clockwork:
    """A state is what it asks for, as in `a1 b2`: kinds of a letter, generations of a digit."""

    INITIAL = ""

    def decide(self, command: Any, state: str, /) -> list[Any]:
        raise NotImplementedError

    def evolve(self, state: str, event: Any, /) -> str:
        raise NotImplementedError

    def timers(self, state: str) -> list[Asked]:
        return [Asked(one[0], int(one[1])) for one in state.split()]


@pytest.mark.parametrize(
    ("before", "states", "setters"),
    [
        ("", ["a1"], {"a1": 1}),
        ("", ["a1", "a1", "a1"], {"a1": 1}),
        ("", ["", "a1", "a1 b1"], {"a1": 2, "b1": 3}),
        ("", ["a1", "", "a1"], {"a1": 3}),
        ("a1", ["a1", "a2", "a2 b1"], {"a2": 2, "b1": 3}),
        ("a1", ["a1 b1", "b1", "b1"], {"b1": 1}),
    ],
)
def test_it_is_the_one_from_which_on_the_timer_has_been_asked_for(
    before: str, states: Sequence[str], setters: dict[str, int]
) -> None:
    clockwork = Clockwork()
    _, new = retimed(clockwork, 0, "clock-1", before, states[-1])
    found = with_setters(clockwork, new, states, EVENTS[: len(states)])
    told = {f"{timer.kind}{timer.generation}": (timer.set_by, timer.traceparent) for timer in found}
    assert told == {name: EVENTS[n - 1] for name, n in setters.items()}


def test_a_timer_is_the_same_whoever_set_it() -> None:
    """What goes is worked out from states, and doesn't know who set it."""
    told = Retimed()
    told.then([], [Timer(0, "clock-1", "a", 1, DUE, *EVENTS[0])])
    told.then([Timer(0, "clock-1", "a", 1, DUE)], [])
    assert (told.gone, told.new) == ([], {})
