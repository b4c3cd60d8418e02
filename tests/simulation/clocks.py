"""Every ticket's clocks, checked in three ways.

By the core itself, fed with intake's facts in both orders (timers first, facts first): the log must say exactly the
same as both, wherever every verdict waited for the settled edge, but for warnings that a breach overtook. By
arithmetic of our own: deadlines, verdicts and support time. And by what the announcements say of one another.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from itertools import combinations, product
from typing import Any
from uuid import UUID, uuid5

from tests.simulation import arithmetic
from tests.simulation.ending import Ending
from tests.simulation.policies import drawn

from contracts.envelope import Fact
from contracts.later import Later
from contracts.names import SLA, TICKETS
from contracts.sla import AlarmSet, PolicyPublished
from sla_timer import domain as core
from sla_timer.domain.commands import Ring
from sla_timer.domain.elapse import timers
from sla_timer.policy.promise import FURTHER_KINDS, Kind
from sla_timer.policy.versions import Policies
from sla_timer.react import react
from sla_timer.react.asks import clock_of

AT_MOST = 12
"""So many commands follow from one fact."""
KINDS: tuple[Kind, ...] = ("response", *FURTHER_KINDS)
JUDGED = ("running", "breached", "missed", "late", "answered")
"""Phases of a clock that has a deadline, or had one."""
LATE = ("SlaBreached", "ObjectiveMissed")
"""What is announced of a deadline that has passed."""
VERDICTS = ("SlaBreached", "SlaMet", "ObjectiveMissed", "AnsweredLate")


class Promised:
    """Under which version of the policy each fact started a clock, as the log has it."""

    def __init__(self, ending: Ending) -> None:
        self.policies = Policies()
        self._names: dict[str, str] = {}
        self._versions: dict[UUID, str] = {}
        self._in_force: list[tuple[int, datetime, str]] = []
        self._guessed: dict[UUID, str] = {}
        self._looked_up: dict[tuple[UUID, str], str | None] = {}
        for fact in ending.logs[SLA]:
            if isinstance(fact.event, PolicyPublished):
                self._in_force.append((fact.shard, fact.recorded_at, fact.event.version))
            if isinstance(fact.event, PolicyPublished) and fact.event.version not in self._names:
                self._names[fact.event.version] = fact.event.name
                self.policies = self.policies.published(fact.event)
            elif versions := getattr(fact.event, "versions", None):
                if counted_by := getattr(fact.event, "counted_by", None):
                    self._versions[fact.command_id] = counted_by
                self._versions.setdefault(fact.command_id, versions.policy)

    def by(self, fact: Fact, stream: str) -> Policies:
        """The policies as they were when this was followed."""
        return Policies(self.policies.versions, self._version(fact, stream))

    def terms(self, stream: str) -> Callable[[Fact], arithmetic.Terms]:
        """The same, as we know them."""
        return lambda fact: self.terms_of(self._version(fact, stream))

    def terms_of(self, version: str) -> arithmetic.Terms:
        """A version, as we know it."""
        name = self._names[version]
        return drawn.terms.get(name) or arithmetic.POLICIES[name]

    def knowing(self, later: Later) -> list[arithmetic.Terms]:
        """The version that is named if it has that calendar; otherwise all that have."""
        named = self.terms_of(later.policy) if later.policy in self._names else None
        if named and named.knows(later.calendar):
            return [named]
        return [one for one in self._all() if one.knows(later.calendar)]

    def _all(self) -> list[arithmetic.Terms]:
        return [self.terms_of(version) for version in self._names]

    def guesses(self, facts: Sequence[Fact], stream: str) -> Iterable[str]:
        """Whatever may have been in force: a fact by which nothing changed has left no word of its version.

        A version that came while facts were waiting may know an agreed calendar, or promise nothing; and at one instant
        either may have come first. Some that follow on one another were heard under another version, then.
        """
        self._guessed = {}
        yield "as it was recorded"
        silent = [fact.event_id for fact in facts if self._named(fact, stream) is None]
        names = dict.fromkeys(name for shard, _, name in self._in_force if facts and shard == facts[0].shard)
        for first, last in combinations(range(len(silent) + 1), 2):
            for name in names:
                self._guessed = dict.fromkeys(silent[first:last], name)
                yield f"{silent[first]} to {silent[last - 1]} under {name}"

    def _version(self, fact: Fact, stream: str) -> str:
        then = [name for shard, at, name in self._in_force if shard == fact.shard and at <= fact.recorded_at]
        named = self._named(fact, stream) or self._guessed.get(fact.event_id)
        return named or (then or [self.policies.latest])[-1]

    def _named(self, fact: Fact, stream: str) -> str | None:
        key = fact.event_id, stream
        if key not in self._looked_up:
            self._looked_up[key] = self._look_up(fact, stream)
        return self._looked_up[key]

    def _look_up(self, fact: Fact, stream: str) -> str | None:
        kinds = ("StartClock", "RecordResponse", "AwaitInformation", "ChangeEntitlement")
        names = (f"sla-timer/{stream}/{kind}/{n}" for kind in kinds for n in range(AT_MOST))
        commands = (uuid5(fact.event_id, name) for name in names)
        return next((self._versions[one] for one in commands if one in self._versions), self._complete_by(fact))

    def _complete_by(self, fact: Fact) -> str | None:
        """The version that a ticket names whose information is complete."""
        version = getattr(fact.event, "policy", None)
        return version if version in self._names and not getattr(fact.event, "missing", ()) else None


def clocks_add_up(ending: Ending) -> Iterable[str]:
    """All of them."""
    promised = Promised(ending)
    for ticket, kind in product(ending.tickets, KINDS):
        facts, stream = ending.of(TICKETS, ticket), clock_of(ticket, kind)
        said: list[str] = []
        for _ in promised.guesses(facts, stream):
            found = list(_of_a_clock(ending, promised, ticket, kind))
            if not found:
                break
            said = said or found
        else:
            yield from said


def _of_a_clock(ending: Ending, promised: Promised, ticket: UUID, kind: Kind) -> Iterable[str]:
    facts, stream = ending.of(TICKETS, ticket), clock_of(ticket, kind)
    live = [fact for fact in ending.of(SLA, ticket) if fact.stream == stream]
    both = [_played(facts, stream, promised, ending.now, timers_first=first) for first in (True, False)]
    if both[0] != both[1]:
        yield f"{kind} of ticket {ticket}: timers first {_words(both[0])}, facts first {_words(both[1])}"
    events = [fact.event for fact in live]
    if not _agree(events, both[0]) and stream not in ending.hasty:
        yield f"{kind} of ticket {ticket}: the log has {_words(events)}, the core says {_words(both[0])}"
    clock = arithmetic.expected(kind, facts, promised.terms(stream), ending.now)
    for finding in (*_by_arithmetic(clock, events, hasty=stream in ending.hasty), *_once(live)):
        yield f"{kind} of ticket {ticket}: {finding}"


def alarms_add_up(ending: Ending) -> Iterable[str]:
    """Those asked for in support hours, working days or days are set for when that is over."""
    promised = Promised(ending)
    for fact in ending.logs[SLA]:
        if isinstance(fact.event, AlarmSet) and (later := fact.event.later):
            due = {_reached(terms, later) for terms in promised.knowing(later)}
            if fact.event.due_at not in due:
                words = " or ".join(map(str, sorted(due)))
                yield f"{fact.stream} is set for {fact.event.due_at}, by arithmetic it is {words}"


def _reached(terms: arithmetic.Terms, later: Later) -> datetime:
    if later.working_days is not None:
        return terms.working_days_after(later.calendar, later.since, later.working_days)
    if later.days is not None:
        return terms.days_after(later.calendar, later.since, later.days)
    return terms.reached(later.calendar, later.since, later.support_time or timedelta())


def _played(facts: Sequence[Fact], stream: str, promised: Promised, now: datetime, *, timers_first: bool) -> list[Any]:
    """What the core makes of the facts, if each timer rings as soon as it may, or only when all facts are heard."""
    state, events = core.INITIAL, []

    def do(command: Any) -> None:
        nonlocal state
        for event in core.decide(command, state):
            state = core.evolve(state, event)
            events.append(event)

    def ring(until: datetime) -> None:
        while due := sorted((one.due_at, one.kind, one.generation) for one in timers(state) if one.due_at <= until):
            at, kind, generation = due[0]
            do(Ring(at=at, kind=kind, generation=generation))

    for fact in facts:
        if timers_first:
            ring(fact.happened_at)
        for target, command in react(fact, promised.by(fact, stream)):
            if target == stream:
                do(command)
    ring(now)
    return events


def _agree(events: Sequence[Any], played: Sequence[Any]) -> bool:
    """Whether the log says what the core says, but for the last warnings before a deadline that was announced late."""
    rest, overtaken = list(events), False
    for event in played:
        name = type(event).__name__
        if rest and rest[0] == event and (not overtaken or name in LATE):
            rest.pop(0)
            overtaken = False
        elif name == "SlaWarning":
            overtaken = True
        else:
            return False
    return not rest and not overtaken


def _net(events: Sequence[Any]) -> list[Any]:
    """The verdicts that stand."""
    found: list[Any] = []
    for event in events:
        name = type(event).__name__
        if name == "BreachRetracted":
            announced = "ObjectiveMissed" if event.metric == "objective" else "SlaBreached"
            found.pop(max(n for n, one in enumerate(found) if type(one).__name__ == announced))
        elif name in VERDICTS:
            found.append(event)
    return found


def _by_arithmetic(clock: arithmetic.Expected, events: Sequence[Any], *, hasty: bool) -> Iterable[str]:
    said = [_verdict(event) for event in _net(events)]
    wanted = list(clock.verdicts)
    if hasty:
        # A breach that stands keeps the deadline it was announced with.
        said, wanted = _roughly(said), _roughly(wanted)
    if said != wanted:
        yield f"the log's verdicts are {said}, by arithmetic they are {wanted}"
    waits = (_waits(events), sum(type(event).__name__ == "ClockAwaited" for event in events))
    if waits != (clock.phase == "waiting", clock.awaited):
        yield f"the log says {_words(events)}, by arithmetic it waited {clock.awaited} times and is {clock.phase}"
    # What was announced too soon keeps its deadline, or what it was changed to, though a pause was heard of later.
    kept = {due for event in events if (due := getattr(event, "due_at", None))} if hasty else set()
    if clock.phase in JUDGED and (due := _due(events)) not in {clock.due(), *kept}:
        yield f"the log's deadline is {due}, by arithmetic it is {clock.due()}"


def _waits(events: Sequence[Any]) -> bool:
    """Whether the log leaves it waiting for information."""
    match [event for event in events if type(event).__name__ != "BreachRetracted"][-1:]:
        case [last] if type(last).__name__ == "ClockCancelled":
            return bool(last.cause == "incomplete")
        case [last]:
            return type(last).__name__ == "ClockAwaited"
        case _:
            return False


def _due(events: Sequence[Any]) -> datetime | None:
    """The deadline as the log has it: none while a clock that can still be late stands still."""
    due: datetime | None = None
    over = False
    for event in events:
        match type(event).__name__:
            case "SlaBreached" | "ObjectiveMissed" | "AnsweredLate":
                due, over = due or event.due_at, True
            case "ClockPaused" if not over:
                due = None
            case "ClockRescheduled" if event.due_at:
                due = event.due_at
            case "ClockStarted" | "ClockResumed" if event.due_at:
                due, over = event.due_at, False
            case "BreachRetracted":
                over = False
    return due


def _verdict(event: Any) -> tuple[Any, ...]:
    match type(event).__name__:
        case "SlaBreached":
            return ("breached", event.due_at, event.breached_at, event.cause)
        case "SlaMet":
            return ("met", event.due_at, event.elapsed)
        case "AnsweredLate":
            return ("late", event.due_at, event.elapsed)
        case _:
            return ("missed", event.due_at)


def _roughly(verdicts: Sequence[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return [one[:1] if one[0] == "breached" else one for one in verdicts if one[0] not in ("missed", "late")]


def _once(facts: Sequence[Fact]) -> Iterable[str]:
    """A breach, or a missed objective, stands at most once, until it is owed anew; a warning is given once for each
    setting of the clock."""
    announced, warned = 0, Counter[int]()
    for fact in facts:
        match type(fact.event).__name__:
            case "SlaBreached" | "ObjectiveMissed":
                announced += 1
            case "BreachRetracted":
                announced -= 1
                warned.clear()
            case "AnsweredLate" | "ClockCancelled":
                announced = 0
            case "ClockStarted" | "ClockRescheduled" | "ClockResumed":
                warned.clear()
            case "SlaWarning":
                warned[fact.event.percent] += 1
            case _:
                continue
        if announced not in (0, 1) or any(n > 1 for n in warned.values()):
            yield f"{type(fact.event).__name__} is announced again at {fact.recorded_at}"


def _words(events: Iterable[Any]) -> str:
    return ", ".join(type(event).__name__ for event in events) or "nothing"
