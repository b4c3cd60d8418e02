"""The sum of a proof, step by step."""

from datetime import timedelta

from contracts.instants import ZERO
from contracts.proof import Counts
from kit.proof.form import AnyStanding
from kit.proof.words import Says, lasting

UNITS: dict[Counts, str] = {"support": "support time", "elapsed": "elapsed time"}


def arithmetic(standing: AnyStanding, says: Says, thing: str, promised: str | None = None) -> list[str]:
    """The sum, T being the deadline. `thing`: what was promised, as "answer"; `promised`: within how much time, in
    words, where it wasn't the target itself, as "2 working days"."""
    if standing.target is None:
        return [f"used up: {lasting(standing.consumed)}, and nothing was owed"]
    target, used, past = lasting(standing.target), lasting(standing.consumed), beyond(standing)
    left = f"target {target} − used up {used} = {lasting(-past)} left"
    lines = [left if past < ZERO else f"used up {used} − target {target} = {lasting(past)} past T"]
    if standing.due_at:
        started = says(standing.started_at) if standing.started_at else ""
        lines.insert(0, f"T = {started} + {promised or f'{target} of {unit(standing)}'} = {says(standing.due_at)}")
        relation = "before T" if standing.state == "met" else "not before T"
        if standing.responded_at:
            lines.append(f"{thing} {says(standing.responded_at)}, {relation}: {standing.state}")
        elif standing.state in ("breached", "missed"):
            lines.append(f"no {thing} before T: {standing.state}")
    return lines


def unit(standing: AnyStanding) -> str:
    """What is counted, in words."""
    return UNITS[standing.counts or "support"]


def beyond(standing: AnyStanding) -> timedelta:
    """How much is used up beyond the target; negative as long as some of it is left."""
    return standing.consumed - (standing.target or ZERO)
