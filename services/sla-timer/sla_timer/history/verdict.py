"""The verdict on a clock, from events that the core decides or that the log holds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal

from contracts.sla import (
    AnsweredLate,
    BreachRetracted,
    ClockRescheduled,
    ClockResumed,
    ClockStarted,
    SlaBreached,
    SlaMet,
)
from contracts.tickets import Severity
from sla_timer.domain import INITIAL, decide, elapse
from sla_timer.domain.clock.status import ClockState, state_of
from sla_timer.domain.commands import ClockCommand
from sla_timer.domain.evolve import evolve
from sla_timer.domain.state import Breached, Nothing, Situation

NoClock = Literal["nothing"]
"""Of a ticket without a clock of the kind."""
STATES: Final[tuple[ClockState | NoClock, ...]] = (
    "nothing",
    "waiting",
    "running",
    "met",
    "missed",
    "breached",
    "cancelled",
    "paused",
    "unowed",
)
"""All of them, in the order in which they are shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The outcome of a clock at an instant. `elapsed`: what was used up at the answer, in what its promise counts.

    `breaches`: how many were not retracted; a reply or an update may be owed, and broken, again and again. A field
    without a value, such as the start while information is missing, is None.
    """

    state: ClockState | NoClock
    severity: Severity | None = None
    started_at: datetime | None = None
    due_at: datetime | None = None
    responded_at: datetime | None = None
    breached_at: datetime | None = None
    elapsed: timedelta | None = None
    breaches: int = 0

    @property
    def outcome(self) -> ClockState | NoClock:
        """`breached` if there is any breach, otherwise the state."""
        return "breached" if self.breaches else self.state


class ClockSoFar:
    """A clock, folded event by event. Give it commands to decide, or events from the log."""

    __slots__ = ("_answered", "_breaches", "_due_at", "_promised", "state")

    def __init__(self) -> None:
        self.state: Situation = INITIAL
        self._promised: ClockStarted | ClockRescheduled | None = None
        self._due_at: datetime | None = None
        self._answered: SlaMet | AnsweredLate | None = None
        self._breaches = 0

    def decide(self, command: ClockCommand) -> None:
        """Decide the next command, and apply its events. Raises OverflowError."""
        self.apply(decide(command, self.state))

    def apply(self, events: Iterable[Any]) -> None:
        """Fold the next events."""
        for event in events:
            if isinstance(event, ClockStarted | ClockRescheduled):
                self._promised, self._due_at = event, event.due_at
            elif isinstance(event, ClockResumed):
                self._due_at = event.due_at
            elif isinstance(event, SlaMet | AnsweredLate):
                self._answered = event
            elif isinstance(event, SlaBreached):
                self._breaches += 1
            elif isinstance(event, BreachRetracted) and isinstance(self.state, Breached):
                self._breaches -= 1
            self.state = evolve(self.state, event)

    def verdict(self, until: datetime | None = None) -> Verdict:
        """The outcome once time has passed up to `until`; None: as of the last event."""
        if until is not None:
            self.apply(elapse(self.state, until))
        state, promised, answered = self.state, self._promised, self._answered
        return Verdict(
            state="nothing" if isinstance(state, Nothing) else state_of(state),
            severity=promised.severity if promised else None,
            started_at=promised.started_at if promised else None,
            due_at=self._due_at,
            responded_at=answered.responded_at if answered else None,
            breached_at=state.breached_at if isinstance(state, Breached) else None,
            elapsed=answered.elapsed if answered else None,
            breaches=self._breaches,
        )


def verdict_of(commands: Iterable[ClockCommand], until: datetime) -> Verdict:
    """The outcome at `until` after these commands, in order. Raises OverflowError."""
    clock = ClockSoFar()
    for command in commands:
        clock.decide(command)
    return clock.verdict(until)
