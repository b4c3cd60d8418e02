"""The verdicts on one ticket's clocks, by any policy: the core decides its facts one after the other."""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from uuid import UUID

from contracts.envelope import Fact
from sla_timer.domain.commands import ClockCommand
from sla_timer.facts.restored import restored
from sla_timer.facts.row import Row, bits
from sla_timer.history.verdict import ClockSoFar, Verdict
from sla_timer.policy.promise import ALL_KINDS, Kind
from sla_timer.policy.versions import Policies
from sla_timer.react import react
from sla_timer.react.asks import clock_of
from sla_timer.what_if.rerecorded import complete_since, rerecorded

RowsOf = Callable[[UUID], Sequence[Row]]
"""(a ticket) -> its facts; empty if the ticket is unknown."""


def verdicts_under(rows: Iterable[Row], policies: Policies, until: datetime, others: RowsOf) -> dict[Kind, Verdict]:
    """The verdicts by `until` if the current one of these policies had always been in force.

    `others`: finds the facts of tickets merged into this one. Raises OverflowError for a deadline beyond the year 9999.
    """
    required = bits(policies.current.required)

    def complete(absorbed: Row) -> datetime | None:
        facts = others(absorbed.other) if absorbed.other else ()
        return complete_since(facts, required, absorbed.recorded_at) if facts else absorbed.received_at

    asked = [restored(row) for row in rerecorded(rows, required, complete) if row.recorded_at <= until]
    return verdicts_of(asked, policies, until)


def verdicts_of(facts: Iterable[Fact], policies: Policies, until: datetime) -> dict[Kind, Verdict]:
    """The verdicts by `until` on one ticket's clocks, from its facts as they are."""
    clocks: dict[str, ClockSoFar] = {}
    ticket: UUID | None = None
    for fact in facts:
        ticket = fact.event.ticket_id
        for stream, command in react(fact, policies):
            assert isinstance(command, ClockCommand)
            if stream not in clocks:
                clocks[stream] = ClockSoFar()
            clocks[stream].decide(command)
    if ticket is None:
        return {}
    by_kind = ((kind, clocks.get(clock_of(ticket, kind))) for kind in ALL_KINDS)
    found = {kind: clock.verdict(until) for kind, clock in by_kind if clock}
    return {kind: verdict for kind, verdict in found.items() if verdict.state != "nothing"}
