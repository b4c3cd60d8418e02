"""One ticket under another policy, beside what is on record."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, NamedTuple

from contracts.base import kind_of
from contracts.envelope import Fact
from contracts.sla import AnsweredLate, ClockRescheduled, ClockStarted, SlaBreached, SlaMet
from sla_timer.domain.policies import Policies
from sla_timer.what_if.heard import NAMES, heard_of
from sla_timer.what_if.history import History, history_of
from sla_timer.what_if.one import judged
from sla_timer.what_if.reading import agreed_by
from sla_timer.what_if.verdict import Verdict


class Beside(NamedTuple):
    """What the log says of a ticket's response clock, and what it would say."""

    history: History
    on_record: Verdict
    would_be: Verdict


def beside(facts: Iterable[Fact], known: Policies, other: Policies, until: datetime) -> Beside | None:
    """From the clock's own facts; None where there are none. `known`: all versions that were ever published.

    Raises UnknownCalendar, OverflowError.
    """
    every = [fact for fact in facts if kind_of(fact.event).name in NAMES]
    history = history_of(((fact.recorded_at, *heard_of(fact.event)) for fact in every), agreed_by(known))
    if history is None:
        return None
    return Beside(history, _on_record(history, (fact.event for fact in every)), judged(history, other, until))


def _on_record(history: History, events: Iterable[Any]) -> Verdict:
    promised: ClockStarted | ClockRescheduled | None = None
    answered: SlaMet | AnsweredLate | None = None
    breached: SlaBreached | None = None
    for event in events:
        match event:
            case ClockStarted() | ClockRescheduled():
                promised = event
            case SlaMet() | AnsweredLate():
                answered = event
            case SlaBreached():
                breached = event
    return Verdict(
        state=history.recorded,
        severity=promised.severity if promised else None,
        started_at=promised.started_at if promised else None,
        due_at=promised.due_at if promised else None,
        responded_at=answered.responded_at if answered else None,
        breached_at=breached.breached_at if breached and history.recorded == "breached" else None,
        elapsed=answered.elapsed if answered else None,
    )
