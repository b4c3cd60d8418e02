"""What a clock was told, read from its own log: enough to decide it anew under other rules.

Of what came after a verdict the log has the answer and nothing else. So a history is complete up to its verdict; under
rules that would have waited longer it goes on from there with the severity and the hours of then, up to the answer. And
that a ticket waited for its requester is on a clock's log only where the policy of then let it stand still for that.
"""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Literal, NamedTuple

from contracts.tickets import Severity, Tier
from sla_timer.domain.instants import instant
from sla_timer.what_if.heard import Heard
from sla_timer.what_if.verdict import State

Kind = Literal["awaited", "started", "void", "severity", "entitlement", "answered", "withdrawn", "paused", "resumed"]
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
    """All that a ticket's response clock was told, in order; `recorded`: what the log says came of it.

    The ids are UUIDs as text: nobody looks into them, and there are very many.
    """

    ticket_id: str
    number: str | None
    account_id: str | None
    told: tuple[Told, ...]
    recorded: State

    @property
    def begun(self) -> int:
        """When the helpdesk had been notified completely; where it never was, when it first heard."""
        return next((one.at for one in self.told if one.kind == "started"), self.told[0].at if self.told else 0)

    @property
    def name(self) -> str:
        """The number of the ticket, or its id where the log doesn't name one."""
        return self.number or self.ticket_id


def history_of(events: Iterable[tuple[datetime, str, Heard]], agreed: Agreed) -> History | None:
    """From a clock's events in order: when each was recorded, its name, itself. None where there are none."""
    reading = _Reading(agreed)
    for at, name, event in events:
        reading.take(at, name, event)
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
        self.ticket_id: str | None = None
        self.number: str | None = None
        self.account_id: str | None = None
        self.told: list[Told] = []
        self.recorded: State = "nothing"
        self.severity: Severity = 4
        self.tier: Tier = "enlist"
        self.calendar: str | None = None
        self.superseded: datetime | None = None
        """When it was cancelled for a change of severity; its successor comes next."""

    def take(self, at: datetime, name: str, event: Heard) -> None:
        """The next event."""
        self.ticket_id = event.ticket_id
        match name:
            case "clock.started":
                self._started(at, event)
            case "sla.met":
                self._tell(event.responded_at or at, "answered")
                self.recorded = "met"
            case "sla.answered-late":
                self._tell(event.responded_at or at, "answered")
            case "sla.breached":
                self.recorded = "breached"
            case "sla.breach-retracted":
                self.recorded = "running"
            case "sla.objective-missed":
                self.recorded = "missed"
            case "clock.rescheduled":
                self._rescheduled(at, event)
            case "clock.cancelled":
                self._cancelled(at, event)
            case "clock.paused":
                self._tell(event.paused_at or at, "paused")
                self.recorded = "paused"
            case "clock.resumed":
                self._tell(event.resumed_at or at, "resumed")
                self.recorded = "running"
            case "clock.awaited":
                self._goes_by(event)
                self.calendar = event.calendar
                self.number, self.account_id = event.number, event.account_id
                self._tell(event.received_at or at, "awaited")
                self.recorded = "waiting"

    def _started(self, at: datetime, event: Heard) -> None:
        self._goes_by(event)
        self.recorded = "running"
        if self.superseded is not None:
            self._tell(self.superseded, "severity")
            self.superseded = None
            return
        self.number, self.account_id = event.number, event.account_id
        self.calendar = self._agreed(event)
        self._tell(event.received_at or at, "started")

    def _rescheduled(self, at: datetime, event: Heard) -> None:
        self._goes_by(event)
        at = event.changed_at or at
        if event.cause == "severity":
            self._tell(at, "severity")
            return
        self.calendar = self._agreed(event)
        if event.cause == "entitlement":
            self._tell(at, "entitlement")

    def _cancelled(self, at: datetime, event: Heard) -> None:
        at = event.changed_at or at
        match event.cause:
            case "severity":
                self.superseded = at
            case "incomplete":
                self._tell(at, "void")
                self.recorded = "waiting"
            case _:
                self._tell(at, "withdrawn")
                self.recorded = "cancelled"

    def _goes_by(self, event: Heard) -> None:
        self.severity, self.tier = event.severity or self.severity, event.tier or self.tier

    def _agreed(self, event: Heard) -> str | None:
        assert event.versions
        assert event.calendar
        return self.agreed(event.versions.policy, self.tier, event.calendar)

    def _tell(self, at: datetime, kind: Kind) -> None:
        self.told.append(Told(instant(at), kind, self.severity, self.tier, self.calendar))
