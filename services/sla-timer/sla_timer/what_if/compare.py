"""One ticket under another policy, beside what is on record."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from contracts.envelope import Fact
from sla_timer.facts.row import Row
from sla_timer.history.verdict import ClockSoFar, Verdict
from sla_timer.policy.promise import EVERY, Kind
from sla_timer.policy.versions import Policies
from sla_timer.what_if.verdicts import verdicts_under

NOTHING = Verdict(state="nothing")


class Comparison(NamedTuple):
    """What the log says of a clock, and what it would say."""

    on_record: Verdict
    would_be: Verdict


def compare(
    ticket: UUID,
    facts: Mapping[UUID, Sequence[Row]],
    recorded: Mapping[Kind, Iterable[Fact]],
    other: Policies,
    until: datetime,
) -> dict[Kind, Comparison]:
    """Of each kind of clock that the ticket has or would have. `facts`: its own, and those of tickets it absorbed.

    Raises OverflowError.
    """
    there = {kind: _on_record(events) for kind, events in recorded.items()}
    would_be = verdicts_under(facts.get(ticket, ()), other, until, lambda absorbed: facts.get(absorbed, ()))
    found = {kind: Comparison(there.get(kind, NOTHING), would_be.get(kind, NOTHING)) for kind in EVERY}
    return {kind: both for kind, both in found.items() if both != (NOTHING, NOTHING)}


def _on_record(facts: Iterable[Fact]) -> Verdict:
    clock = ClockSoFar()
    clock.apply(fact.event for fact in facts)
    return clock.verdict()
