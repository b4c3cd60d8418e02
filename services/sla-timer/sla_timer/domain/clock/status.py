"""What the situation of a clock is called, in read models and answers."""

from typing import Any

from sla_timer.domain.state import (
    AnsweredAfterMiss,
    AwaitingInformation,
    Breached,
    Cancelled,
    Met,
    Missed,
    Paused,
    Running,
    Unowed,
)
from sla_timer.policy.promise import FURTHER

STATES: dict[type[Any], str] = {
    AwaitingInformation: "waiting",
    Running: "running",
    Paused: "paused",
    Unowed: "cancelled",
    Cancelled: "cancelled",
    Met: "met",
    Missed: "missed",
    AnsweredAfterMiss: "missed",
    Breached: "breached",
}


"""What the situation of a clock's stream is called."""


def state_of(after: Any) -> str:
    """What the situation of a clock's stream is called; `unowed`: nothing further is promised at this severity."""
    if isinstance(after, Unowed) and after.clock.metric in FURTHER:
        return "unowed"
    return STATES[type(after)]
