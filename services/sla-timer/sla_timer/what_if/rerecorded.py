"""A ticket's facts as intake would have recorded them, had another list of information been required (P8, P12).

What is required decides when the information is complete, and nothing else of what intake records. So what was said is
held against the other list, fact by fact, in intake's own way. What nobody was asked for then, and what a message said
of it, was not recorded as said: an opening, the form and whatever completed a ticket carry it. That another policy
came into force, and asked for less, is no fact of a desk that always had this one.
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
"""(an absorption) -> since when the other ticket was complete when it was absorbed; None: it was not."""


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
"""What tells the severity, tier and calendar that the ticket goes by from then on."""


def rerecorded(rows: Iterable[Row], required: int, complete: Complete) -> Iterator[Row]:
    """The facts of one ticket, in order. One whose opening isn't among them stays as it was recorded."""
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
    """Since when a ticket's information was complete at an instant; None: it was not."""
    since: datetime | None = None
    for row in rerecorded((row for row in rows if row.recorded_at <= before), required, lambda row: row.received_at):
        if row.type == COMPLETED or (row.type == OPENED and not row.missing):
            since = row.recorded_at
        elif row.type == REQUESTED:
            since = None
    return since


class Rerecorder:
    """What is still wanted, under the other list (`wanted`) and as it was recorded (`then`)."""

    __slots__ = ("terms", "then", "wanted")

    def __init__(self, opened: Row, required: int) -> None:
        self.wanted = required & ~opened.said
        self.then = opened.missing
        self.terms = opened

    def take(self, row: Row) -> Iterator[Row]:
        """The next fact."""
        if row.type in TELLING:
            self.terms = row
        if row.type == REQUESTED:
            # What was wanted in any case was added to what that person named, which older facts don't tell.
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
