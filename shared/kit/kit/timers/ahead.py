"""What timers will bring about, decided before they come due: then ringing has only to write it.

It was decided on a stream as it was then. If the stream has changed when the timer rings, the append meets a later
version, and the timer rings anew.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from kit.log.drafting import Decided
from kit.store.values import Timer

DECIDE_AHEAD_SECONDS = 0.06
"""Real seconds before a timer comes due in which it is decided what it will bring about: some heartbeats."""
MAX_DECISIONS = 2_000
"""Decisions held at the most. Those whose timers never rang here are forgotten, the oldest first."""


class Early(NamedTuple):
    """What a timer brings about that rings at its time, before any other of its stream."""

    timer: Timer
    decided: Decided
    next_due: datetime | None
    """When the stream's next timer comes due after it; None: never."""


class Ahead:
    """Decisions made beforehand, one of each stream. Pure: whoever holds it does the reading and deciding."""

    def __init__(self) -> None:
        self._early: dict[str, Early] = {}
        self._until: datetime | None = None

    def clear(self) -> None:
        """Hold nothing."""
        self._early, self._until = {}, None

    def wanted(self, now: datetime, span: timedelta) -> datetime | None:
        """Up to which instant timers should be decided now; None: enough have been.

        They are decided in few large steps instead of one by one.
        """
        if self._until is not None and self._until > now + span / 2:
            return None
        self._until = now + span
        return self._until

    def missing(self, soon: Iterable[Timer]) -> list[Timer]:
        """The first of each stream, but for those that are held."""
        first: dict[str, Timer] = {}
        for timer in soon:
            if timer.stream not in first or timer.due_at < first[timer.stream].due_at:
                first[timer.stream] = timer
        held = {stream: early.timer for stream, early in self._early.items()}
        return [timer for stream, timer in first.items() if held.get(stream) != timer]

    def hold(self, decisions: Iterable[Early]) -> None:
        """Hold these."""
        self._early |= {one.timer.stream: one for one in decisions}
        while len(self._early) > MAX_DECISIONS:
            del self._early[next(iter(self._early))]

    def take(self, timer: Timer, until: datetime) -> Decided | None:
        """What was decided for this timer, if nothing else of its stream has come due by `until`; it is not held on."""
        early = self._early.pop(timer.stream, None)
        if early is None or early.timer != timer or (early.next_due is not None and early.next_due <= until):
            return None
        return early.decided
