"""How instants and amounts of time are written to customers, in their language."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contracts.languages import Language
from hours.zones.names import zone_info


@dataclass(frozen=True, slots=True)
class _Names:
    """Of weekdays, from Monday on, and of months; how a day is written, a time of the reader's own zone, and amounts of
    one and of several."""

    weekdays: tuple[str, ...]
    months: tuple[str, ...]
    day: str
    own: str
    amounts: Mapping[str, tuple[str, str]]


_IN: Mapping[Language, _Names] = {
    "en": _Names(
        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
        (
            *("January", "February", "March", "April", "May", "June"),
            *("July", "August", "September", "October", "November", "December"),
        ),
        "{day} {month} {year}",
        "{time} your time",
        {
            "support-time": ("{} of support time", "{} of support time"),
            "working-days": ("{} working day", "{} working days"),
            "days": ("{} day", "{} days"),
        },
    ),
    "de": _Names(
        ("Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag", "Sonntag"),
        (
            *("Januar", "Februar", "März", "April", "Mai", "Juni"),
            *("Juli", "August", "September", "Oktober", "November", "Dezember"),
        ),
        "{day}. {month} {year}",
        "{time} Uhr Ihrer Zeit",
        {  # in the dative: "innerhalb von 2 Arbeitstagen"
            "support-time": ("{} Servicezeit", "{} Servicezeit"),
            "working-days": ("{} Arbeitstag", "{} Arbeitstagen"),
            "days": ("{} Tag", "{} Tagen"),
        },
    ),
}


def written_day(at: datetime, zone: str | None, language: Language) -> str:
    """`14 July 2026`, `14. Juli 2026`: the day in that zone, in UTC if the zone is unknown."""
    return _day(_local(at, zone)[1], language)


def written_at(at: datetime, zone: str | None, language: Language, *, own: bool = False) -> str:
    """`Tuesday, 14 July 2026, 17:00 (Europe/Berlin)`; in UTC if the zone is unknown. With seconds where there are some,
    for a deadline is exact. `own`: it is the reader's zone, so it says `17:00 your time`."""
    name, local = _local(at, zone)
    time = f"{local:%H:%M:%S}" if local.second or local.microsecond else f"{local:%H:%M}"
    said = _IN[language].own.format(time=time) if own and name == zone else f"{time} ({name})"
    return f"{_IN[language].weekdays[local.weekday()]}, {_day(local, language)}, {said}"


def written_amount(amount: int | timedelta, counts: str, language: Language) -> str:
    """`4 h of support time`, `2 working days`, `1 day`. `counts`: `support-time`, of which the amount is a duration, or
    `working-days` or `days`. Empty for anything else."""
    one, several = _IN[language].amounts.get(counts, ("", ""))
    written = _span(amount, language) if isinstance(amount, timedelta) else str(amount)
    return (one if amount == 1 else several).format(written)


def _day(local: datetime, language: Language) -> str:
    names = _IN[language]
    return names.day.format(day=local.day, month=names.months[local.month - 1], year=f"{local.year:04}")


def _local(at: datetime, zone: str | None) -> tuple[str, datetime]:
    """The zone's name and its time; those of UTC for a zone that is unknown, or ahead of the last day there is."""
    try:
        if zone:
            return zone, at.astimezone(zone_info(zone))
    except (LookupError, ValueError, OverflowError):
        pass
    return "UTC", at.astimezone(UTC)


def _span(span: timedelta, language: Language) -> str:
    """`1 h 30 min`; German has a comma in `1,5 s`."""
    minutes, seconds = divmod(span.total_seconds(), 60)
    hours, minutes = divmod(int(minutes), 60)
    parts = [f"{number:.9g} {unit}" for number, unit in ((hours, "h"), (minutes, "min"), (seconds, "s")) if number]
    written = " ".join(parts) or "0 s"
    return written.replace(".", ",") if language == "de" else written
