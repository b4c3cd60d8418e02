"""Alarms: how a service that needs "later" asks for it, and is told.

What a service waits for follows from the state of its stream: its core says so in `alarms(state)`. What an event
changes of that travels in the envelope of the event, so that sla-timer reads it there whatever the event's type:

    Meta.alarms = Alarms(set=(Alarm(name="review", at=…),), cancelled=("reminder",))

sla-timer answers with AlarmSet, which says for when, and at that instant with AlarmRang. An alarm's name is unique in
its stream; setting it again replaces it. History that was brought in asks for nothing, and is answered nothing.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from contracts.base import Instant
from contracts.instants import check_later
from contracts.later import Later, check

EVERY = "*"
"""Instead of a name: all alarms of the stream."""
NAME_LENGTH = 200
"""Characters of an alarm's name, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WallClock:
    """When the clock on a wall says so: `local` is a date and time without a zone, as in 2026-07-15T09:00.

    Where the clock skips that, the first instant after the gap counts; where it says it twice, the first.
    """

    local: str
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarm:
    """Rings once: at an instant, so much later by a calendar, or by a clock on a wall. One of the three is given."""

    name: str
    at: Instant | None = None
    after: Later | None = None
    wall_clock: WallClock | None = None

    def __post_init__(self) -> None:
        """Raises ValueError for one that doesn't say when, or says so in more than one way, and for one that sla-timer
        could not keep: the command that asks for it fails then, and nothing is recorded."""
        if self.name == EVERY or len(self.name) > NAME_LENGTH:
            raise ValueError(f"an alarm has a name of at most {NAME_LENGTH} characters, and not {EVERY!r}")
        if sum(term is not None for term in (self.at, self.after, self.wall_clock)) != 1:
            raise ValueError("an alarm says in one way when it rings: at an instant, after a time, or by a wall clock")
        if self.at is not None:
            check_later(self.at, f"the alarm {self.name!r}")
        if self.after is not None:
            check(self.after)


@dataclass(frozen=True, slots=True, kw_only=True)
class Alarms:
    """What an event changes of the alarms of its stream."""

    set: tuple[Alarm, ...] = ()
    cancelled: tuple[str, ...] = ()


def between(before: Iterable[Alarm], after: Iterable[Alarm]) -> Alarms | None:
    """What changes from what a stream waited for to what it waits for. None: nothing. Raises ValueError if a name is
    there twice."""
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
    """The stream in which sla-timer keeps the alarms of another service's stream: in the same shard."""
    category, _, rest = owner.partition("-")
    return f"alarm-{rest[:36]}-{category}{rest[36:]}"


def asked(rang: Any) -> Alarm:
    """The alarm of an AlarmSet or AlarmRang, as it was asked for."""
    if rang.later:
        return Alarm(name=rang.alarm, after=rang.later)
    if rang.wall_clock:
        return Alarm(name=rang.alarm, wall_clock=rang.wall_clock)
    return Alarm(name=rang.alarm, at=rang.due_at)
