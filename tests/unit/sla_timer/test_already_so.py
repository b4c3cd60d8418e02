"""Facts that don't fit change nothing, and from a note nothing follows."""

from typing import Any, get_args

import pytest
from tests.contract.corpus import example

from contracts.base import BY_CLASS
from contracts.sla import ClockAwaited, ClockEvent, ClockStarted, ClockUnowed
from sla_timer.domain import INITIAL, decide, evolve
from sla_timer.domain.commands import Note

BEGINNING = (ClockAwaited, ClockStarted, ClockUnowed)


@pytest.mark.parametrize("kind", [kind for kind in get_args(ClockEvent) if kind not in BEGINNING])
def test_what_is_told_of_a_clock_that_never_began_changes_nothing(kind: type[Any]) -> None:
    assert evolve(INITIAL, example(BY_CLASS[kind])) == INITIAL


def test_from_a_note_nothing_follows_whatever_stream_it_is_for() -> None:
    running = evolve(INITIAL, example(BY_CLASS[ClockStarted]))
    assert decide(Note(), INITIAL) == decide(Note(), running) == []
