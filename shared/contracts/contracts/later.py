"""Later, in terms that only sla-timer can turn into an instant."""

from dataclasses import dataclass
from datetime import timedelta

from contracts.base import Instant
from contracts.instants import ZERO, check_later


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """So much time after `since`, by a calendar of a published policy: one of the three is given, the others are None.

    `support_time`: of its open hours. `working_days`: the same time of day so many of them on (P17). `days`: so many
    days on or, if that is outside hours, its next opening (P19). An unknown `policy` means the one in force.
    """

    since: Instant
    calendar: str
    policy: str
    support_time: timedelta | None = None
    working_days: int | None = None
    days: int | None = None


def check(later: Later) -> None:
    """Raises ValueError for terms that say nothing, or two things, or something of the past."""
    given = [term for term in (later.support_time, later.working_days, later.days) if term is not None]
    if len(given) != 1:
        raise ValueError("later is so much support time, so many working days or so many days: one of the three")
    if (later.support_time or ZERO) < ZERO or (later.working_days or 0) < 0 or (later.days or 0) < 0:
        raise ValueError(f"later is not earlier: {given[0]}")
    check_later(later.since, "since")
