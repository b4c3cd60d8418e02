"""Judges a whole log by the core of sla-timer, in memory: nothing is written, and nobody is notified."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.causes import Cause
from contracts.envelope import Fact, Meta, Recorded
from contracts.names import TICKETS
from punctual.servicenow.compare import Judged
from punctual.servicenow.facts import Happened, as_promise_to_close, history
from punctual.servicenow.rows import UNKNOWN, Clock, Incident

Judge = Callable[[Iterable[Fact], datetime], Any]
"""(a ticket's facts in order, an instant) -> sla-timer's verdict on its response clock by then."""
NOBODY = UUID(int=0)


def judged(incidents: Iterable[Incident], clock: Clock, closing: Judge, response: Judge) -> Iterator[Judged]:
    """Each incident with both verdicts, as of its last row. Raises Unreadable."""
    for incident in incidents:
        happened = history(incident, clock)
        promised = as_promise_to_close(incident, happened, clock)
        last = incident.at(len(incident.rows) - 1, "sys_updated_at", clock)
        until = max(last, happened[-1].at, promised[-1].at)
        closed_at = promised[-1].at if incident.last.closed_at != UNKNOWN else None
        yield Judged(
            incident,
            closing(map(imported, promised), until),
            response(map(imported, happened), until),
            closed_at,
        )


def imported(one: Happened) -> Fact:
    """The fact as intake's log would have it, but without its numbers there."""
    return Recorded(
        topic=TICKETS,
        shard=0,
        shard_seq=1,
        stream=one.stream,
        version=1,
        event_id=NOBODY,
        command_id=NOBODY,
        recorded_at=one.at,
        event=one.event,
        meta=marked(one.at),
    )


def marked(at: datetime, cause: Cause | None = None) -> Meta:
    """The envelope that marks imported history: by whom, and when it occurred."""
    return Meta(actor="servicenow", role="service", occurred_at=at, cause=cause)
