"""Histories to begin tests with. Each is played with the timers first and with the facts first: the logs must agree."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any, Literal
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
    InformationReceived,
    InformationRequested,
    InitialResponseGiven,
    MessagePosted,
    Reopened,
    Resolved,
    Severity,
    SeverityChanged,
    TicketOpened,
    Tier,
    Underway,
)
from sla_timer.domain import INITIAL, decide, evolve, identify, timers
from sla_timer.domain.commands import Command, Evidence, Ring
from sla_timer.domain.evolve import fold
from sla_timer.domain.state import Situation
from sla_timer.policy import file as policy_file
from sla_timer.policy.promise import Kind
from sla_timer.policy.versions import Policies
from sla_timer.react import react
from sla_timer.react.asks import clock_of

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
FURTHER_KINDS = """
  next-reply: {counts: support, warnings: [50], targets: {1: {within: 30m}, 2: {within: 2h}}, PAUSES}
  update: {counts: support, targets: {1: {within: 1h}, 2: {within: 4h}}, PAUSES}
  resolution:
    {counts: support, warnings: [50, 90], targets: {1: {within: 4h}, 2: {within: 8h}, 3: {within: 16h}}, PAUSES}
"""

NAMED = ("product", "product_version", "os", "os_version")
"""The required information of P8, but for the description."""

Log = list[tuple[str | None, Any]]
History = Sequence[tuple[datetime, Any]]


def published(text: str) -> PolicyPublished:
    """A policy file's text, as its event."""
    return policy_file.load(text, name="policy.yaml", today=TODAY).published()


VENDOR = Policies().published(published(DEFAULT))
"""The shipped policy: Enlist at a fixed -05:00."""
OFFICE_TEXT = DEFAULT.replace("\nladders:", f"{OFFICE_HOURS}\nladders:").replace(
    "calendar: weekdays", "calendar: office"
)
OFFICE = Policies().published(published(OFFICE_TEXT))
"""The same, but Enlist and Assessment have New York's office hours."""


def with_further(text: str, *, pauses: bool) -> str:
    """A policy's text with promises beyond a first answer (P25), all of them pausing (P24) or none."""
    key = "pauses: [waiting-for-requester]" if pauses else "pauses: []"
    for counts in ("    counts: support #", "    counts: elapsed\n"):
        assert counts in text
        text = text.replace(counts, f"    {key}\n{counts}")
    return text.replace("\ntiers:", FURTHER_KINDS.replace("PAUSES", key) + "\ntiers:")


MORE = Policies().published(published(with_further(OFFICE_TEXT, pauses=False)))
"""As OFFICE, and with promises beyond a first answer."""
PAUSING = Policies().published(published(with_further(OFFICE_TEXT, pauses=True)))
"""The same, and all clocks stand still while the ticket waits for its requester."""


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
        details=Details(**{name: "said" for name in NAMED if name not in missing}),
        missing=missing,
        title="It is down",
        description="" if "description" in missing else "All of it",
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


def responded(severity: Severity = 1, *, waiting: bool = False, awaits_reply: bool = False) -> InitialResponseGiven:
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
        awaits_reply=awaits_reply,
        number="P-1042",
        account_id=ACCOUNT,
    )


def underway(severity: Severity = 1, tier: Tier = "enlist", calendar: str | None = None) -> Underway:
    return Underway(number="P-1042", account_id=ACCOUNT, severity=severity, tier=tier, calendar=calendar)


def wrote(
    author: Literal["requester", "staff"],
    now: Underway | None = None,
    *,
    public: bool = True,
    awaits_reply: bool = False,
) -> MessagePosted:
    """`now`: the ticket as it stands, once there was an initial response."""
    return MessagePosted(
        ticket_id=TICKET,
        subject_id=SUBJECT,
        message_id=MESSAGE,
        channel="portal",
        author=author,
        public=public,
        contact=public and author == "staff",
        body="And?",
        awaits_reply=awaits_reply,
        underway=now,
    )


def reopened(now: Underway | None = None) -> Reopened:
    return Reopened(ticket_id=TICKET, subject_id=SUBJECT, reason="still down", underway=now)


RESOLVED = Resolved(ticket_id=TICKET, subject_id=SUBJECT, resolution="restarted")
INFORMATION_RECEIVED = InformationReceived(ticket_id=TICKET, subject_id=SUBJECT, details=Details(), missing=())


def completed(severity: Severity = 1, tier: Tier = "enlist", calendar: str | None = None) -> InformationCompleted:
    return InformationCompleted(
        ticket_id=TICKET,
        subject_id=SUBJECT,
        severity=severity,
        tier=tier,
        calendar=calendar,
        details=Details(**dict.fromkeys(NAMED, "said")),
        description="All of it",
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


def after_rings(state: Situation, until: datetime, evidence: Evidence = "settled") -> tuple[Log, Situation]:
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


def _played(history: History, until: datetime, policies: Policies, *, timers_first: bool) -> dict[str, Log]:
    """By stream."""
    logs: dict[str, Log] = defaultdict(list)
    states: dict[str, Situation] = defaultdict(lambda: INITIAL)
    for at, event in history:
        if timers_first:
            for stream in states:
                more, states[stream] = after_rings(states[stream], at)
                logs[stream] += more
        for stream, command in react(recorded(at, event), policies):
            more, states[stream] = carried_out(command, states[stream])
            logs[stream] += more
            again, _ = carried_out(command, states[stream])
            assert not again, f"{event} told twice changes something"
    for stream in states:
        more, _ = after_rings(states[stream], until)
        logs[stream] += more
    return logs


def played(history: History, until: datetime, policies: Policies = OFFICE, kind: Kind = "response") -> list[Any]:
    """The log of a history, which is the same whoever comes first, and in which no event that time makes is twice."""
    logs = _played(history, until, policies, timers_first=True)
    assert logs == _played(history, until, policies, timers_first=False)
    for log in logs.values():
        names = [name for name, _ in log if name]
        assert len(names) == len(set(names))
    return [event for _, event in logs.get(clock_of(TICKET, kind), [])]


def after(history: Iterable[tuple[datetime, Any]], policies: Policies = OFFICE, kind: Kind = "response") -> Situation:
    """The situation of a clock after a history, without any timer."""
    state: Situation = INITIAL
    for at, event in history:
        for stream, command in react(recorded(at, event), policies):
            if stream == clock_of(TICKET, kind):
                state = fold(state, decide(command, state))
    return state


def of(kind: type[Any], log: Iterable[Any]) -> list[Any]:
    """The events of one class."""
    return [event for event in log if isinstance(event, kind)]


def kinds(log: Iterable[Any]) -> list[type[Any]]:
    """The events' classes, in order."""
    return [type(event) for event in log]
