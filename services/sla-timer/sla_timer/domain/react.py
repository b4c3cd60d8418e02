"""What other services' facts ask of clocks and alarms. History brought in from elsewhere asks nothing."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.envelope import Fact
from contracts.tickets import (
    Absorbed,
    Closed,
    EntitlementChanged,
    InformationCompleted,
    InformationReceived,
    InformationRequested,
    InitialResponseGiven,
    Merged,
    MessagePosted,
    Reopened,
    Resolved,
    SeverityChanged,
    TicketOpened,
    Underway,
)
from sla_timer.domain.commands import (
    AbsorbClock,
    AwaitInformation,
    ChangeEntitlement,
    ChangeSeverity,
    ClockCommand,
    Command,
    EndClock,
    Fulfil,
    PauseClock,
    RecordResponse,
    ReopenClock,
    ResumeClock,
    StartClock,
    VoidClock,
    WithdrawTicket,
)
from sla_timer.domain.ladder_alarms import alarms
from sla_timer.domain.policies import Policies
from sla_timer.domain.promise import FURTHER, Kind

Asked = Iterable[tuple[Kind, ClockCommand]]
ON_INFORMATION: tuple[Kind, ...] = ("response", "resolution")
"""The clocks that begin when all required information is there."""
EVERY: tuple[Kind, ...] = ("response", *FURTHER)


def react(fact: Fact, policies: Policies) -> list[tuple[str, Command]]:
    """The commands that follow from a fact, each with the stream it is for."""
    if fact.imported:
        return []
    event: Any = fact.event
    if asks := ASKS.get(type(event)):
        asked, kinds = asks(event, fact.happened_at, policies), policies.kinds
        return [(clock_of(event.ticket_id, kind), command) for kind, command in asked if kind in kinds]
    return alarms(event, fact.happened_at, policies)


def clock_of(ticket_id: UUID, kind: Kind) -> str:
    """The stream of a ticket's promises of a kind."""
    return f"clock-{ticket_id}-{kind}"


def response_clock(ticket_id: UUID) -> str:
    """The stream of the promise of a first answer, in either form: response clock or objective."""
    return clock_of(ticket_id, "response")


def _opened(event: TicketOpened, at: datetime, policies: Policies) -> Asked:
    terms = _terms(event) | {"at": at, "policies": policies, "number": event.number, "account_id": event.account_id}
    for kind in ON_INFORMATION:
        yield kind, (AwaitInformation if event.missing else StartClock)(kind=kind, **terms)


def _completed(event: InformationCompleted, at: datetime, policies: Policies) -> Asked:
    for kind in ON_INFORMATION:
        yield kind, StartClock(kind=kind, at=at, policies=policies, **_terms(event))


def _requested(event: InformationRequested, at: datetime, policies: Policies) -> Asked:
    for kind in ON_INFORMATION:
        yield kind, VoidClock(at=at)


def _received(event: InformationReceived, at: datetime, policies: Policies) -> Asked:
    return _goes_on(at, policies)


def _responded(event: InitialResponseGiven, at: datetime, policies: Policies) -> Asked:
    """From then on nobody waits for the information any more: a resolution is owed without it."""
    yield "response", RecordResponse(at=at, policies=policies, **_terms(event))
    owner = {"number": event.number, "account_id": event.account_id}
    terms = _terms(event) | owner | {"at": at, "policies": policies, "paused": event.awaits_reply}
    if event.waiting:
        yield "resolution", StartClock(kind="resolution", **terms)
    if event.awaits_reply:
        yield from _waits(at, policies)
    yield "update", StartClock(kind="update", **terms)


