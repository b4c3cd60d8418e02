"""Support hours on datetimes: the calendar that promises are counted with."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta

from contracts import policy
from hours.instants import DAY, LATEST, date_of, day_of, instant, moment, span
from hours.open_time import NO_SUCH_INSTANT, open_time_of
from hours.schedule import Schedule
from hours.zone import Zone

MAX_STRETCHES = 1_000_000
"""In one calendar's table. With one window a day that is more than anybody asks for, with one a minute some years. The
limit keeps a mistake in a policy from using up all memory."""


class Calendar:
    """One calendar's support hours. Instants are aware datetimes, results are in UTC; exact to the microsecond.

    `known_until`: the last local date whose holidays and offsets are known; None if there are none to know.
    """

    __slots__ = ("known_until", "name", "open_time", "schedule", "version")

    def __init__(self, name: str, version: str, schedule: Schedule, known_until: date | None = None) -> None:
        self.name = name
        self.version = version
        self.schedule = schedule
        self.known_until = known_until
        self.open_time = open_time_of(schedule, MAX_STRETCHES)

    @classmethod
    def of(cls, name: str, published: policy.Calendar, zones: Mapping[str, policy.Zone]) -> "Calendar":
        """From a calendar of a published policy, and its zones."""
        schedule = Schedule.of(published, Zone.of(zones[published.zone]))
        known_until = date.fromisoformat(published.known_until) if published.known_until else None
        return cls(name, published.version, schedule, known_until)

    def empty_copy(self) -> "Calendar":
        """The same calendar with an empty table, so that questions to it don't make this one's table grow."""
        return Calendar(self.name, self.version, self.schedule, self.known_until)

    def after(self, start: datetime, support_time: timedelta) -> datetime:
        """The first instant at which `support_time` of open time has passed since `start`.

        Raises ValueError if it is negative, OverflowError if that is not before the year 10000.
        """
        return moment(self.open_time.after(instant(start), span(support_time)))

    def between(self, start: datetime, end: datetime) -> timedelta:
        """The open time in [start, end); negative if `end` is earlier."""
        return timedelta(0, 0, self.open_time.between(instant(start), instant(end)))

    def is_open(self, at: datetime) -> bool:
        """Whether the desk is open at an instant."""
        return self.open_time.is_open(instant(at))

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself if the desk is open then, otherwise when it opens next. Raises OverflowError if never."""
        return moment(self.open_time.next_opening(instant(at)))

    def segments(self, start: datetime, end: datetime) -> Iterator[tuple[datetime, datetime]]:
        """The open stretches of [start, end), ascending, none touching the next."""
        for opened, closed in self.open_time.segments(instant(start), instant(end)):
            yield moment(opened), moment(closed)

    def working_days_after(self, start: datetime, days: int) -> datetime:
        """The same wall-clock time, so many working days on. A `start` outside hours counts as the next opening (P17).

        A working day is a local date with open hours. Raises OverflowError if that is not before the year 10000.
        """
        if days > (LATEST - instant(start)) // DAY:
            raise OverflowError(NO_SUCH_INSTANT)
        zone = self.schedule.zone
        day, time = divmod(zone.local(self.open_time.next_opening(instant(start))), DAY)
        for _ in range(days):
            day = zone.local(self.open_time.next_opening(zone.first((day + 1) * DAY))) // DAY
        return moment(zone.first(day * DAY + time))

    def calendar_days_after(self, start: datetime, days: int) -> datetime:
        """The same wall-clock time, so many days on or, if that is outside hours, the next opening (P19)."""
        zone = self.schedule.zone
        return moment(self.open_time.next_opening(zone.first(zone.local(instant(start)) + days * DAY)))

    def last_closing(self, at: datetime) -> datetime | None:
        """When the desk closes for the last time on the local date of an instant; None: it isn't open on that date."""
        return self._last_closing(self.schedule.zone.local(instant(at)) // DAY)

    def last_closing_on(self, day: date) -> datetime | None:
        """When the desk closes for the last time on a local date; None: it isn't open on that date."""
        return self._last_closing(day_of(day))

    def _last_closing(self, day: int) -> datetime | None:
        zone = self.schedule.zone
        every = [closed for _, closed in self.open_time.segments(zone.first(day * DAY), zone.first((day + 1) * DAY))]
        return moment(min(every[-1], LATEST)) if every else None

    def is_beyond_known(self, at: datetime) -> bool:
        """Whether an instant lies past the last date whose holidays and offsets are known."""
        if self.known_until is None:
            return False
        return date_of(self.schedule.zone.local(instant(at)) // DAY) > self.known_until
