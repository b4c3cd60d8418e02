"""The fields that a proof must have to be shown.

`contracts.proof` defines the whole form. A service's own dataclasses may have more fields in another order, as those of
clocks do, whose JSON is published; the type checker compares them with these protocols.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from contracts.proof import Counts, ProofEvent, Rule, Segment


class AnyPromiseStatus(Protocol):
    """As `contracts.proof.PromiseStatus`."""

    @property
    def state(self) -> str:
        """`running`, `met`, `breached`, …"""

    @property
    def at(self) -> datetime:
        """The instant for which the status is given."""

    @property
    def counts(self) -> Counts | None:
        """What is counted: support hours, or elapsed time."""

    @property
    def started_at(self) -> datetime | None:
        """When time began to count."""

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
        """When the promise was kept, in time or late."""


class AnyProof(Protocol):
    """As `contracts.proof.Proof`."""

    @property
    def promise(self) -> AnyPromiseStatus:
        """The status of the promise."""

    @property
    def as_known_at(self) -> datetime:
        """Events recorded later are left out."""

    @property
    def summary(self) -> str:
        """The proof in one paragraph."""

    @property
    def arithmetic(self) -> Sequence[str]:
        """The arithmetic, line by line."""

    @property
    def segments(self) -> Sequence[Segment]:
        """The time of the promise, stretch by stretch."""

    @property
    def rules(self) -> Sequence[Rule]:
        """The rules by which time was counted."""

    @property
    def events(self) -> Sequence[ProofEvent]:
        """The facts that it rests on."""

    @property
    def disagreements(self) -> Sequence[str]:
        """Where it contradicts the events; always empty, if there is no bug."""
