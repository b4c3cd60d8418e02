"""The real day: what was opened when, and what happened to it. Instants are aware, in UTC."""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from importlib.resources import files
from typing import Any, Literal

ZONE = timezone(timedelta(hours=-5))
"""The log names no zone. Assumed: the vendor's, fixed."""
MIDNIGHT = datetime(2016, 3, 2, tzinfo=ZONE)
"""Where the day, and the demo's clock, begins."""

State = Literal["new", "active", "awaiting user", "awaiting other", "resolved", "closed"]


@dataclass(frozen=True, slots=True)
class Change:
    """A new state or priority."""

    at: datetime
    state: State
    priority: int


@dataclass(frozen=True, slots=True)
class Incident:
    """An incident of the log, as far as that day goes. `reopened`: it was, weeks later."""

    name: str
    opened: datetime
    priority: int
    changes: tuple[Change, ...]
    reopened: bool


def incidents() -> list[Incident]:
    """The sample, in the order in which they were opened."""
    return [_incident(one) for one in _lines("day.jsonl")]


def words() -> list[dict[str, Any]]:
    """What people write when they ask for help, with the severities it fits: title, description, where it runs."""
    return _lines("words.jsonl")


def _lines(name: str) -> list[dict[str, Any]]:
    text = (files("punctual.demo") / "data" / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


def _incident(one: dict[str, Any]) -> Incident:
    changes = tuple(Change(at(c["at"]), c["state"], c["priority"]) for c in one["changes"])
    reopened = one["reopened_after_days"] is not None
    return Incident(one["incident"], at(one["opened"]), one["priority"], changes, reopened)


def at(clock: str) -> datetime:
    """That time of the day, as in `09:05`."""
    hours, minutes = clock.split(":")
    return MIDNIGHT + timedelta(hours=int(hours), minutes=int(minutes))
