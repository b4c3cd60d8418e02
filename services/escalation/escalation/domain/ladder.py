"""Who is called when: the ladder as data.

Delays are elapsed time or, where the policy says so, support hours of the ticket's calendar. Each counts from the
breach and not from the rung below, so that a slow alarm delays no later rung. A ladder of several rounds begins again
each time `every` has passed. Its rungs are numbered on through the rounds: the number is part of an alarm's name, which
must not come twice in one climb.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from typing import Literal

from contracts import policy
from contracts.escalations import CalledRole
from contracts.later import Delay
from contracts.sla import PolicyPublished

ZERO = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """`role` is called when the breach is `after` old."""

    role: CalledRole
    after: timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class Ladder:
    """Steps in the order in which they are called, `rounds` times. Raises ValueError for a senseless ladder."""

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

    def role(self, rung: int) -> CalledRole | None:
        """Who is called on this rung, counted from 0; None above the last."""
        return self.steps[rung % len(self.steps)].role if rung < len(self.steps) * self.rounds else None

    def delay(self, rung: int) -> timedelta | None:
        """How long after the breach this rung is called; None above the last."""
        if self.role(rung) is None:
            return None
        turn, step = divmod(rung, len(self.steps))
        return turn * self.every + self.steps[step].after

    @classmethod
    def of(cls, entry: policy.Ladder) -> "Ladder":
        """The ladder of a published policy. Raises ValueError."""
        return cls(
            steps=tuple(Step(role=rung.role, after=timedelta(seconds=rung.after)) for rung in entry.rungs),
            rounds=entry.rounds,
            every=timedelta(seconds=entry.every),
            counts=entry.counts,
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


@dataclass(frozen=True, slots=True)
class Ladders:
    """The ladder of each published version; `last`: the version that was published last in the shard at hand.

    `calendars`: of each version, the calendar of the vendor, by whose working days calls about complaints are repeated.
    """

    versions: Mapping[str, Ladder] = field(default_factory=dict)
    last: str | None = None
    calendars: Mapping[str, str] = field(default_factory=dict)

    def published(self, event: PolicyPublished) -> "Ladders":
        """The ladders after this publication. Raises ValueError if it has no ladder for a breach, or no calendar."""
        found = policy.ladders(event)
        if "breach" not in found:
            raise ValueError(f"policy {event.version} has no ladder for a breach")
        calendars = {**self.calendars, event.version: policy.feedback(event).calendar}
        return Ladders({**self.versions, event.version: Ladder.of(found["breach"])}, event.version, calendars)

    def in_shard(self, last: str | None) -> "Ladders":
        """The ladders for a shard where that version was published last; None: none was heard of there."""
        return self if last in (None, self.last) else Ladders(self.versions, last, self.calendars)

    def named(self, version: str | None) -> Ladder:
        """The ladder of a policy version; of the last one if no version is named."""
        return self.versions.get(version or "") or self.versions.get(self.last or "") or DEFAULT

    @property
    def next_working_day(self) -> Delay:
        """The same time of day on the vendor's next working day, after the event that says so."""
        version = self.last or policy.UNPUBLISHED
        return Delay(
            calendar=self.calendars.get(version, policy.DEFAULT_FEEDBACK.calendar), policy=version, working_days=1
        )


SHIPPED = Ladders()
"""Before any policy is heard of."""
