"""What a clock comes to under given rules: its history, decided by the core that also runs live."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, cast

from contracts.sla import AnsweredLate, ClockRescheduled, ClockStarted, SlaMet
from contracts.tickets import Severity
from sla_timer.domain import INITIAL, decide, elapse
from sla_timer.domain.commands import ClockCommand
from sla_timer.domain.evolve import evolve, fold
from sla_timer.domain.state import Breached, Nothing, Situation
from sla_timer.store import state_of

State = Literal["nothing", "waiting", "running", "met", "missed", "breached", "cancelled", "paused"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How a clock stands at an instant. `elapsed`: what was used up when it was answered, as its promise counts.

    What never was (a start while information is missing, an answer) is None.
    """

    state: State
    severity: Severity | None = None
    started_at: datetime | None = None
    due_at: datetime | None = None
    responded_at: datetime | None = None
    breached_at: datetime | None = None
    elapsed: timedelta | None = None


def verdict_of(commands: Iterable[ClockCommand], until: datetime) -> Verdict:
    """What the commands, in order, and time have come to at `until`. Raises UnknownCalendar, OverflowError."""
    state: Situation = INITIAL
    promised: ClockStarted | ClockRescheduled | None = None
    answered: SlaMet | AnsweredLate | None = None
    for command in commands:
        for event in decide(command, state):
            state = evolve(state, event)
            if isinstance(event, ClockStarted | ClockRescheduled):
                promised = event
            elif isinstance(event, SlaMet | AnsweredLate):
                answered = event
    state = fold(state, elapse(state, until))
    return Verdict(
        state=cast(State, "nothing" if isinstance(state, Nothing) else state_of(state)),
        severity=promised.severity if promised else None,
        started_at=promised.started_at if promised else None,
        due_at=promised.due_at if promised else None,
        responded_at=answered.responded_at if answered else None,
        breached_at=state.breached_at if isinstance(state, Breached) else None,
        elapsed=answered.elapsed if answered else None,
    )
