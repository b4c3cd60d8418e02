"""The arithmetic of a proof, line by line."""

from datetime import timedelta

from contracts.instants import ZERO
from contracts.proof import Counts
from kit.proof.form import AnyPromiseStatus
from kit.proof.words import FormatInstant, lasting

UNITS: dict[Counts, str] = {"support": "support time", "elapsed": "elapsed time"}


def arithmetic(promise: AnyPromiseStatus, says: FormatInstant, thing: str, promised: str | None = None) -> list[str]:
    """The lines of the arithmetic, with T for the deadline.

    `thing`: what was promised, such as "answer"; `promised`: the promised time in words, if it isn't the target itself,
    such as "2 working days".
    """
    if promise.target is None:
        return [f"used up: {lasting(promise.consumed)}, and nothing was owed"]
    target, used, past = lasting(promise.target), lasting(promise.consumed), beyond(promise)
    left = f"target {target} − used up {used} = {lasting(-past)} left"
    lines = [left if past < ZERO else f"used up {used} − target {target} = {lasting(past)} past T"]
    if promise.due_at:
        started = says(promise.started_at) if promise.started_at else ""
        lines.insert(0, f"T = {started} + {promised or f'{target} of {unit(promise)}'} = {says(promise.due_at)}")
        relation = "before T" if promise.state == "met" else "not before T"
        if promise.responded_at:
            lines.append(f"{thing} {says(promise.responded_at)}, {relation}: {promise.state}")
        elif promise.state in ("breached", "missed"):
            lines.append(f"no {thing} before T: {promise.state}")
    return lines


def unit(promise: AnyPromiseStatus) -> str:
    """What is counted: support time or elapsed time."""
    return UNITS[promise.counts or "support"]


def beyond(promise: AnyPromiseStatus) -> timedelta:
    """How much is used up beyond the target; negative while some of it is left."""
    return promise.consumed - (promise.target or ZERO)
