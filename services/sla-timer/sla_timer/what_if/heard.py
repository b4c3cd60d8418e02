"""Of a clock's events what a history is read from, decoded without the rest: there may be millions of them."""

from datetime import datetime
from typing import Any

import msgspec

from contracts import codec
from contracts.base import BY_CLASS, kind_of
from contracts.sla import (
    AnsweredLate,
    BreachRetracted,
    ClockAwaited,
    ClockCancelled,
    ClockPaused,
    ClockRescheduled,
    ClockResumed,
    ClockStarted,
    ObjectiveMissed,
    SlaBreached,
    SlaMet,
)
from contracts.tickets import Severity, Tier

NAMES = {
    BY_CLASS[cls].name: BY_CLASS[cls].version
    for cls in (
        ClockAwaited,
        ClockStarted,
        ClockRescheduled,
        ClockCancelled,
        ClockPaused,
        ClockResumed,
        SlaMet,
        AnsweredLate,
        SlaBreached,
        BreachRetracted,
        ObjectiveMissed,
    )
}
"""All but warnings, each with its newest version."""


class Rules(msgspec.Struct, frozen=True):
    """Which policy it was counted by."""

    policy: str


class Heard(msgspec.Struct, frozen=True):
    """An event's fields, by their own names; those that it doesn't have are None."""

    ticket_id: str
    cause: str | None = None
    severity: Severity | None = None
    tier: Tier | None = None
    calendar: str | None = None
    versions: Rules | None = None
    received_at: datetime | None = None
    responded_at: datetime | None = None
    changed_at: datetime | None = None
    paused_at: datetime | None = None
    resumed_at: datetime | None = None
    number: str | None = None
    account_id: str | None = None


_decode = msgspec.json.Decoder(Heard).decode


def heard(name: str, version: int, data: str | bytes) -> Heard:
    """From a stored row. An event of an older version is lifted first."""
    if version != NAMES[name]:
        data = codec.encode(codec.decode(name, version, data), seal=None)
    return _decode(data)


def heard_of(event: Any) -> tuple[str, Heard]:
    """The name of an event, and what is heard of it."""
    kind = kind_of(event)
    return kind.name, _decode(codec.encode(event, seal=None))
