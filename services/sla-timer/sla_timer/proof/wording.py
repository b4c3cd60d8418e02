"""Words for the stretches that a clock doesn't count."""

from datetime import datetime

from contracts.proof import Reason, Segment
from hours.calendar import Calendar
from hours.segments import stretch

WHY: dict[Reason, str] = {
    "waiting": "waiting for required information",
    "void": "void: the information was found incomplete",
    "before-start": "closed: the clock starts with the next opening",
    "paused": "paused: waiting for the requester",
    "over": "over, until it was reopened",
}
"""The reasons that only clocks have, in words."""


def skipped(
    since: datetime,
    until: datetime,
    reason: Reason,
    calendar: Calendar | None,
    *,
    rule: int | None = None,
    words: str | None = None,
) -> Segment:
    """A stretch that isn't counted. `words`: why, if the reason's own words are not enough."""
    return stretch(since, until, reason, calendar, rule=rule, words=words or WHY.get(reason))
