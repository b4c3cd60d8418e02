"""What a ticket waits for, and what of it staff asked for, read from its facts once more."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from contracts.envelope import Fact
from contracts.tickets import (
    Closed,
    InformationCompleted,
    InformationReceived,
    InformationRequested,
    InitialResponseGiven,
    Reopened,
    TicketOpened,
)


@dataclass(frozen=True)
class Wanted:
    """`asked`: what of the missing staff asked for. A closed ticket waits again when it is reopened."""

    missing: frozenset[str] = frozenset()
    asked: frozenset[str] = frozenset()
    closed: bool = False

    def beyond(self, required: Collection[str]) -> frozenset[str]:
        """What it waits for now, though that isn't required and nobody asked for it."""
        return frozenset() if self.closed else self.missing - self.asked - {*required}


def waits_for(facts: Iterable[Fact]) -> Wanted:
    """After these facts of one ticket."""
    missing: set[str] = set()
    asked: set[str] = set()
    closed = False
    for fact in facts:
        match fact.event:
            case TicketOpened(missing=lacks):
                missing = {*lacks}
            case InformationRequested(missing=lacks, named=named):
                missing, asked = {*lacks}, asked | {*(named or ())}
            case InformationReceived(missing=lacks) if missing and not closed:
                missing = {*lacks}
            case InformationCompleted() | InitialResponseGiven():
                missing = set()
            case Closed():
                closed = True
            case Reopened():
                closed = False
        asked &= missing
    return Wanted(frozenset(missing), frozenset(asked), closed)
