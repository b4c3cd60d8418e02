"""What timers bring about, decided before they are due, so that ringing only has to write it.

Each is decided on its stream as it was then. If the stream has changed by the time the timer rings, the append
conflicts, and the timer is decided again.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from kit.log.drafting import Decided
from kit.store.values import Timer

DECIDE_AHEAD_SECONDS = 0.06
"""Real seconds before a timer is due in which its effect is decided: some heartbeats."""
MAX_DECISIONS = 2_000
"""Decisions held in memory. Beyond that, the oldest are forgotten: their timers never rang here."""


class Early(NamedTuple):
    """What the core decided for a timer that rings on time, before any other of its stream."""

    timer: Timer
    decided: Decided
    next_due: datetime | None
    """When the stream's next timer is due after this one; None: there is none."""


class Ahead:
    """Early decisions, one per stream. Pure: the caller reads the streams and lets the core decide."""

    def __init__(self) -> None:
        self._early: dict[str, Early] = {}
        self._until: datetime | None = None

    def clear(self) -> None:
        """Hold nothing."""
        self._early, self._until = {}, None

    def wanted(self, now: datetime, span: timedelta) -> datetime | None:
        """Up to which instant timers should be decided now; None: enough are.

        They are decided in few large batches rather than one by one.
        """
        if self._until is not None and self._until > now + span / 2:
            return None
        self._until = now + span
        return self._until

    def missing(self, soon: Iterable[Timer]) -> list[Timer]:
        """The earliest timer of each stream, unless it is decided already."""
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
        """Remove and return the decision for this timer; None: there is none, or another timer of its stream is due
        by `until`."""
        early = self._early.pop(timer.stream, None)
        if early is None or early.timer != timer or (early.next_due is not None and early.next_due <= until):
            return None
        return early.decided
