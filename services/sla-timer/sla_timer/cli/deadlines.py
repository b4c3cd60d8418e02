"""Answers of `punctual due`: a request's deadline as JSON, decided by the core."""

from typing import Any

import msgspec

from contracts.rfc3339 import read_instant, write_instant
from contracts.sla import ClockStarted
from contracts.tickets import Severity, Tier
from sla_timer.cli.hours import Short
from sla_timer.cli.lines import BadLine, decoded, hinted
from sla_timer.policy.refusals import UnknownCalendar
from sla_timer.policy.versions import Policies
from sla_timer.what_if.deadlines import NO_SLA, promised

HINTS = {
    "severity": "write 1, 2, 3 or 4",
    "tier": "write enlist, patrol, command or assessment",
    "at": "write an instant such as 2026-07-13T13:30:00Z",
    "calendar": "write the name of a calendar of the policy, or leave it out",
}


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Received `at` an instant with all required information. `calendar`: agreed with the account (P14)."""

    severity: Severity
    tier: Tier
    at: Short
    calendar: Short | None = None


REQUEST = msgspec.json.Decoder(Request)


def answer_due(line: bytes, policies: Policies) -> bytes:
    """A request's deadline, both as JSON. Raises BadLine."""
    request: Request = decoded(REQUEST, line, HINTS)
    try:
        at = read_instant(request.at)
    except ValueError as error:
        raise hinted("at", error, HINTS) from None
    try:
        started = promised(policies, request.severity, request.tier, at, request.calendar)
    except UnknownCalendar as refused:
        raise BadLine(f"calendar: {refused.detail}") from None
    except OverflowError as error:
        raise BadLine(f"at: {error}; write an earlier instant") from None
    return msgspec.json.encode(as_json(started))


def as_json(started: ClockStarted) -> dict[str, Any]:
    """Start, warnings and due; if nothing is promised, the objective and why."""
    due = write_instant(started.due_at)
    promise: dict[str, Any] = {"due": due}
    if started.metric == "objective":
        promise = {"due": None, "objective": due, "why": NO_SLA.format(started.severity)}
    return {
        "start": write_instant(started.started_at),
        "warnings": [{"percent": one.percent, "at": write_instant(one.at)} for one in started.warnings],
        **promise,
        "calendar": started.calendar,
        "policy": started.versions.policy,
        **({"known_until": started.known_until} if started.known_until else {}),
    }