def _written(event: MessagePosted, at: datetime, policies: Policies) -> Asked:
    """What staff write among themselves concerns no promise."""
    terms: dict[str, Any] = {"at": at, "policies": policies, "ticket_id": event.ticket_id}
    if event.author == "requester":
        yield from _goes_on(at, policies)
        if event.underway:
            yield "next-reply", StartClock(kind="next-reply", **terms, **_standing(event.underway))
    elif event.public:
        yield "next-reply", Fulfil(at=at, policies=policies)
        yield "update", Fulfil(at=at, policies=policies)
        if event.awaits_reply:
            yield from _waits(at, policies)
        if event.underway:
            again = StartClock(kind="update", paused=event.awaits_reply, **terms, **_standing(event.underway))
            yield "update", again


def _changed(event: SeverityChanged, at: datetime, policies: Policies) -> Asked:
    for kind in EVERY:
        yield kind, ChangeSeverity(at=at, severity=event.severity, policies=policies)


def _entitled(event: EntitlementChanged, at: datetime, policies: Policies) -> Asked:
    for kind in EVERY:
        yield kind, ChangeEntitlement(at=at, tier=event.tier, calendar=event.calendar, policies=policies)


def _resolved(event: Resolved, at: datetime, policies: Policies) -> Asked:
    """Whoever is told how it was settled needs no other reply."""
    for kind in FURTHER:
        yield kind, Fulfil(at=at, policies=policies)


def _closed(event: Closed, at: datetime, policies: Policies) -> Asked:
    if event.cause == "withdrawn":
        yield "response", WithdrawTicket(at=at)
        for kind in FURTHER:
            yield kind, EndClock(at=at, cause="withdrawn")
        return
    yield "resolution", Fulfil(at=at, policies=policies)
    yield "next-reply", EndClock(at=at, cause="closed")
    yield "update", EndClock(at=at, cause="closed")


def _reopened(event: Reopened, at: datetime, policies: Policies) -> Asked:
    """The resolution goes on where it was, with what the ticket is entitled to now; updates are owed anew."""
    yield "resolution", ReopenClock(at=at, policies=policies)
    if now := event.underway:
        yield "resolution", ChangeEntitlement(at=at, tier=now.tier, calendar=now.calendar, policies=policies)
        yield "resolution", ChangeSeverity(at=at, severity=now.severity, policies=policies)
        terms: dict[str, Any] = {"at": at, "policies": policies, "ticket_id": event.ticket_id} | _standing(now)
        yield "update", StartClock(kind="update", **terms)


def _absorbed(event: Absorbed, at: datetime, policies: Policies) -> Asked:
    if event.received_at:
        for kind in ON_INFORMATION:
            yield kind, AbsorbClock(at=at, received_at=event.received_at, policies=policies)


def _merged(event: Merged, at: datetime, policies: Policies) -> Asked:
    for kind in EVERY:
        yield kind, EndClock(at=at, cause="merged")


def _waits(at: datetime, policies: Policies) -> Asked:
    """A reply and an update were just given."""
    for kind in ON_INFORMATION:
        if kind in policies.pausing:
            yield kind, PauseClock(at=at, policies=policies)


def _goes_on(at: datetime, policies: Policies) -> Asked:
    for kind in EVERY:
        if kind in policies.pausing:
            yield kind, ResumeClock(at=at, policies=policies)


def _terms(event: TicketOpened | InformationCompleted | InitialResponseGiven) -> dict[str, Any]:
    """What the ticket is entitled to at that moment."""
    return {"ticket_id": event.ticket_id, "severity": event.severity, "tier": event.tier, "calendar": event.calendar}


def _standing(now: Underway) -> dict[str, Any]:
    return {name: getattr(now, name) for name in ("severity", "tier", "calendar", "number", "account_id")}


ASKS: dict[type[Any], Callable[[Any, datetime, Policies], Asked]] = {
    TicketOpened: _opened,
    InformationCompleted: _completed,
    InformationRequested: _requested,
    InformationReceived: _received,
    InitialResponseGiven: _responded,
    MessagePosted: _written,
    SeverityChanged: _changed,
    EntitlementChanged: _entitled,
    Resolved: _resolved,
    Closed: _closed,
    Reopened: _reopened,
    Merged: _merged,
    Absorbed: _absorbed,
}
