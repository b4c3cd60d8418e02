"""What a ticket's clocks must have come to, worked out from intake's facts alone: slowly, and by nobody else's code.

Support hours are those of the shipped policy (P10, P11) and of some others, written down here once more.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Any

from contracts.envelope import Fact
from contracts.tickets import (
    Closed,
    EntitlementChanged,
    InformationCompleted,
    InformationReceived,
    InformationRequested,
    InitialResponseGiven,
    MessagePosted,
    Reopened,
    Resolved,
    SeverityChanged,
    TicketOpened,
)

ZERO = timedelta()
NEVER = datetime.min.replace(tzinfo=UTC)
ALWAYS, OFFICE, EVENINGS = "around-the-clock", "weekdays", "evenings"
HOURS = {"enlist": OFFICE, "assessment": OFFICE, "patrol": ALWAYS, "command": ALWAYS}
DESK = timezone(timedelta(hours=-5))
Window = tuple[datetime, datetime]


@dataclass(frozen=True)
class Terms:
    """What a policy promises: hours by severity, and the hours of the day in which the office is open.

    `more`: hours by kind and severity of what is promised beyond an answer; `pauses`: whether waiting stops all clocks;
    `ladder`: what the delays of its ladder count.
    """

    name: str
    hours: tuple[float, float, float, float]
    office: tuple[tuple[int, int], ...]
    more: Mapping[str, Mapping[int, float]] = field(default_factory=dict)
    pauses: bool = False
    ladder: str = "elapsed"
    evenings: bool = False
    """Whether it has a calendar of that name."""

    def knows(self, calendar: str) -> bool:
        """Whether it has such a calendar."""
        return calendar in (ALWAYS, OFFICE) or (self.evenings and calendar == EVENINGS)

    def hours_of(self, tier: str, agreed: str | None) -> str:
        """Whose hours count: those agreed, where it knows them."""
        return agreed if agreed is not None and self.knows(agreed) else HOURS[tier]

    def target(self, severity: int, kind: str = "response") -> timedelta | None:
        """How long an answer may take, or whatever else; None: as long as it takes."""
        hours = self.hours[severity - 1] if kind == "response" else self.more.get(kind, {}).get(severity)
        return None if hours is None else timedelta(hours=hours)

    def elapses(self, severity: int, kind: str) -> bool:
        """Whether all time counts, not only support hours."""
        return kind == "response" and severity == 4

    def stands(self, kind: str) -> bool:
        """Whether a clock of that kind stands still while the ticket waits for its requester."""
        return self.pauses

    def windows(self, calendar: str, begin: datetime) -> Iterator[Window]:
        """The hours in which the desk is open, from the day of `begin` on."""
        day = begin.astimezone(DESK).date()
        while True:
            midnight = datetime.combine(day, time(), DESK)
            if calendar == ALWAYS:
                yield midnight, midnight + timedelta(days=1)
            elif day.weekday() < 5:
                for opens, closes in ((17, 21),) if calendar == EVENINGS else self.office:
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

    def local(self, calendar: str, at: datetime) -> datetime:
        """What clocks show there, without a zone."""
        return at.astimezone(DESK).replace(tzinfo=None)

    def instant(self, calendar: str, wall: datetime) -> datetime:
        """When clocks first show that there."""
        return wall.replace(tzinfo=DESK).astimezone(UTC)

    def days_after(self, calendar: str, begin: datetime, days: int) -> datetime:
        """The same time of day so many days on, or when the desk opens next."""
        return self.opening(calendar, self.instant(calendar, self.local(calendar, begin) + timedelta(days=days)))

    def working_days_after(self, calendar: str, begin: datetime, days: int) -> datetime:
        """The same time of day so many days with open hours on, counted from when the desk is open."""
        wall = self.local(calendar, self.opening(calendar, begin))
        day = wall.date()
        for _ in range(days):
            midnight = self.instant(calendar, datetime.combine(day + timedelta(days=1), time()))
            day = self.local(calendar, self.opening(calendar, midnight)).date()
        return self.instant(calendar, datetime.combine(day, wall.time()))

    def deadline(self, severity: int, tier: str, calendar: str | None, received: datetime) -> datetime:
        """When an answer is due for what was received then."""
        hours = self.hours_of(tier, calendar)
        start = self.opening(hours, received)
        if severity == 4:
            return start + timedelta(hours=self.hours[3])
        return self.reached(hours, start, timedelta(hours=self.hours[severity - 1]))


USUAL = Terms("The vendor's support policy", (1, 4, 8, 24), ((9, 17),))
GENEROUS = Terms("A generous policy", (2, 6, 12, 36), ((8, 18),), evenings=True)
STRICT = Terms("A strict policy", (0.5, 2, 4, 12), ((9, 12), (13, 17)))
PLAIN = (USUAL, GENEROUS, STRICT)
MORE = "; and more"
"""How a policy is called that also promises what comes after an answer, and pauses."""


def and_more(terms: Terms, share: float) -> Terms:
    """The same with further promises, each of this share of what they are in hours."""
    more = {
        "next-reply": {1: 0.5 * share, 2: 2 * share},
        "update": {1: share, 2: 4 * share, 3: 8 * share},
        "resolution": {1: 4 * share, 2: 8 * share, 3: 16 * share},
    }
    return replace(terms, name=terms.name + MORE, more=more, pauses=True, ladder="support" if share < 2 else "elapsed")


THOROUGH = tuple(and_more(terms, share) for terms, share in zip(PLAIN, (1, 2, 0.5), strict=True))
POLICIES = {terms.name: terms for terms in (*PLAIN, *THOROUGH)}


@dataclass
class Expected:
    """A ticket's clock of one kind. `terms`: those under which it was started; `holes`: when it stood still, from, to.

    `awaited`: how often it began to wait for information. `verdicts`: (what, due, at or elapsed, cause).
    """

    kind: str = "response"
    terms: Terms = USUAL
    phase: str = "nothing"
    severity: int = 0
    start: datetime = NEVER
    hours_since: list[tuple[datetime, tuple[Terms, str]]] = field(default_factory=list)
    """Since when by which hours, as which policy has them."""
    holes: list[tuple[datetime, datetime | None]] = field(default_factory=list)
    rest: datetime = NEVER
    tier: str = ""
    awaited: int = 0
    verdicts: list[tuple[Any, ...]] = field(default_factory=list)

    @property
    def waits(self) -> bool:
        """Whether it stands still."""
        return any(end is None for _, end in self.holes)

    def stretches(self) -> Iterator[tuple[datetime, datetime | None, tuple[Terms, str]]]:
        """When it ran, and by which hours; the last one may have no end."""
        edges = {since for since, _ in self.hours_since} | {edge for hole in self.holes for edge in hole if edge}
        cuts = sorted(edge for edge in edges if edge >= self.start)
        for begin, end in zip(cuts, [*cuts[1:], None], strict=True):
            if not any(shut <= begin and (opens is None or begin < opens) for shut, opens in self.holes):
                hours = next(hours for since, hours in reversed(self.hours_since) if since <= begin)
                yield begin, end, (self.terms, ALWAYS) if self.terms.elapses(self.severity, self.kind) else hours

    def used(self, at: datetime) -> timedelta:
        """What is used up at an instant, stretch by stretch."""
        return sum(
            (
                terms.open_time(hours, begin, min(end or at, at))
                for begin, end, (terms, hours) in self.stretches()
                if begin < at
            ),
            ZERO,
        )

    def due(self) -> datetime | None:
        """The deadline as it stands; none while it stands still."""
        left = self.terms.target(self.severity, self.kind)
        assert left
        for begin, end, (terms, hours) in self.stretches():
            there = terms.open_time(hours, begin, end) if end else left
            if there >= left:
                return terms.reached(hours, begin, left)
            left -= there
        return None

    def pass_to(self, now: datetime) -> None:
        """What time alone brings about."""
        if self.phase == "running" and (due := self.due()) and due <= now:
            self._late(due, "deadline")

    @property
    def _hoped_for(self) -> bool:
        return self.kind == "response" and self.severity == 4

    def _late(self, at: datetime, cause: str) -> None:
        # How late an answer is counts on, whether or not the ticket waited when its severity broke the promise.
        self._go_on(at)
        if self._hoped_for:
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
            case SeverityChanged(severity=severity):
                self._reclassify(severity, at)
            case EntitlementChanged():
                self._entitle(event.tier, event.calendar, at, terms)
            case InformationReceived():
                self._go_on(at)
            case MessagePosted(author="requester"):
                self._go_on(at)
                if self.kind == "next-reply" and event.underway:
                    self._begin(at, event.underway, terms)
            case MessagePosted(public=True):
                self._replied(at, event, terms)
            case _ if self.kind in ("response", "resolution"):
                self._hear_of_the_matter(at, event, terms)
            case _:
                self._hear_of_the_talk(at, event, terms)

    def _replied(self, at: datetime, event: MessagePosted, terms: Terms) -> None:
        if self.kind in ("response", "resolution"):
            if event.awaits_reply:
                self._stand(at)
            return
        still = self.waits and self.phase in ("running", "idle")
        self._done(at)
        if self.kind == "update" and event.underway:
            self._begin(at, event.underway, terms, waits=event.awaits_reply or still)

    def _hear_of_the_matter(self, at: datetime, event: Any, terms: Terms) -> None:
        answer = self.kind == "response"
        match event:
            case TicketOpened(missing=missing) if missing and self.terms_of(terms):
                self._wait()
            case TicketOpened() | InformationCompleted():
                self._begin(at, event, terms)
            case InformationRequested() if self.phase in ("running", "missed", "idle"):
                self.phase = "waiting"
            case InitialResponseGiven() if answer and self.phase == "waiting":
                self.verdicts.append(("met", None, ZERO))
                self.phase = "met"
            case InitialResponseGiven() if answer:
                self._done(at)
            case InitialResponseGiven(waiting=True):
                self._begin(at, event, terms, waits=event.awaits_reply)
            case InitialResponseGiven(awaits_reply=True):
                self._stand(at)
            case Closed() if self.phase == "waiting":
                self.phase = "withdrawn"
            case Reopened() if self.phase == "withdrawn":
                self._wait()
            case Closed(cause="withdrawn"):
                self._end(at)
            case Resolved() | Closed() if not answer:
                self._done(at)
            case Reopened() if not answer and self.phase in ("met", "cancelled"):
                self._reopen(at, event, terms)
            case _:
                pass

    def _hear_of_the_talk(self, at: datetime, event: Any, terms: Terms) -> None:
        match event:
            case InitialResponseGiven() if self.kind == "update":
                self._begin(at, event, terms, waits=event.awaits_reply)
            case Resolved():
                self._done(at)
            case Closed():
                self._end(at)
            case Reopened() if self.kind == "update" and event.underway:
                self._begin(at, event.underway, terms)
            case _:
                pass

    def terms_of(self, terms: Terms) -> bool:
        """Whether anything of this kind is promised."""
        return self.kind == "response" or self.kind in terms.more

    def _begin(self, at: datetime, event: Any, terms: Terms, *, waits: bool = False) -> None:
        again = ("met", "cancelled", "answered") if self.kind in ("next-reply", "update") else ()
        if self.phase not in ("nothing", "waiting", *again) or not self.terms_of(terms):
            return
        self.terms = terms
        hours = terms.hours_of(event.tier, event.calendar)
        self.severity, self.tier = event.severity, event.tier
        self.start = self.terms.opening(hours, at)
        self.hours_since, self.holes = [(self.start, (terms, hours))], []
        self.phase = "running" if self.terms.target(self.severity, self.kind) else "idle"
        if waits:
            self._stand(at)

    def _wait(self) -> None:
        self.phase = "waiting"
        self.awaited += 1

    def _stand(self, at: datetime) -> None:
        if self.terms.stands(self.kind) and self.phase in ("running", "missed", "idle") and not self.waits:
            self.holes.append((at, None))

    def _go_on(self, at: datetime) -> None:
        if self.phase in ("running", "missed", "idle"):
            self.holes = [(since, until or at) for since, until in self.holes]

    def _done(self, at: datetime) -> None:
        match self.phase:
            case "running":
                self.verdicts.append(("met", self.due(), self.used(at)))
                self.phase, self.rest = "met", at
            case "breached" | "missed":
                self.verdicts.append(("late", self.due(), self.used(at)))
                self.phase = "answered" if self.phase == "breached" else "late"
            case "idle":
                self.phase, self.rest = "cancelled", at

    def _end(self, at: datetime) -> None:
        if self.phase in ("running", "missed", "idle"):
            self.phase, self.rest = "cancelled", at
        elif self.phase == "breached" and self.kind != "response":
            self.phase = "answered"

    def _reopen(self, at: datetime, event: Reopened, terms: Terms) -> None:
        self.holes = [(since, until or at) for since, until in [*self.holes, (self.rest, at)]]
        self.phase = "running" if self.terms.target(self.severity, self.kind) else "idle"
        if now := event.underway:
            self._entitle(now.tier, now.calendar, at, terms)
            self._reclassify(now.severity, at)

    def _reclassify(self, severity: int, at: datetime) -> None:
        if self.phase not in ("running", "missed", "idle"):
            return
        before, self.severity = self.severity, severity
        if self.phase == "missed" and before == severity:
            return
        self.phase = "running" if self.terms.target(severity, self.kind) else "idle"
        if self.phase == "running" and before != severity and (due := self.due()) and due <= at:
            self._late(at, "reclassified")

    def _entitle(self, tier: str, agreed: str | None, at: datetime, terms: Terms) -> None:
        # What only a newer policy knows is counted by its hours; what none knows, by the tier's.
        knowing = self.terms if agreed is None or self.terms.knows(agreed) else terms
        hours = knowing.hours_of(tier, agreed)
        if self.phase not in ("running", "missed", "idle") or (self.tier, self.hours_since[-1][1][1]) == (tier, hours):
            return
        self.tier = tier
        if at >= self.start:
            self.hours_since.append((at, (knowing, hours)))
        else:
            self.start = knowing.opening(hours, at)
            self.hours_since = [(self.start, (knowing, hours))]


def expected(kind: str, facts: Iterable[Fact], terms: Callable[[Fact], Terms], now: datetime) -> Expected:
    """What a ticket's facts make of a clock until now. `terms`: those that hold for a clock which a fact starts."""
    clock = Expected(kind)
    for fact in facts:
        clock.hear(fact, terms(fact))
    clock.pass_to(now)
    return clock
