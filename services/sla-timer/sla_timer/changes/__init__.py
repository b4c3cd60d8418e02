"""What another policy changes, for whom, in words. Both are in their published form (`contracts.policy`)."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from sla_timer.changes.calendars import calendar_changes
from sla_timer.changes.kinds import Change
from sla_timer.changes.others import feedback_changes, ladder_changes, library_changes, required_changes
from sla_timer.changes.promises import promise_changes

Resolved = Mapping[str, Any]


def changes(before: Resolved, after: Resolved, *, today: date) -> Iterator[Change]:
    """One sentence each, what customers notice most first; nothing if they are the same.

    Dates before `today` are counted, not listed.
    """
    yield from promise_changes(before, after)
    yield from calendar_changes(before, after, today.isoformat())
    for part in (ladder_changes, feedback_changes, required_changes):
        yield from part(before, after)
    if before["name"] != after["name"]:
        yield Change("name", f"The policy is called {after['name']!r} instead of {before['name']!r}.")
    yield from library_changes(before, after)


def told(before: Resolved, after: Resolved, *, today: date) -> list[str]:
    """The sentences alone, of two policies that are not the same."""
    nothing = "Nothing that anyone would notice: it is only written otherwise, or lies beyond the last dates known."
    return [change.text for change in changes(before, after, today=today)] or [nothing]
