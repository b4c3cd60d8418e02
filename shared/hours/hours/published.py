"""The calendars of a published policy, compiled."""

from collections.abc import Mapping

from contracts import policy
from contracts.sla import PolicyPublished
from hours.calendar import Calendar

Compiled = Mapping[tuple[str, str], Calendar]
"""Calendars that are compiled already, by name and version."""


def calendars_of(published: PolicyPublished, compiled: Compiled | None = None) -> dict[str, Calendar]:
    """The calendars of a policy, by name. Those that are `compiled` already are kept, with their tables.

    Raises ValueError for calendars that this release can't use.
    """
    zones = policy.zones(published)
    return {
        name: (compiled or {}).get((name, entry.version)) or Calendar.of(name, entry, zones)
        for name, entry in policy.calendars(published).items()
    }
