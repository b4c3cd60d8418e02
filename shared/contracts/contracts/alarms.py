"""Alarms: how a service has sla-timer tell it that an instant has come.

A core's `alarms(state)` lists the alarms that its stream wants. What an event changes of that list travels in the
event's envelope, where sla-timer reads it, whatever the type of the event:

    Meta.alarms = Alarms(set=(Alarm(name="review", at=…),), cancelled=("reminder",))

sla-timer answers with AlarmSet, which says for when, and at that instant with AlarmRang. An alarm's name is unique in
its stream; setting it again replaces it. Imported events set no alarms.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.base import Instant
from contracts.instants import check_later
from contracts.later import Delay, Later, check

ALL_ALARMS = "*"
"""Instead of a name: all alarms of the stream."""
MAX_NAME_CHARACTERS = 200
"""Characters of an alarm's name, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WallClock:
    """A wall-clock time: `local` is a date and time without a zone, as in 2026-07-15T09:00.

    If the clock skips that time, the first instant after the gap counts; if it shows it twice, the first.
    """

    local: str
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Rings once: `at` an instant, `after` a time counted by a calendar, by a `wall_clock`, or after a `delay` that
    counts from when the event that sets it is recorded. Exactly one is given."""

    name: str
    at: Instant | None = None
    after: Later | None = None
    wall_clock: WallClock | None = None
    delay: Delay | None = None

    def __post_init__(self) -> None:
        """Raises ValueError unless exactly one of the four is given, and for terms that sla-timer could not keep: then
        the command fails, and nothing is recorded."""
        if self.name == ALL_ALARMS or len(self.name) > MAX_NAME_CHARACTERS:
            raise ValueError(f"an alarm has a name of at most {MAX_NAME_CHARACTERS} characters, and not {ALL_ALARMS!r}")
        if sum(term is not None for term in (self.at, self.after, self.wall_clock, self.delay)) != 1:
            raise ValueError("an alarm says in one way when it rings: at, after, by a wall clock, or after a delay")
        if self.at is not None:
            check_later(self.at, f"the alarm {self.name!r}")
        if self.after is not None:
            check(self.after)
        if self.delay is not None:
            check(self.delay)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """What an event changes of the alarms of its stream."""

    set: tuple[Alarm, ...] = ()
    cancelled: tuple[str, ...] = ()


def between(before: Iterable[Alarm], after: Iterable[Alarm]) -> Alarms | None:
    """The change from the alarms that a stream wanted to those that it wants; None if nothing changes.

    Raises ValueError if a name occurs twice.
    """
    old, new = _by_name(before), _by_name(after)
    wanted = tuple(alarm for name, alarm in new.items() if old.get(name) != alarm)
    cancelled = tuple(name for name in old if name not in new)
    return Alarms(set=wanted, cancelled=cancelled) if wanted or cancelled else None


def _by_name(alarms: Iterable[Alarm]) -> Mapping[str, Alarm]:
    found: dict[str, Alarm] = {}
    for alarm in alarms:
        if alarm.name in found:
            raise ValueError(f"two alarms of a stream are called {alarm.name!r}")
        found[alarm.name] = alarm
    return found


def alarm_stream(owner: str) -> str:
    """The stream, in the same shard, in which sla-timer keeps the alarms of another service's stream."""
    category, _, rest = owner.partition("-")
    return f"alarm-{rest[:36]}-{category}{rest[36:]}"


def alarm_asked_for(event: Any) -> Alarm:
    """The alarm of an AlarmSet or AlarmRang, as the other service asked for it."""
    if event.delay:
        return Alarm(name=event.alarm, delay=event.delay)
    if event.later:
        return Alarm(name=event.alarm, after=event.later)
    if event.wall_clock:
        return Alarm(name=event.alarm, wall_clock=event.wall_clock)
    return Alarm(name=event.alarm, at=event.due_at)
