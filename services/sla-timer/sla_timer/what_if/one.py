"""One history under other rules: told to the core, command by command."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

from sla_timer.domain.commands import (
    AwaitInformation,
    ChangeEntitlement,
    ChangeSeverity,
    ClockCommand,
    EndClock,
    PauseClock,
    RecordResponse,
    ResumeClock,
    StartClock,
    VoidClock,
)
from sla_timer.domain.instants import moment
from sla_timer.domain.policies import Policies
from sla_timer.what_if.history import History
from sla_timer.what_if.verdict import Verdict, verdict_of


def judged(history: History, policies: Policies, until: datetime) -> Verdict:
    """What it would have come to by then, had the current one of these policies held from the beginning.

    Raises UnknownCalendar where an agreed calendar is none of that policy's, OverflowError for what never ends.
    """
    return verdict_of(_commands(history, policies), until)


def _commands(history: History, policies: Policies) -> Iterator[ClockCommand]:
    ticket_id = UUID(history.ticket_id)
    for told in history.told:
        at = moment(told.at)
        terms: dict[str, Any] = {
            "at": at,
            "ticket_id": ticket_id,
            "severity": told.severity,
            "tier": told.tier,
            "calendar": told.agreed,
            "policies": policies,
        }
        match told.kind:
            case "awaited":
                yield AwaitInformation(**terms)
            case "started":
                yield StartClock(**terms)
            case "answered":
                yield RecordResponse(**terms)
            case "severity":
                yield ChangeSeverity(at=at, severity=told.severity, policies=policies)
            case "entitlement":
                yield ChangeEntitlement(at=at, tier=told.tier, calendar=told.agreed, policies=policies)
            case "void":
                yield VoidClock(at=at)
            case "withdrawn":
                yield EndClock(at=at, cause="closed", policies=policies)
            case "paused":
                yield PauseClock(at=at, policies=policies)
            case "resumed":
                yield ResumeClock(at=at, policies=policies)
