"""Commands for clocks that follow from the conversation between staff and requester."""

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
from sla_timer.policy.promise import ALL_KINDS, FURTHER_KINDS, STARTED_BY_INFORMATION
from sla_timer.policy.versions import Policies
from sla_timer.react.ticket import Asked, terms_of


def responded(event: InitialResponseGiven, at: datetime, policies: Policies) -> Asked:
    """The first answer is given. A resolution is owed from now on, even if information is still missing."""
    yield "response", RecordResponse(at=at, policies=policies, **terms_of(event))
    owner = {"number": event.number, "account_id": event.account_id}
    terms = terms_of(event) | owner | {"at": at, "policies": policies, "paused": event.awaits_reply}
    if event.waiting:
        yield "resolution", StartClock(kind="resolution", **terms)
    if event.awaits_reply:
        yield from _pause_clocks(at, policies)
    yield "update", StartClock(kind="update", **terms)


def written(event: MessagePosted, at: datetime, policies: Policies) -> Asked:
    """A message: the requester's makes a reply owed, staff's public ones keep promises. Internal notes do neither."""
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
    """The requester has given some of the information asked for, so paused clocks go on."""
    return _resume_clocks(at, policies)


def resolved(event: Resolved, at: datetime, policies: Policies) -> Asked:
    """A resolution also counts as reply and update."""
    for kind in FURTHER_KINDS:
        yield kind, Fulfil(at=at, policies=policies)


def closed(event: Closed, at: datetime, policies: Policies) -> Asked:
    """Closing as resolved keeps the resolution. Other promises end; if the ticket was withdrawn, all of them do."""
    if event.cause == "resolved":
        yield "resolution", Fulfil(at=at, policies=policies)
    for kind in ALL_KINDS if event.cause == "withdrawn" else FURTHER_KINDS:
        yield kind, EndClock(at=at, cause="closed", policies=policies)


def reopened(event: Reopened, at: datetime, policies: Policies) -> Asked:
    """The resolution clock goes on, by the ticket's present entitlement and severity; an update is owed again.

    Clocks that awaited information when the ticket was closed await it again.
    """
    for kind in STARTED_BY_INFORMATION:
        yield kind, ReopenClock(at=at, policies=policies)
    if now := event.underway:
        yield "resolution", ChangeEntitlement(at=at, tier=now.tier, calendar=now.calendar, policies=policies)
        yield "resolution", ChangeSeverity(at=at, severity=now.severity, policies=policies)
        terms: dict[str, Any] = {"at": at, "policies": policies, "ticket_id": event.ticket_id} | _terms_underway(now)
        yield "update", StartClock(kind="update", **terms)


def _pause_clocks(at: datetime, policies: Policies) -> Asked:
    """Pause the response and resolution clocks. Reply and update need none: this message has just kept them."""
    for kind in STARTED_BY_INFORMATION:
        if kind in policies.pausing:
            yield kind, PauseClock(at=at, policies=policies)


def _resume_clocks(at: datetime, policies: Policies) -> Asked:
    """Resume every clock that may be paused."""
    for kind in ALL_KINDS:
        if kind in policies.pausing:
            yield kind, ResumeClock(at=at, policies=policies)


def _terms_underway(now: Underway) -> dict[str, Any]:
    return {name: getattr(now, name) for name in ("severity", "tier", "calendar", "number", "account_id")}
