"""What the talk between staff and requester asks of clocks: who has answered, and who waits for whom."""

from datetime import datetime
from typing import Any

from contracts.tickets import (
    Closed,
    InformationReceived,
    InitialResponseGiven,
    MessagePosted,
    Reopened,
    Resolved,
    Underway,
)
from sla_timer.domain.commands import (
    ChangeEntitlement,
    ChangeSeverity,
    EndClock,
    Fulfil,
    PauseClock,
    RecordResponse,
    ReopenClock,
    ResumeClock,
    StartClock,
)
from sla_timer.policy.promise import EVERY, FURTHER, ON_INFORMATION
from sla_timer.policy.versions import Policies
from sla_timer.react.ticket import Asked, terms_of


def responded(event: InitialResponseGiven, at: datetime, policies: Policies) -> Asked:
    """From then on nobody waits for the information any more: a resolution is owed without it."""
    yield "response", RecordResponse(at=at, policies=policies, **terms_of(event))
    owner = {"number": event.number, "account_id": event.account_id}
    terms = terms_of(event) | owner | {"at": at, "policies": policies, "paused": event.awaits_reply}
    if event.waiting:
        yield "resolution", StartClock(kind="resolution", **terms)
    if event.awaits_reply:
        yield from _pause_clocks(at, policies)
    yield "update", StartClock(kind="update", **terms)


def written(event: MessagePosted, at: datetime, policies: Policies) -> Asked:
    """What staff write among themselves concerns no promise."""
    terms: dict[str, Any] = {"at": at, "policies": policies, "ticket_id": event.ticket_id}
    if event.author == "requester":
        yield from _resume_clocks(at, policies)
        if event.underway:
            yield "next-reply", StartClock(kind="next-reply", **terms, **_terms_underway(event.underway))
    elif event.public:
        yield "next-reply", Fulfil(at=at, policies=policies)
        yield "update", Fulfil(at=at, policies=policies)
        if event.awaits_reply:
            yield from _pause_clocks(at, policies)
        if event.underway:
            terms |= _terms_underway(event.underway) | {"paused": event.awaits_reply, "again": True}
            yield "update", StartClock(kind="update", **terms)


def received(event: InformationReceived, at: datetime, policies: Policies) -> Asked:
    """Who says what was asked is waited for no more. (Where a policy asks for less, no clock stands still.)"""
    return _resume_clocks(at, policies)


def resolved(event: Resolved, at: datetime, policies: Policies) -> Asked:
    """Whoever is told how it was settled needs no other reply."""
    for kind in FURTHER:
        yield kind, Fulfil(at=at, policies=policies)


def closed(event: Closed, at: datetime, policies: Policies) -> Asked:
    """Closed as resolved it was answered, and is resolved. Nothing else is owed, or waited for, on a closed ticket."""
    if event.cause == "resolved":
        yield "resolution", Fulfil(at=at, policies=policies)
    for kind in EVERY if event.cause == "withdrawn" else FURTHER:
        yield kind, EndClock(at=at, cause="closed", policies=policies)


def reopened(event: Reopened, at: datetime, policies: Policies) -> Asked:
    """The resolution goes on where it was, with what the ticket is entitled to now; updates are owed anew.

    What waited for information when the ticket was closed waits again.
    """
    for kind in ON_INFORMATION:
        yield kind, ReopenClock(at=at, policies=policies)
    if now := event.underway:
        yield "resolution", ChangeEntitlement(at=at, tier=now.tier, calendar=now.calendar, policies=policies)
        yield "resolution", ChangeSeverity(at=at, severity=now.severity, policies=policies)
        terms: dict[str, Any] = {"at": at, "policies": policies, "ticket_id": event.ticket_id} | _terms_underway(now)
        yield "update", StartClock(kind="update", **terms)


def _pause_clocks(at: datetime, policies: Policies) -> Asked:
    """A reply and an update were just given."""
    for kind in ON_INFORMATION:
        if kind in policies.pausing:
            yield kind, PauseClock(at=at, policies=policies)


def _resume_clocks(at: datetime, policies: Policies) -> Asked:
    for kind in EVERY:
        if kind in policies.pausing:
            yield kind, ResumeClock(at=at, policies=policies)


def _terms_underway(now: Underway) -> dict[str, Any]:
    return {name: getattr(now, name) for name in ("severity", "tier", "calendar", "number", "account_id")}
