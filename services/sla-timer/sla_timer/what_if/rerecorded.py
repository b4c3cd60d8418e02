"""A ticket's facts as intake would have recorded them if other information had been required (P8, P12).

The required information decides only when a ticket's information is complete. So each fact is compared with the other
list, by intake's rules. Of information that was not required, intake recorded what came with the opening, by the form
or with the fact that completed the ticket, but not what a message said. A fact that says that a policy requiring less
came into force is left out, since the other policy is taken to have held from the beginning.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from contracts.base import BY_CLASS
from contracts.tickets import (
    Absorbed,
    EntitlementChanged,
    InformationCompleted,
    InformationReceived,
    InformationRequested,
    InitialResponseGiven,
    MessagePosted,
    SeverityChanged,
    TicketOpened,
)
from sla_timer.facts.row import DESCRIPTION, Flag, Row

Complete = Callable[[Row], datetime | None]
"""(the fact of a merge) -> since when the merged ticket's information was complete at that time; None: it was not."""


def _type(cls: type[Any]) -> str:
    return BY_CLASS[cls].name


OPENED: Final = _type(TicketOpened)
REQUESTED: Final = _type(InformationRequested)
RECEIVED: Final = _type(InformationReceived)
COMPLETED: Final = _type(InformationCompleted)
RESPONDED: Final = _type(InitialResponseGiven)
MESSAGE: Final = _type(MessagePosted)
ABSORBED: Final = _type(Absorbed)
TELLING: Final = {OPENED, COMPLETED, RESPONDED, _type(SeverityChanged), _type(EntitlementChanged)}
"""Facts with the severity, tier and calendar that hold for the ticket from then on."""


def rerecorded(rows: Iterable[Row], required: int, complete: Complete) -> Iterator[Row]:
    """The facts of one ticket, in order. Without the opening among them they stay as they were recorded."""
    rerecorder: Rerecorder | None = None
    for row in rows:
        if row.type == OPENED:
            rerecorder = Rerecorder(row, required)
            yield row._replace(missing=rerecorder.wanted)
        elif rerecorder is None:
            yield row
        elif row.type == ABSORBED:
            yield row._replace(received_at=complete(row))
        else:
            yield from rerecorder.take(row)


def complete_since(rows: Iterable[Row], required: int, before: datetime) -> datetime | None:
    """Since when a ticket's information was complete at the instant `before`; None: it was not complete."""
    since: datetime | None = None
    for row in rerecorded((row for row in rows if row.recorded_at <= before), required, lambda row: row.received_at):
        if row.type == COMPLETED or (row.type == OPENED and not row.missing):
            since = row.recorded_at
        elif row.type == REQUESTED:
            since = None
    return since


class Rerecorder:
    """Rewrites facts one by one. Information still missing: `wanted` by the other list, `then` as it was recorded."""

    __slots__ = ("terms", "then", "wanted")

    def __init__(self, opened: Row, required: int) -> None:
        self.wanted = required & ~opened.said
        self.then = opened.missing
        self.terms = opened

    def take(self, row: Row) -> Iterator[Row]:
        """The next fact, rewritten; perhaps left out, or followed by another."""
        if row.type in TELLING:
            self.terms = row
        if row.type == REQUESTED:
            # `row.missing` has what staff named and what was missing anyway; older facts don't tell the two apart.
            self.wanted |= row.said or (row.missing & ~self.then) or row.missing
            self.then = row.missing
            yield row._replace(missing=self.wanted)
        elif row.type in (RECEIVED, COMPLETED):
            self.then = row.missing if row.type == RECEIVED else 0
            if not row.flags & Flag.BY_POLICY:
                yield self._informed(row, row.said)
        elif row.type == RESPONDED:
            yield row._replace(flags=row.flags & ~Flag.WAITING | (Flag.WAITING if self.wanted else 0))
            self.wanted = self.then = 0
        else:
            yield row
            if row.type == MESSAGE and row.flags & Flag.REQUESTER and self.wanted & ~self.then & DESCRIPTION:
                yield self._informed(row, DESCRIPTION)

    def _informed(self, row: Row, said: int) -> Row:
        waited, self.wanted = self.wanted, self.wanted & ~said
        terms = self.terms
        return row._replace(
            type=COMPLETED if waited and not self.wanted else RECEIVED,
            severity=terms.severity,
            tier=terms.tier,
            calendar=terms.calendar,
            said=said,
            missing=self.wanted,
            flags=0,
        )
