"""What a ticket's matter asks of clocks: its information, its severity and entitlement, and other tickets about it."""

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
from sla_timer.policy.promise import EVERY, ON_INFORMATION, Kind
from sla_timer.policy.versions import Policies

Asked = Iterable[tuple[Kind, ClockCommand]]


def opened(event: TicketOpened, at: datetime, policies: Policies) -> Asked:
    """A first answer and a resolution are owed, or awaited, by the policy that the ticket was judged by.

    Whether information is missing was decided at the door, which has asked for it. It says so when another policy
    published meanwhile asks for less; one that asks for more changes nothing.
    """
    owner = {"number": event.number, "account_id": event.account_id}
    terms = terms_of(event) | owner | {"at": at, "policies": policies.by(event.policy)}
    for kind in ON_INFORMATION:
        yield kind, (AwaitInformation if event.missing else StartClock)(kind=kind, **terms)


def completed(event: InformationCompleted, at: datetime, policies: Policies) -> Asked:
    """What was awaited begins: by the policy that requires no more than is there, else by the one in force."""
    by = event.policy if event.policy in policies.versions else None
    terms = terms_of(event) | {"at": at, "policies": policies.by(by), "completed_by": by}
    for kind in ON_INFORMATION:
        yield kind, StartClock(kind=kind, **terms)


def requested(event: InformationRequested, at: datetime, policies: Policies) -> Asked:
    """What had begun is void."""
    for kind in ON_INFORMATION:
        yield kind, VoidClock(at=at)


def changed(event: SeverityChanged, at: datetime, policies: Policies) -> Asked:
    """Every clock goes by the promise of the new severity."""
    for kind in EVERY:
        yield kind, ChangeSeverity(at=at, severity=event.severity, policies=policies)


def entitled(event: EntitlementChanged, at: datetime, policies: Policies) -> Asked:
    """Every clock goes on by the hours of the new tier or calendar."""
    for kind in EVERY:
        yield kind, ChangeEntitlement(at=at, tier=event.tier, calendar=event.calendar, policies=policies)


def absorbed(event: Absorbed, at: datetime, policies: Policies) -> Asked:
    """Another ticket goes on here, which began earlier perhaps."""
    if event.received_at:
        for kind in ON_INFORMATION:
            yield kind, AbsorbClock(at=at, received_at=event.received_at, policies=policies)


def merged(event: Merged, at: datetime, policies: Policies) -> Asked:
    """This one goes on elsewhere."""
    for kind in EVERY:
        yield kind, EndClock(at=at, cause="merged", policies=policies)


def terms_of(event: TicketOpened | InformationCompleted | InitialResponseGiven) -> dict[str, Any]:
    """What the ticket is entitled to at that moment."""
    return {"ticket_id": event.ticket_id, "severity": event.severity, "tier": event.tier, "calendar": event.calendar}
