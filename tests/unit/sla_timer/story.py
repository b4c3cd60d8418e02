"""Histories to begin tests with. Each is played with the timers first and with the facts first: the logs must agree."""

from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.envelope import Fact, Meta, Recorded
from contracts.names import TICKETS
from contracts.sla import PolicyPublished
from contracts.tickets import (
    Closed,
    Details,
    EntitlementChanged,
    InformationCompleted,
    InformationRequested,
    InitialResponseGiven,
    Severity,
    SeverityChanged,
    TicketOpened,
    Tier,
)
from sla_timer import policy_file
from sla_timer.domain import INITIAL, decide, evolve, identify, react, timers
from sla_timer.domain.commands import Command, Evidence, Ring
from sla_timer.domain.evolve import fold
from sla_timer.domain.policies import Policies
from sla_timer.domain.state import Situation

TODAY = date(2026, 11, 23)
TICKET, ACCOUNT, SUBJECT, MESSAGE = UUID(int=1), UUID(int=2), UUID(int=3), UUID(int=4)
STREAM = f"clock-{TICKET}-response"
NEW_YORK = ZoneInfo("America/New_York")

DEFAULT = policy_file.DEFAULT.read_text(encoding="utf-8")
OFFICE_HOURS = """
  office:
    zone: America/New_York
    windows: [{days: mon-fri, from: "09:00", to: "17:00"}]
    holidays: {dates: [2026-11-26], known_until: 2030-12-31}
    special: {2026-12-24: [{from: "09:00", to: "12:00"}]}
"""

Log = list[tuple[str | None, Any]]
History = Sequence[tuple[datetime, Any]]


def published(text: str) -> PolicyPublished:
    """A policy file's text, as its event."""
    [event] = decide(policy_file.load(text, name="policy.yaml", today=TODAY).publish(0), INITIAL)
    assert isinstance(event, PolicyPublished)
    return event


VENDOR = Policies().published(published(DEFAULT))
"""The shipped policy: Enlist at a fixed -05:00."""
OFFICE = Policies().published(
    published(
        DEFAULT.replace("\nladders:", OFFICE_HOURS + "\nladders:").replace("calendar: weekdays", "calendar: office")
    )
)
"""The same, but Enlist and Assessment have New York's office hours."""


def ny(text: str) -> datetime:
    """A wall-clock time in New York as a UTC instant."""
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK).astimezone(UTC)


def utc(text: str) -> datetime:
    """A UTC instant."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def hours(count: float) -> timedelta:
    return timedelta(hours=count)


def opened(
    severity: Severity = 1, tier: Tier = "enlist", calendar: str | None = None, missing: tuple[Any, ...] = ()
) -> TicketOpened:
    return TicketOpened(
        ticket_id=TICKET,
        number="P-1042",
        account_id=ACCOUNT,
        subject_id=SUBJECT,
        account_version=1,
        channel="portal",
        severity=severity,
        priority="normal",
        tier=tier,
        calendar=calendar,
        details=Details(),
        missing=missing,
        title="It is down",
        description="All of it",
        email="ann@acme.example",
    )


def severity_changed(before: Severity, severity: Severity) -> SeverityChanged:
    return SeverityChanged(
        ticket_id=TICKET,
        subject_id=SUBJECT,
        before=before,
        severity=severity,
        tier="enlist",
        calendar=None,
        reason="assessed",
    )


def entitled(tier: Tier, calendar: str | None = None, severity: Severity = 1) -> EntitlementChanged:
    return EntitlementChanged(
        ticket_id=TICKET, account_id=ACCOUNT, account_version=2, severity=severity, tier=tier, calendar=calendar
    )


def closed(cause: Any) -> Closed:
    return Closed(ticket_id=TICKET, account_id=ACCOUNT, subject_id=SUBJECT, number="P-1042", cause=cause, closing=1)


def responded(severity: Severity = 1, *, waiting: bool = False) -> InitialResponseGiven:
    return InitialResponseGiven(
        ticket_id=TICKET,
        subject_id=SUBJECT,
        message_id=MESSAGE,
        severity=severity,
        tier="enlist",
        calendar=None,
        waiting=waiting,
        states="plan",
        body="We restart it at noon.",
    )


def completed(severity: Severity = 1, tier: Tier = "enlist", calendar: str | None = None) -> InformationCompleted:
    return InformationCompleted(
        ticket_id=TICKET, subject_id=SUBJECT, severity=severity, tier=tier, calendar=calendar, details=Details()
    )


INFORMATION_REQUESTED = InformationRequested(
    ticket_id=TICKET, subject_id=SUBJECT, missing=("os",), reason="Which system is it?"
)
RESPONDED = responded()


def recorded(at: datetime, event: Any, *, occurred_at: datetime | None = None, topic: str = TICKETS) -> Fact:
    """An event in its envelope."""
    return Recorded(
        topic=topic,
        shard=0,
        shard_seq=1,
        stream=f"ticket-{TICKET}",
        version=1,
        event_id=UUID(int=9),
        command_id=UUID(int=8),
        recorded_at=at,
        event=event,
        meta=Meta(actor="ann", role="requester", occurred_at=occurred_at),
    )


def carried_out(command: Command, state: Situation) -> tuple[Log, Situation]:
    """The events that follow, each with its name if time brought it about, and the situation after them."""
    log: Log = []
    for event in decide(command, state):
        log.append((identify(event, state), event))
        state = evolve(state, event)
    return log, state


def rung(state: Situation, until: datetime, evidence: Evidence = "settled") -> tuple[Log, Situation]:
    """Let every timer due by then ring, one after the other."""
    log: Log = []
    while due := sorted((due for due in timers(state) if due.due_at <= until), key=lambda due: due.due_at):
        first = due[0]
        more, state = carried_out(
            Ring(at=first.due_at, kind=first.kind, generation=first.generation, evidence=evidence), state
        )
        assert more, f"{first} rang and nothing came of it"
        log += more
    return log, state


def _played(history: History, until: datetime, policies: Policies, *, timers_first: bool) -> Log:
    log, state = Log(), INITIAL
    for at, event in history:
        if timers_first:
            more, state = rung(state, at)
            log += more
        for _, command in react(recorded(at, event), policies):
            more, state = carried_out(command, state)
            log += more
            again, _ = carried_out(command, state)
            assert not again, f"{event} told twice changes something"
    more, _ = rung(state, until)
    return log + more


def played(history: History, until: datetime, policies: Policies = OFFICE) -> list[Any]:
    """The log of a history, which is the same whoever comes first, and in which no event that time makes is twice."""
    log = _played(history, until, policies, timers_first=True)
    assert log == _played(history, until, policies, timers_first=False)
    names = [name for name, _ in log if name]
    assert len(names) == len(set(names))
    return [event for _, event in log]


def after(history: Iterable[tuple[datetime, Any]], policies: Policies = OFFICE) -> Situation:
    """The situation after a history, without any timer."""
    state: Situation = INITIAL
    for at, event in history:
        for _, command in react(recorded(at, event), policies):
            state = fold(state, decide(command, state))
    return state


def of(kind: type[Any], log: Iterable[Any]) -> list[Any]:
    """The events of one class."""
    return [event for event in log if isinstance(event, kind)]
