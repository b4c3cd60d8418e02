"""What a clock was told, read from its own log: enough to decide it anew under other rules.

Of what came after a verdict the log has the answer and nothing else. So a history is complete up to its verdict; under
rules that would have waited longer it goes on from there with the severity and the hours of then, up to the answer.
"""

from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple
from uuid import UUID

from contracts.sla import (
    AnsweredLate,
    BreachRetracted,
    ClockAwaited,
    ClockCancelled,
    ClockRescheduled,
    ClockStarted,
    ObjectiveMissed,
    SlaBreached,
    SlaMet,
)
from contracts.tickets import Severity, Tier
from sla_timer.domain.instants import instant
from sla_timer.what_if.verdict import State

EVENTS = (
    ClockAwaited,
    ClockStarted,
    ClockRescheduled,
    ClockCancelled,
    SlaMet,
    AnsweredLate,
    SlaBreached,
    BreachRetracted,
    ObjectiveMissed,
)
"""Of a clock's events those that a history is read from: all but warnings."""

Kind = Literal["awaited", "started", "void", "severity", "entitlement", "answered", "withdrawn"]
Agreed = Callable[[str, Tier, str], str | None]
"""(policy version, tier, calendar it counted by) -> that calendar if it was agreed with the account, else None."""


class Told(NamedTuple):
    """Something that a clock was told at an instant (UTC microseconds since 1970), and what it goes by from then on."""

    at: int
    kind: Kind
    severity: Severity
    tier: Tier
    agreed: str | None


class History(NamedTuple):
    """All that a ticket's response clock was told, in order; `recorded`: what the log says came of it."""

    ticket_id: UUID
    number: str | None
    account_id: UUID | None
    told: tuple[Told, ...]
    recorded: State

    @property
    def begun(self) -> int:
        """When the helpdesk had been notified completely; where it never was, when it first heard."""
        return next((one.at for one in self.told if one.kind == "started"), self.told[0].at if self.told else 0)

    @property
    def name(self) -> str:
        """The number of the ticket, or its id where the log doesn't name one."""
        return self.number or str(self.ticket_id)


def history_of(events: Iterable[tuple[int, Any]], agreed: Agreed) -> History | None:
    """From a clock's events, each with the instant it was recorded; None where there are none."""
    reading = _Reading(agreed)
    for at, event in events:
        reading.take(at, event)
    if reading.ticket_id is None:
        return None
    return History(reading.ticket_id, reading.number, reading.account_id, tuple(reading.told), reading.recorded)


class _Reading:
    """The history so far, and what the clock goes by."""

    __slots__ = (
        "account_id",
        "agreed",
        "calendar",
        "number",
        "recorded",
        "severity",
        "superseded",
        "ticket_id",
        "tier",
        "told",
    )

    def __init__(self, agreed: Agreed) -> None:
        self.agreed = agreed
        self.ticket_id: UUID | None = None
        self.number: str | None = None
        self.account_id: UUID | None = None
        self.told: list[Told] = []
        self.recorded: State = "nothing"
        self.severity: Severity = 4
        self.tier: Tier = "enlist"
        self.calendar: str | None = None
        self.superseded: int | None = None
        """When it was cancelled for a change of severity; its successor comes next."""

    def take(self, at: int, event: Any) -> None:
        """The next event."""
        self.ticket_id = event.ticket_id
        match event:
            case ClockStarted():
                self._started(event)
            case SlaMet(responded_at=responded_at):
                self._tell(instant(responded_at), "answered")
                self.recorded = "met"
            case AnsweredLate(responded_at=responded_at):
                self._tell(instant(responded_at), "answered")
            case SlaBreached():
                self.recorded = "breached"
            case BreachRetracted():
                self.recorded = "running"
            case ObjectiveMissed():
                self.recorded = "missed"
            case ClockRescheduled(cause=cause):
                self.severity, self.tier = event.severity, event.tier
                if cause != "severity":
                    self.calendar = self.agreed(event.versions.policy, event.tier, event.calendar)
                if cause == "severity" or cause == "entitlement":
                    self._tell(instant(event.changed_at) if event.changed_at else at, cause)
            case ClockCancelled():
                self._cancelled(event, at)
            case ClockAwaited():
                self.severity, self.tier, self.calendar = event.severity, event.tier, event.calendar
                self.number, self.account_id = event.number, event.account_id
                self._tell(at, "awaited")
                self.recorded = "waiting"

    def _started(self, event: ClockStarted) -> None:
        self.severity, self.tier = event.severity, event.tier
        self.recorded = "running"
        if self.superseded is not None:
            self._tell(self.superseded, "severity")
            self.superseded = None
            return
        self.number, self.account_id = event.number, event.account_id
        self.calendar = self.agreed(event.versions.policy, event.tier, event.calendar)
        self._tell(instant(event.received_at), "started")

    def _cancelled(self, event: ClockCancelled, at: int) -> None:
        at = instant(event.changed_at) if event.changed_at else at
        match event.cause:
            case "severity":
                self.superseded = at
            case "incomplete":
                self._tell(at, "void")
                self.recorded = "waiting"
            case _:
                self._tell(at, "withdrawn")
                self.recorded = "cancelled"

    def _tell(self, at: int, kind: Kind) -> None:
        self.told.append(Told(at, kind, self.severity, self.tier, self.calendar))
