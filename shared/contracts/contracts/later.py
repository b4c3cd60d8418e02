"""Later, in terms that only sla-timer can turn into an instant."""

from dataclasses import dataclass
from datetime import timedelta

from contracts.base import Instant


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
