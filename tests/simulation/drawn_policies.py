"""Policies of which anything may be otherwise: drawn field by field over their published form.

`DRAWS` has an entry for each field of that form; a test compares the two, so that a new field is drawn from its first
day. What a drawn policy promises is worked out here once more, from the same published form and by nobody else's code.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any, get_args

from tests.simulation.arithmetic import ALWAYS, EVENINGS, OFFICE, Terms, Window

from contracts import policy
from contracts.escalations import CalledRole
from contracts.policy import Calendar, Feedback, Ladder, Policy, Promise, Rung, Zone
from contracts.sla import Metric
from contracts.tickets import Detail, Severity, Tier
from sla_timer.policy.file.resolve import Document, digest

HOUR = 3600
DESK_ZONE = "-05:00"
SUNDAY = date(2026, 3, 1)
"""Runs take place in the two weeks after that."""
PAUSES: tuple[policy.Pause] = ("waiting-for-requester",)

Draw = Callable[[Policy, Random], Policy]


@dataclass(frozen=True)
class Drawn(Terms):
    """What a published policy promises."""

    published: Policy | None = None

    @classmethod
    def of(cls, published: Policy) -> "Drawn":
        """Its terms."""
        more: dict[str, dict[int, float]] = {
            name: {int(severity): seconds / HOUR for severity, seconds in promise.targets.items()}
            for name, promise in published.metrics.items()
            if name not in ("response", "objective")
        }
        ladder = published.ladders["breach"].counts
        return cls(published.name, (0, 0, 0, 0), (), more, ladder=ladder, published=published)

    @property
    def whole(self) -> Policy:
        """The published form."""
        assert self.published
        return self.published

    def knows(self, calendar: str) -> bool:
        """Whether it has such a calendar."""
        return calendar in self.whole.calendars

    def hours_of(self, tier: str, agreed: str | None) -> str:
        """Whose hours count."""
        tiers: Mapping[Any, str] = self.whole.tiers
        return agreed if agreed is not None and self.knows(agreed) else tiers[tier]

    def _promise(self, severity: int, kind: str) -> Promise | None:
        metrics: Mapping[Any, Promise] = self.whole.metrics
        names = ("response", "objective") if kind == "response" else (kind,)
        targets: Any = severity
        return next((metrics[one] for one in names if one in metrics and targets in metrics[one].targets), None)

    def target(self, severity: int, kind: str = "response") -> timedelta | None:
        """How long it may take."""
        key: Any = severity
        promise = self._promise(severity, kind)
        return timedelta(seconds=promise.targets[key]) if promise else None

    def elapses(self, severity: int, kind: str) -> bool:
        """Whether all time counts."""
        promise = self._promise(severity, kind)
        return promise is not None and promise.counts == "elapsed"

    def stands(self, kind: str) -> bool:
        """Whether waiting stops its clocks."""
        metrics: Mapping[Any, Promise] = self.whole.metrics
        names = ("response", "objective") if kind == "response" else (kind,)
        return any(metrics[one].pauses for one in names if one in metrics)

    def windows(self, calendar: str, begin: datetime) -> Iterator[Window]:
        """The hours in which the desk is open, from the day before `begin` on."""
        hours = self.whole.calendars[calendar]
        zone = self.whole.zones[hours.zone]
        day = begin.astimezone(UTC).date() - timedelta(days=2)
        while True:
            day += timedelta(days=1)
            if (special := hours.special.get(day.isoformat())) is not None:
                parts = special
            elif day.isoformat() in hours.holidays:
                parts = ()
            else:
                parts = tuple((opens, closes) for on, opens, closes in hours.windows if on == day.weekday())
            for opens, closes in sorted(parts):
                yield _instant(zone, day, opens), _instant(zone, day, closes)

    def local(self, calendar: str, at: datetime) -> datetime:
        """What clocks show there."""
        zone = self.whole.zones[self.whole.calendars[calendar].zone]
        return (at + timedelta(seconds=_offset(zone, at))).replace(tzinfo=None)

    def instant(self, calendar: str, wall: datetime) -> datetime:
        """When clocks first show that there, or something later."""
        zone = self.whole.zones[self.whole.calendars[calendar].zone]
        offsets = {zone.offset, *(offset for _, offset in zone.transitions)}
        at = sorted(wall.replace(tzinfo=UTC) - timedelta(seconds=offset) for offset in offsets)
        shown = [each for each in at if self.local(calendar, each) == wall]
        skipped = (datetime.fromtimestamp(since, UTC) for since, _ in zone.transitions)
        return shown[0] if shown else next(each for each in skipped if at[0] <= each <= at[-1])


def _instant(zone: Zone, day: date, seconds: int) -> datetime:
    """When clocks there show that. No drawn window begins or ends in an hour that clocks skip or repeat."""
    wall = datetime.combine(day, time(), UTC) + timedelta(seconds=seconds)
    for offset in {zone.offset, *(offset for _, offset in zone.transitions)}:
        instant = wall - timedelta(seconds=offset)
        if _offset(zone, instant) == offset:
            return instant
    raise AssertionError


def _offset(zone: Zone, at: datetime) -> int:
    return [zone.offset, *(offset for since, offset in zone.transitions if since <= at.timestamp())][-1]


def _metric(change: Callable[[Promise, Random], Promise]) -> Draw:
    def draw(whole: Policy, random: Random) -> Policy:
        name: Metric = random.choice(sorted(whole.metrics))
        return replace(whole, metrics={**whole.metrics, name: change(whole.metrics[name], random)})

    return draw


def _calendar(change: Callable[[Calendar, Random], Calendar]) -> Draw:
    def draw(whole: Policy, random: Random) -> Policy:
        name = random.choice(sorted(whole.calendars.keys() - {ALWAYS}))
        return replace(whole, calendars={**whole.calendars, name: change(whole.calendars[name], random)})

    return draw


def _zone(change: Callable[[Zone, Random], Zone]) -> Draw:
    def draw(whole: Policy, random: Random) -> Policy:
        return replace(whole, zones={**whole.zones, DESK_ZONE: change(whole.zones[DESK_ZONE], random)})

    return draw


def _ladder(change: Callable[[Ladder, Random], Ladder]) -> Draw:
    return lambda whole, random: replace(whole, ladders={"breach": change(whole.ladders["breach"], random)})


def _feedback(change: Callable[[Feedback, Random], Feedback]) -> Draw:
    return lambda whole, random: replace(whole, feedback=change(whole.feedback, random))


def _days(random: Random) -> list[str]:
    """Some days of the run."""
    return sorted((SUNDAY + timedelta(days=n)).isoformat() for n in random.sample(range(14), 3))


def _windows(random: Random) -> tuple[tuple[int, int, int], ...]:
    """Some hours on some days, each week at least one."""
    days = sorted({random.randrange(7), *random.sample(range(7), random.randint(1, 6))})
    begins = [random.choice((6, 7.5, 9)) for _ in days]
    ends = [begin + random.choice((3, 8)) for begin in begins]
    return tuple((day, int(a * HOUR), int(b * HOUR)) for day, a, b in zip(days, begins, ends, strict=True))


def _targets(promise: Promise, random: Random) -> dict[Any, int]:
    return {severity: int(seconds * random.choice((0.5, 0.75, 2, 3))) for severity, seconds in promise.targets.items()}


def _metrics(whole: Policy, random: Random) -> Policy:
    """One more is promised, or one less; the first answer always is."""
    further: list[Metric] = [one for one in get_args(Metric) if one not in ("response", "objective")]
    name = random.choice(further)
    if name in whole.metrics:
        return replace(whole, metrics={one: promise for one, promise in whole.metrics.items() if one != name})
    new = Promise(counts=random.choice(("support", "elapsed")), targets={1: 2 * HOUR, 3: 9 * HOUR}, warnings=(50,))
    return replace(whole, metrics={**whole.metrics, name: new})


def _calendars(whole: Policy, random: Random) -> Policy:
    """One that accounts agree on comes or goes."""
    if EVENINGS in whole.calendars:
        return replace(whole, calendars={name: one for name, one in whole.calendars.items() if name != EVENINGS})
    new = replace(whole.calendars[OFFICE], windows=tuple((day, 17 * HOUR, 21 * HOUR) for day in range(5)))
    return replace(whole, calendars={**whole.calendars, EVENINGS: new})


def _tiers(whole: Policy, random: Random) -> Policy:
    tier: Tier = random.choice(get_args(Tier))
    return replace(whole, tiers={**whole.tiers, tier: random.choice((ALWAYS, OFFICE))})


def _zones(whole: Policy, random: Random) -> Policy:
    """The desk moves."""
    offset = random.choice((-8, -4, 2)) * HOUR
    zone = Zone(offset=offset, transitions=())
    return replace(whole, zones={**whole.zones, DESK_ZONE: zone})


def _transitions(zone: Zone, random: Random) -> Zone:
    """Half past two at night the clocks are put on or back, on some day of the run."""
    day = SUNDAY + timedelta(days=random.randrange(1, 14))
    at = datetime.combine(day, time(2, 30), UTC) - timedelta(seconds=zone.offset)
    return replace(zone, transitions=((int(at.timestamp()), zone.offset + random.choice((-HOUR, HOUR))),))


def _rungs(ladder: Ladder, random: Random) -> Ladder:
    roles: list[CalledRole] = random.sample(get_args(CalledRole), random.randint(1, 3))
    delays = [0, *sorted(random.sample((600, HOUR, 3 * HOUR), len(roles) - 1))]
    return replace(ladder, rungs=tuple(Rung(role=role, after=after) for role, after in zip(roles, delays, strict=True)))


def _rung(change: Callable[[Rung, Random], Rung]) -> Draw:
    def above(ladder: Ladder, random: Random) -> Ladder:
        return replace(ladder, rungs=(*ladder.rungs[:-1], change(ladder.rungs[-1], random)))

    return _ladder(above)


def _texts(name: str) -> Draw:
    def draw(whole: Policy, random: Random) -> Policy:
        changed: Any = {name: f"{getattr(whole, name)}, {random.randrange(1000)}"}
        return replace(whole, **changed)

    return draw


def _required(whole: Policy, random: Random) -> Policy:
    every: tuple[Detail, ...] = get_args(Detail)
    wanted = random.sample(every, random.randint(1, len(every)))
    return replace(whole, required=tuple(one for one in every if one in wanted))


DRAWS: Mapping[str, Draw] = {
    "Policy.tzdata": _texts("tzdata"),
    "Policy.holidays": _texts("holidays"),
    "Policy.metrics": _metrics,
    "Policy.tiers": _tiers,
    "Policy.calendars": _calendars,
    "Policy.zones": _zones,
    "Policy.ladders": _ladder(_rungs),
    "Policy.feedback": _feedback(lambda one, random: replace(one, calendar=ALWAYS)),
    "Policy.required": _required,
    "Policy.severities": lambda whole, random: replace(
        whole, severities=random.choice(({}, dict.fromkeys(get_args(Severity), "Drawn words")))
    ),
    "Policy.assumptions": lambda whole, random: replace(whole, assumptions=random.choice(((), ("tiers.enlist",)))),
    "Promise.counts": _metric(lambda one, random: replace(one, counts=random.choice(("support", "elapsed")))),
    "Promise.targets": _metric(lambda one, random: replace(one, targets=_targets(one, random))),
    "Promise.warnings": _metric(
        lambda one, random: replace(one, warnings=tuple(sorted(random.sample(range(10, 100), random.randrange(4)))))
    ),
    "Promise.pauses": _metric(lambda one, random: replace(one, pauses=() if one.pauses else PAUSES)),
    "Calendar.zone": _calendar(lambda one, random: replace(one, zone="+00:00")),
    "Calendar.windows": _calendar(lambda one, random: replace(one, windows=_windows(random))),
    "Calendar.holidays": _calendar(lambda one, random: replace(one, holidays=tuple(_days(random)))),
    "Calendar.special": _calendar(
        lambda one, random: replace(
            one, special={day: random.choice(((), ((10 * HOUR, 15 * HOUR),))) for day in _days(random)}
        )
    ),
    "Calendar.known_until": _calendar(
        lambda one, random: replace(one, known_until=random.choice((None, "2040-12-31")))
    ),
    "Zone.offset": _zone(lambda one, random: replace(one, offset=random.choice((-6, -3, 1)) * HOUR, transitions=())),
    "Zone.transitions": _zone(_transitions),
    "Ladder.rungs": _ladder(_rungs),
    "Ladder.rounds": _ladder(lambda one, random: replace(one, rounds=random.choice((1, 2, 3)))),
    "Ladder.every": _ladder(lambda one, random: replace(one, every=random.choice((9, 12, 30)) * HOUR)),
    "Ladder.counts": _ladder(lambda one, random: replace(one, counts=random.choice(("support", "elapsed")))),
    "Rung.role": _rung(lambda one, random: replace(one, role=random.choice(get_args(CalledRole)))),
    "Rung.after": _rung(lambda one, random: one if one.after == 0 else replace(one, after=one.after + 60)),
    "Feedback.calendar": _feedback(lambda one, random: replace(one, calendar=random.choice((ALWAYS, OFFICE)))),
    "Feedback.acknowledge_working_days": _feedback(
        lambda one, random: replace(one, acknowledge_working_days=random.randint(1, 5))
    ),
    "Feedback.review_days": _feedback(lambda one, random: replace(one, review_days=random.randint(1, 14))),
    "Feedback.urgent": _feedback(lambda one, random: replace(one, urgent=random.choice((1, 2, 8)) * HOUR)),
    "Feedback.silence_days": _feedback(lambda one, random: replace(one, silence_days=random.randint(1, 14))),
    "Feedback.ahead_days": _feedback(lambda one, random: replace(one, ahead_days=random.randint(1, 14))),
    "Feedback.marking_working_days": _feedback(
        lambda one, random: replace(one, marking_working_days=random.randint(1, 5))
    ),
    "Feedback.survey_reminder_working_days": _feedback(
        lambda one, random: replace(one, survey_reminder_working_days=random.randint(1, 9))
    ),
}
"""By field of the published form, what changes it."""
FOLLOW = {"Policy.name", "Calendar.version"}
"""What is another in every drawn policy."""


class DrawnPolicies:
    """Those of a run, by name; a file of that name has it."""

    def __init__(self) -> None:
        self.documents: dict[str, Document] = {}
        self.terms: dict[str, Drawn] = {}

    def clear(self) -> None:
        """A run begins."""
        self.documents.clear()
        self.terms.clear()

    def draw(self, base: Document, random: Random) -> str:
        """Change some fields of a policy; the name of what comes of it."""
        whole = replace(policy.read(base.resolved), name=f"Drawn policy {len(self.documents) + 1}")
        for field in random.sample(sorted(DRAWS), min(len(DRAWS), random.randint(1, 6))):
            whole = DRAWS[field](whole, random)
        whole = replace(whole, calendars={name: _numbered(one, whole) for name, one in whole.calendars.items()})
        resolved = whole.resolved()
        self.documents[whole.name] = Document(
            version=digest(resolved), name=whole.name, tzdata=whole.tzdata, holidays=whole.holidays, resolved=resolved
        )
        self.terms[whole.name] = Drawn.of(whole)
        return whole.name


def _numbered(one: Calendar, whole: Policy) -> Calendar:
    return replace(one, version=digest([str(replace(one, version="")), str(whole.zones[one.zone])]))
