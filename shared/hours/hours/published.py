"""The calendars of a published policy, compiled."""

from collections.abc import Mapping

from contracts import policy
from contracts.sla import PolicyPublished
from hours.calendar import Calendar

Compiled = Mapping[tuple[str, str], Calendar]
"""Calendars compiled already, by name and version."""


def calendars_of(published: PolicyPublished, compiled: Compiled | None = None) -> dict[str, Calendar]:
    """By name; those that are `compiled` already, with what they have laid out, are kept.

    Raises ValueError for calendars that make no sense here.
    """
    zones = policy.zones(published)
    return {
        name: (compiled or {}).get((name, entry.version)) or Calendar.of(name, entry, zones)
        for name, entry in policy.calendars(published).items()
    }
