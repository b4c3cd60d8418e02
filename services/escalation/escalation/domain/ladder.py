"""Who is called when: the ladder as data.

Delays are elapsed time or, where the policy says so, support hours of the ticket's calendar. Each counts from the
breach and not from the rung below, so that a late announcement or a slow alarm moves no later rung. A ladder that
repeats begins anew `every` so often; its rungs are numbered on, so that the name of an alarm, which carries the number,
never comes twice in one climb.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise
from typing import Any, Literal

from contracts.escalations import Rung

ZERO = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`role` is called when the breach is `after` old."""

    role: Rung
    after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Steps in the order in which they are called, gone through `rounds` times. Raises ValueError for a bad one."""

    steps: tuple[Step, ...]
    rounds: int = 1
    every: timedelta = timedelta(days=1)
    counts: Literal["support", "elapsed"] = "elapsed"

    def __post_init__(self) -> None:
        if not self.steps or self.rounds < 1:
            raise ValueError("a ladder needs at least one step and one round")
        if self.steps[0].after != ZERO or any(low.after > high.after for low, high in pairwise(self.steps)):
            raise ValueError("the delays of a ladder count from the breach: the first is 0 and none is below the last")
        if self.rounds > 1 and self.every <= self.steps[-1].after:
            raise ValueError("a ladder begins anew only after its last step")

    def role(self, rung: int) -> Rung | None:
        """Who is called on this rung, counted from 0; None above the last."""
        return self.steps[rung % len(self.steps)].role if rung < len(self.steps) * self.rounds else None

    def delay(self, rung: int) -> timedelta | None:
        """How long after the breach this rung is called; None above the last."""
        if self.role(rung) is None:
            return None
        turn, step = divmod(rung, len(self.steps))
        return turn * self.every + self.steps[step].after

    @classmethod
    def published(cls, resolved: Mapping[str, Any]) -> "Ladder":
        """The ladder of a published policy (`PolicyPublished.resolved`, seconds). Raises KeyError or ValueError."""
        ladder = resolved["ladders"]["breach"]
        return cls(
            steps=tuple(Step(role=one["role"], after=timedelta(seconds=one["after"])) for one in ladder["rungs"]),
            rounds=ladder["rounds"],
            every=timedelta(seconds=ladder["every"]),
            counts=ladder.get("counts", "elapsed"),
        )


DEFAULT = Ladder(
    steps=(
        Step(role="engineer", after=ZERO),
        Step(role="support-manager", after=timedelta(minutes=30)),
        Step(role="vp", after=timedelta(hours=2)),
        Step(role="ceo", after=timedelta(hours=8)),
    )
)
"""P23 with the delays assumed in the shipped policy."""
