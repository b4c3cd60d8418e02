"""Changes of calendars: whose support hours change, and how."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from contracts.policy import Calendar, Policy, Zone
from sla_timer.policy.diff.kinds import Change
from sla_timer.policy.diff.weeks import joined
from sla_timer.policy.wording import days, duration, hours, listed, shortened

Weekly = tuple[tuple[int, int, int], ...]
Hours = tuple[tuple[int, int], ...]
Zones = Mapping[str, Zone]
FOR_EVER = "9999-12-31"


def calendar_changes(before: Policy, after: Policy, today: str) -> Iterator[Change]:
    """First which tier has which calendar, then the calendars themselves. `today`: an ISO date."""
    yield from _assignments(before, after)
    old, new = before.calendars, after.calendars
    for name in sorted(old.keys() & new.keys()):
        for kind, change in _differences(old[name], new[name], (before.zones, after.zones), today):
            yield Change(kind, f"{_users(name, before, after)} (calendar {name}): {change}.")
    for name in sorted(new.keys() - old.keys()):
        said = f"The calendar {name} is new ({_summary(new[name])}): it can be agreed with an account."
        yield Change("calendar", said)
    for name in sorted(old.keys() - new.keys()):
        who = "accounts that have agreed on it"
        said = f"The calendar {name} is gone: {who} are counted by their tier's, until they agree on another."
        yield Change("calendar-gone", said)


def _assignments(before: Policy, after: Policy) -> Iterator[Change]:
    moved: dict[tuple[str, str], list[str]] = defaultdict(list)
    for tier, calendar in after.tiers.items():
        if before.tiers.get(tier) != calendar:
            moved[before.tiers.get(tier, ""), calendar].append(tier.capitalize())
    for (was, now), tiers in moved.items():
        said = _summary(after.calendars[now])
        had = f"{was} ({_summary(before.calendars[was])})" if was else "none"
        same = was and before.calendars[was].version == after.calendars[now].version
        hours_too = "; the hours are the same" if same else ""
        yield Change("tier", f"{listed(tiers)}: counted by the calendar {now} ({said}) instead of {had}{hours_too}.")


def _users(name: str, before: Policy, after: Policy) -> str:
    """Who is counted by the calendar, before and after."""
    tiers = [tier.capitalize() for tier in after.tiers if before.tiers.get(tier) == after.tiers[tier] == name]
    if before.feedback.calendar == after.feedback.calendar == name:
        tiers.append("feedback" if tiers else "Feedback")
    return listed(tiers) or "Accounts that have agreed on it"


def _differences(old: Calendar, new: Calendar, zones: tuple[Zones, Zones], today: str) -> Iterator[Change]:
    if old.zone != new.zone:
        yield Change("zone", f"by the clock of {_zone(new.zone)} instead of {_zone(old.zone)}")
    elif moved := _first_difference(zones[0][old.zone], zones[1][new.zone], _both_know(old, new)):
        yield Change("transitions", f"the clocks of {new.zone} are moved otherwise from {moved} on")
    yield from _weeks(old.windows, new.windows)
    more, gone = set(new.holidays) - set(old.holidays), set(old.holidays) - set(new.holidays)
    yield from (Change("holidays", said) for said in _dates("closed on further holidays", more, today))
    yield from (Change("holidays-gone", said) for said in _dates("holidays no more", gone, today))
    yield from _exceptions(old.special, new.special, today)
    if old.known_until != new.known_until:
        said = f"known {_horizon(new.known_until)} instead of {_horizon(old.known_until)}"
        yield Change("known-until", said)


def _both_know(old: Calendar, new: Calendar) -> str:
    return min(old.known_until or FOR_EVER, new.known_until or FOR_EVER)


def _weeks(old: Weekly, new: Weekly) -> Iterator[Change]:
    """Days with the same change share a sentence. The same hours written in another way are no change."""
    was, now = joined(old), joined(new)
    alike: dict[tuple[str, str], list[int]] = defaultdict(list)
    for day in range(7):
        if was[day] != now[day]:
            alike[hours(was[day]), hours(now[day])].append(day)
    for (before, after), numbers in alike.items():
        yield Change("windows", f"{days(numbers)} {after} instead of {before}")
    if alike and (total := _weekly(new)) != (before := _weekly(old)):
        yield Change("week", f"in all {total} a week instead of {before}")


def _exceptions(old: Mapping[str, Hours], new: Mapping[str, Hours], today: str) -> Iterator[Change]:
    """Dates with the same change share a sentence; future dates come first."""
    alike: dict[tuple[bool, str, str], list[str]] = defaultdict(list)
    for on in sorted(old.keys() | new.keys(), key=lambda on: (on < today, on)):
        was, now = old.get(on), new.get(on)
        if was != now:
            alike[on < today, _special(now), _special(was)].append(on)
    for (_, after, before), dates in alike.items():
        yield Change("special", f"on {shortened(dates)} {after} instead of {before}")


def _dates(word: str, dates: set[str], today: str) -> Iterator[str]:
    """Future dates one by one, past ones as a count."""
    if ahead := sorted(on for on in dates if on >= today):
        yield f"{word}: {shortened(ahead)}"
    if past := len(dates) - len(ahead):
        yield f"{word} before {today}: {past}"


def _weekly(windows: Weekly) -> str:
    return duration(timedelta(seconds=sum(closes - opens for _, opens, closes in windows)))


def _summary(entry: Calendar) -> str:
    return f"{_weekly(entry.windows)} a week, {_zone(entry.zone)}"


def _special(windows: Hours | None) -> str:
    return "the usual hours" if windows is None else hours(windows)


def _horizon(until: str | None) -> str:
    return f"until {until}" if until else "for ever"


def _zone(name: str) -> str:
    return f"the fixed offset {name}" if name.startswith(("+", "-")) else name


def _first_difference(old: Zone, new: Zone, until: str) -> str | None:
    """The date from which two versions of a zone differ in offset, if there is one up to `until`."""
    was, now = ({(0, zone.offset), *zone.transitions} for zone in (old, new))
    first = min((at for at, _ in was ^ now), default=None)
    on = None if first is None else datetime.fromtimestamp(first, UTC).date().isoformat()
    return on if on and on <= until else None
