"""The deadline that a request would get, decided by the same core as real ones."""

from datetime import datetime
from uuid import UUID

from contracts.sla import ClockStarted
from contracts.tickets import Severity, Tier
from sla_timer.domain import INITIAL, decide
from sla_timer.domain.commands import StartClock
from sla_timer.policy.refusals import UnknownCalendar
from sla_timer.policy.versions import Policies

NO_SLA = "severity {} has no SLA: the objective is hoped for, and missing it is never a breach"


def promised(policies: Policies, severity: Severity, tier: Tier, at: datetime, calendar: str | None) -> ClockStarted:
    """The clock that would start. Raises UnknownCalendar; OverflowError if its deadline lies beyond the year 9999."""
    if calendar == "":
        raise UnknownCalendar("No calendar has a name that is empty: name one, or none at all.")
    if calendar:
        policies.current.calendar(calendar)
    command = StartClock(
        at=at, ticket_id=UUID(int=0), severity=severity, tier=tier, calendar=calendar, policies=policies
    )
    [started] = decide(command, INITIAL)
    assert isinstance(started, ClockStarted)
    return started
