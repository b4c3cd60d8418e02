"""Instants and spans as whole microseconds, so that nothing is ever rounded. The constants are microseconds, too."""

from datetime import UTC, date, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
EPOCH_DATE = EPOCH.date()
SECOND = 1_000_000
DAY = 86_400 * SECOND
WEEK = 7 * DAY
LATEST = (datetime.max.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
EARLIEST = (datetime.min.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


def span(of: timedelta) -> int:
    """A timedelta in microseconds."""
    return (of.days * 86_400 + of.seconds) * 1_000_000 + of.microseconds


def instant(at: datetime) -> int:
    """An aware datetime in microseconds since 1970, UTC."""
    since = at - EPOCH
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def moment(at: int) -> datetime:
    """The UTC datetime of an instant in microseconds. Raises OverflowError beyond the years 1 to 9999."""
    try:
        return EPOCH + timedelta(0, 0, at)
    except OverflowError:
        raise OverflowError("that is not before the year 10000") from None


def day_of(on: date) -> int:
    """A date as the number of days since 1970-01-01."""
    return (on - EPOCH_DATE).days


def date_of(day: int) -> date:
    """The date of a day number."""
    return EPOCH_DATE + timedelta(days=day)
