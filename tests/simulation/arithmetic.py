"""What a ticket's clock must have come to, worked out from intake's facts alone: slowly, and by nobody else's code.

Support hours are those of the shipped policy (P10, P11) and of some others, written down here once more.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Any

from contracts.envelope import Fact
from contracts.tickets import (
    Closed,
    EntitlementChanged,
    InformationCompleted,
    InformationRequested,
    InitialResponseGiven,
    SeverityChanged,
    TicketOpened,
)

ZERO = timedelta()
NEVER = datetime.min.replace(tzinfo=UTC)
ALWAYS, OFFICE = "around-the-clock", "weekdays"
HOURS = {"enlist": OFFICE, "assessment": OFFICE, "patrol": ALWAYS, "command": ALWAYS}
DESK = timezone(timedelta(hours=-5))
Window = tuple[datetime, datetime]


@dataclass(frozen=True)
class Terms:
    """What a policy promises: hours by severity, and the hours of the day in which the office is open."""

    name: str
    hours: tuple[float, float, float, float]
    office: tuple[tuple[int, int], ...]

    def target(self, severity: int) -> timedelta:
        """How long an answer may take."""
        return timedelta(hours=self.hours[severity - 1])

    def windows(self, calendar: str, begin: datetime) -> Iterator[Window]:
        """The hours in which the desk is open, from the day of `begin` on."""
        day = begin.astimezone(DESK).date()
        while True:
            midnight = datetime.combine(day, time(), DESK)
            if calendar == ALWAYS:
                yield midnight, midnight + timedelta(days=1)
            elif day.weekday() < 5:
                for opens, closes in self.office:
                    yield midnight.replace(hour=opens), midnight.replace(hour=closes)
            day += timedelta(days=1)

    def opening(self, calendar: str, at: datetime) -> datetime:
        """`at`, or when the desk opens next."""
        windows = self.windows(calendar, at)
        return next(max(opens, at) for opens, closes in windows if closes > at).astimezone(UTC)

    def open_time(self, calendar: str, begin: datetime, end: datetime) -> timedelta:
        """How long the desk is open from `begin` to `end`."""
        total = ZERO
        for opens, closes in self.windows(calendar, begin):
            if opens >= end:
                return total
            total += max(min(closes, end) - max(opens, begin), ZERO)
        raise AssertionError

    def reached(self, calendar: str, begin: datetime, span: timedelta) -> datetime:
        """When the desk has been open for so long since `begin`."""
        for opens, closes in self.windows(calendar, begin):
            there = max(closes - max(opens, begin), ZERO)
            if there >= span > ZERO:
                return (max(opens, begin) + span).astimezone(UTC)
            span -= there
        raise AssertionError

    def deadline(self, severity: int, tier: str, calendar: str | None, received: datetime) -> datetime:
        """When an answer is due for what was received then."""
        hours = calendar or HOURS[tier]
        start = self.opening(hours, received)
        if severity == 4:
            return start + self.target(4)
        return self.reached(hours, start, self.target(severity))


USUAL = Terms("The vendor's support policy", (1, 4, 8, 24), ((9, 17),))
GENEROUS = Terms("A generous policy", (2, 6, 12, 36), ((8, 18),))
STRICT = Terms("A strict policy", (0.5, 2, 4, 12), ((9, 12), (13, 17)))
POLICIES = {terms.name: terms for terms in (USUAL, GENEROUS, STRICT)}


@dataclass
class Expected:
    """A ticket's clock. `terms`: those under which it was started; `verdicts`: (what, due, at or elapsed, cause)."""

    terms: Terms = USUAL
    phase: str = "nothing"
    severity: int = 0
    start: datetime = NEVER
    legs: list[tuple[datetime, str]] = field(default_factory=list)
    tier: str = ""
    verdicts: list[tuple[Any, ...]] = field(default_factory=list)

    def used(self, at: datetime) -> timedelta:
        """Support time used up at an instant, leg by leg."""
        ends = [since for since, _ in self.legs[1:]] + [at]
        legs = zip(self.legs, ends, strict=True)
        return sum(
            (self.terms.open_time(hours, since, min(end, at)) for (since, hours), end in legs if since < at), ZERO
        )

    def due(self) -> datetime:
        """The deadline as it stands."""
        if self.severity == 4:
            return self.start + self.terms.target(4)
        left = self.terms.target(self.severity)
        for n, (since, hours) in enumerate(self.legs):
            last = n + 1 == len(self.legs)
            there = left if last else self.terms.open_time(hours, since, self.legs[n + 1][0])
            if there >= left:
                return self.terms.reached(hours, since, left)
            left -= there
        raise AssertionError

    def pass_to(self, now: datetime) -> None:
        """What time alone brings about."""
        if self.phase == "running" and self.due() <= now:
            self._late(self.due(), "deadline")

    def _late(self, at: datetime, cause: str) -> None:
        if self.severity == 4:
            self.phase = "missed"
            self.verdicts.append(("missed", self.due()))
        else:
            self.phase = "breached"
            self.verdicts.append(("breached", self.due(), at, cause))

    def hear(self, fact: Fact, terms: Terms) -> None:
        """The next fact of the ticket; `terms`: in case it starts a clock."""
        at, event = fact.happened_at, fact.event
        self.pass_to(at)
        match event:
            case TicketOpened(missing=missing) if missing:
                self.phase = "waiting"
            case TicketOpened() | InformationCompleted() if self.phase in ("nothing", "waiting"):
                self._begin(at, event, terms)
            case InformationRequested() if self.phase in ("running", "missed"):
                self.phase = "waiting"
            case InitialResponseGiven() if self.phase in ("running", "waiting"):
                self._met(at)
            case InitialResponseGiven() if self.phase in ("breached", "missed"):
                self.verdicts.append(("late", self.due(), self._elapsed(at)))
                self.phase = "late"
            case SeverityChanged(severity=severity) if (
                self.phase in ("running", "missed") and severity != self.severity
            ):
                self._reclassify(severity, at)
            case EntitlementChanged() if self.phase in ("running", "missed"):
                self._entitle(event.tier, event.calendar or HOURS[event.tier], at)
            case Closed(cause="withdrawn") if self.phase in ("running", "missed"):
                self.phase = "cancelled"
            case _:
                pass

    def _begin(self, at: datetime, event: Any, terms: Terms) -> None:
        self.terms = terms
        hours = event.calendar or HOURS[event.tier]
        self.phase, self.severity, self.tier = "running", event.severity, event.tier
        self.start = self.terms.opening(hours, at)
        self.legs = [(self.start, hours)]

    def _met(self, at: datetime) -> None:
        if self.phase == "waiting":
            self.verdicts.append(("met", None, ZERO))
        else:
            self.verdicts.append(("met", self.due(), self._elapsed(at)))
        self.phase = "met"

    def _elapsed(self, at: datetime) -> timedelta:
        return max(at - self.start, ZERO) if self.severity == 4 else self.used(at)

    def _reclassify(self, severity: int, at: datetime) -> None:
        before, self.severity = self.severity, severity
        if self.phase == "missed" or 4 in (before, severity):
            self.phase = "running"
        if self.due() <= at:
            self._late(at, "reclassified")

    def _entitle(self, tier: str, hours: str, at: datetime) -> None:
        self.tier = tier
        if at >= self.start:
            self.legs.append((at, hours))
        else:
            self.start = self.terms.opening(hours, at)
            self.legs = [(self.start, hours)]


def expected(facts: Iterable[Fact], terms: Callable[[Fact], Terms], now: datetime) -> Expected:
    """What a ticket's facts make of its clock until now. `terms`: those that hold for a clock which a fact starts."""
    clock = Expected()
    for fact in facts:
        clock.hear(fact, terms(fact))
    clock.pass_to(now)
    return clock
