"""A later instant, in terms that only sla-timer can compute."""

from dataclasses import dataclass
from datetime import timedelta

from contracts.base import Instant
from contracts.instants import ZERO, check_later


@dataclass(frozen=True, slots=True, kw_only=True)
class Later:
    """So much time after `since`, by a calendar of a published policy. Exactly one of the three is given.

    `support_time`: within its open hours. `working_days`: so many working days on, at the same time of day (P17).
    `days`: so many days on or, if that is outside its hours, at its next opening (P19). If the version `policy` is
    unknown, the one in force counts.
    """

    since: Instant
    calendar: str
    policy: str
    support_time: timedelta | None = None
    working_days: int | None = None
    days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Delay:
    """So much time after the event that asks for it is recorded: at an instant that its core can't know.

    The other fields are those of Later.
    """

    calendar: str
    policy: str
    support_time: timedelta | None = None
    working_days: int | None = None
    days: int | None = None

    def since(self, recorded_at: Instant) -> Later:
        """The same, counted from when that event was recorded."""
        return Later(
            since=recorded_at,
            calendar=self.calendar,
            policy=self.policy,
            support_time=self.support_time,
            working_days=self.working_days,
            days=self.days,
        )


def check(later: Later | Delay) -> None:
    """Raises ValueError unless exactly one of the three is given, and for a negative span."""
    given = [term for term in (later.support_time, later.working_days, later.days) if term is not None]
    if len(given) != 1:
        raise ValueError("later is so much support time, so many working days or so many days: one of the three")
    if (later.support_time or ZERO) < ZERO or (later.working_days or 0) < 0 or (later.days or 0) < 0:
        raise ValueError(f"later is not earlier: {given[0]}")
    if isinstance(later, Later):
        check_later(later.since, "since")
