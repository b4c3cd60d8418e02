"""The names of a clock's states, as read models and answers have them."""

from typing import Any, Literal

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
from sla_timer.policy.promise import FURTHER_KINDS

ClockState = Literal["waiting", "running", "paused", "met", "missed", "breached", "cancelled", "unowed"]

STATES: dict[type[Any], ClockState] = {
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


def state_of(after: Any) -> ClockState:
    """The name of a clock's state; `unowed`: nothing of the kind is promised at this severity."""
    if isinstance(after, Unowed) and after.clock.metric in FURTHER_KINDS:
        return "unowed"
    return STATES[type(after)]
