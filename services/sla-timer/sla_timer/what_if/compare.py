"""One ticket: its verdicts on record, and by another policy."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from contracts.envelope import Fact
from sla_timer.facts.row import Row
from sla_timer.history.verdict import ClockSoFar, Verdict
from sla_timer.policy.promise import ALL_KINDS, Kind
from sla_timer.policy.versions import Policies
from sla_timer.what_if.verdicts import verdicts_under

NOTHING = Verdict(state="nothing")


class Comparison(NamedTuple):
    """The verdict on a clock by the log, and by the other policy."""

    on_record: Verdict
    would_be: Verdict


def compare(
    ticket: UUID,
    facts: Mapping[UUID, Sequence[Row]],
    recorded: Mapping[Kind, Iterable[Fact]],
    other: Policies,
    until: datetime,
) -> dict[Kind, Comparison]:
    """A comparison for each kind of clock that the ticket has or would have.

    `facts`: of this ticket and of those merged into it; `recorded`: the events of its clocks. Raises OverflowError.
    """
    there = {kind: _on_record(events) for kind, events in recorded.items()}
    would_be = verdicts_under(facts.get(ticket, ()), other, until, lambda absorbed: facts.get(absorbed, ()))
    found = {kind: Comparison(there.get(kind, NOTHING), would_be.get(kind, NOTHING)) for kind in ALL_KINDS}
    return {kind: both for kind, both in found.items() if both != (NOTHING, NOTHING)}


def _on_record(facts: Iterable[Fact]) -> Verdict:
    clock = ClockSoFar()
    clock.apply(fact.event for fact in facts)
    return clock.verdict()
