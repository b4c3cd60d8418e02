"""What is asked of a proof that is to be shown.

`contracts.proof` has the whole form. A service's own dataclasses may have more fields and another order of them, as a
clock's have, whose JSON is published; a type checker holds them against these.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from contracts.proof import Counts, ProofEvent, Rule, Segment


class AnyPromiseStatus(Protocol):
    """As `contracts.proof.PromiseStatus`."""

    @property
    def state(self) -> str:
        """What has become of the promise: `met`, `breached`, …"""

    @property
    def at(self) -> datetime:
        """The instant that is asked about."""

    @property
    def counts(self) -> Counts | None:
        """What is counted: support hours, or elapsed time."""

    @property
    def started_at(self) -> datetime | None:
        """From when on time counts."""

    @property
    def target(self) -> timedelta | None:
        """How much time was promised."""

    @property
    def due_at(self) -> datetime | None:
        """The deadline."""

    @property
    def consumed(self) -> timedelta:
        """How much of the time is used up."""

    @property
    def responded_at(self) -> datetime | None:
        """When what was promised came."""


class AnyProof(Protocol):
    """As `contracts.proof.Proof`."""

    @property
    def promise(self) -> AnyPromiseStatus:
        """How it stands."""

    @property
    def as_known_at(self) -> datetime:
        """Nothing recorded later was taken into account."""

    @property
    def summary(self) -> str:
        """One paragraph."""

    @property
    def arithmetic(self) -> Sequence[str]:
        """The sum, step by step."""

    @property
    def segments(self) -> Sequence[Segment]:
        """Its time, stretch by stretch."""

    @property
    def rules(self) -> Sequence[Rule]:
        """What was counted by."""

    @property
    def events(self) -> Sequence[ProofEvent]:
        """The facts."""

    @property
    def disagreements(self) -> Sequence[str]:
        """Where it doesn't hold, which is nowhere."""
