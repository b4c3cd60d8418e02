"""Commands for clocks that follow from the ticket itself: information, severity, entitlement and merging."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from contracts.tickets import (
    Absorbed,
    EntitlementChanged,
    InformationCompleted,
    InformationRequested,
    InitialResponseGiven,
    Merged,
    SeverityChanged,
    TicketOpened,
)
from sla_timer.domain.commands import (
    AbsorbClock,
    AwaitInformation,
    ChangeEntitlement,
    ChangeSeverity,
    ClockCommand,
    EndClock,
    StartClock,
    VoidClock,
)
from sla_timer.policy.promise import ALL_KINDS, STARTED_BY_INFORMATION, Kind
from sla_timer.policy.versions import Policies

Asked = Iterable[tuple[Kind, ClockCommand]]


def opened(event: TicketOpened, at: datetime, policies: Policies) -> Asked:
    """First answer and resolution: start their clocks or, if information is missing, await it.

    Intake decides by the policy named in the event what is missing, and has asked for it. If a policy published later
    requires less, intake says so in another event; one that requires more changes nothing.
    """
    owner = {"number": event.number, "account_id": event.account_id}
    terms = terms_of(event) | owner | {"at": at, "policies": policies.by(event.policy)}
    for kind in STARTED_BY_INFORMATION:
        yield kind, (AwaitInformation if event.missing else StartClock)(kind=kind, **terms)


def completed(event: InformationCompleted, at: datetime, policies: Policies) -> Asked:
    """The awaited clocks start: by the policy that the event names or, if it names none, by the one in force."""
    by = event.policy if event.policy in policies.versions else None
    terms = terms_of(event) | {"at": at, "policies": policies.by(by), "completed_by": by}
    for kind in STARTED_BY_INFORMATION:
        yield kind, StartClock(kind=kind, **terms)


def requested(event: InformationRequested, at: datetime, policies: Policies) -> Asked:
    """The clocks that had started are void."""
    for kind in STARTED_BY_INFORMATION:
        yield kind, VoidClock(at=at)


def changed(event: SeverityChanged, at: datetime, policies: Policies) -> Asked:
    """Every clock follows the promise of the new severity."""
    for kind in ALL_KINDS:
        yield kind, ChangeSeverity(at=at, severity=event.severity, policies=policies)


def entitled(event: EntitlementChanged, at: datetime, policies: Policies) -> Asked:
    """Every clock goes on by the calendar of the new entitlement."""
    for kind in ALL_KINDS:
        yield kind, ChangeEntitlement(at=at, tier=event.tier, calendar=event.calendar, policies=policies)


def absorbed(event: Absorbed, at: datetime, policies: Policies) -> Asked:
    """Another ticket was merged into this one, and may have begun earlier."""
    if event.received_at:
        for kind in STARTED_BY_INFORMATION:
            yield kind, AbsorbClock(at=at, received_at=event.received_at, policies=policies)


def merged(event: Merged, at: datetime, policies: Policies) -> Asked:
    """The ticket was merged into another one: all its clocks end."""
    for kind in ALL_KINDS:
        yield kind, EndClock(at=at, cause="merged", policies=policies)


def terms_of(event: TicketOpened | InformationCompleted | InitialResponseGiven) -> dict[str, Any]:
    """Ticket, severity, tier and calendar of an event, as the fields of a command."""
    return {"ticket_id": event.ticket_id, "severity": event.severity, "tier": event.tier, "calendar": event.calendar}
