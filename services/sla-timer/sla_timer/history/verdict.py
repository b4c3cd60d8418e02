"""What a clock comes to: its events, decided by the core or read from the log, and folded by it."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Literal, cast, get_args

from contracts.sla import AnsweredLate, BreachRetracted, ClockRescheduled, ClockStarted, SlaBreached, SlaMet
from contracts.tickets import Severity
from sla_timer.domain import INITIAL, decide, elapse
from sla_timer.domain.clock.status import state_of
from sla_timer.domain.commands import ClockCommand
from sla_timer.domain.evolve import evolve
from sla_timer.domain.state import Breached, Nothing, Situation

State = Literal["nothing", "waiting", "running", "met", "missed", "breached", "cancelled", "paused", "unowed"]
STATES: Final[tuple[State, ...]] = get_args(State)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a clock stands at an instant. `elapsed`: what was used up when it was answered, as its promise counts.

    `breaches`: how many stand; a reply or an update may be owed, and be broken, again and again. What never was (a
    start while information is missing, an answer) is None.
    """

    state: State
    severity: Severity | None = None
    started_at: datetime | None = None
    due_at: datetime | None = None
    responded_at: datetime | None = None
    breached_at: datetime | None = None
    elapsed: timedelta | None = None
    breaches: int = 0

    @property
    def outcome(self) -> State:
        """`breached` if it ever was, otherwise how it stands."""
        return "breached" if self.breaches else self.state


class ClockSoFar:
    """A clock so far."""

    __slots__ = ("_answered", "_breaches", "_promised", "state")

    def __init__(self) -> None:
        self.state: Situation = INITIAL
        self._promised: ClockStarted | ClockRescheduled | None = None
        self._answered: SlaMet | AnsweredLate | None = None
        self._breaches = 0

    def decide(self, command: ClockCommand) -> None:
        """The next command. Raises OverflowError."""
        self.apply(decide(command, self.state))

    def apply(self, events: Iterable[Any]) -> None:
        """The next events."""
        for event in events:
            if isinstance(event, ClockStarted | ClockRescheduled):
                self._promised = event
            elif isinstance(event, SlaMet | AnsweredLate):
                self._answered = event
            elif isinstance(event, SlaBreached):
                self._breaches += 1
            elif isinstance(event, BreachRetracted) and isinstance(self.state, Breached):
                self._breaches -= 1
            self.state = evolve(self.state, event)

    def verdict(self, until: datetime | None = None) -> Verdict:
        """Where it stands, once time has passed up to `until`."""
        if until is not None:
            self.apply(elapse(self.state, until))
        state, promised, answered = self.state, self._promised, self._answered
        return Verdict(
            state="nothing" if isinstance(state, Nothing) else cast(State, state_of(state)),
            severity=promised.severity if promised else None,
            started_at=promised.started_at if promised else None,
            due_at=promised.due_at if promised else None,
            responded_at=answered.responded_at if answered else None,
            breached_at=state.breached_at if isinstance(state, Breached) else None,
            elapsed=answered.elapsed if answered else None,
            breaches=self._breaches,
        )


def verdict_of(commands: Iterable[ClockCommand], until: datetime) -> Verdict:
    """What the commands, in order, and time have come to at `until`. Raises OverflowError."""
    clock = ClockSoFar()
    for command in commands:
        clock.decide(command)
    return clock.verdict(until)
