"""The kinds of changes to a policy. Tests show the effect of each on a running desk."""

from typing import Literal, NamedTuple

Kind = Literal[
    "promise",
    "target",
    "warnings",
    "pauses",
    "tier",
    "zone",
    "transitions",
    "windows",
    "week",
    "holidays",
    "holidays-gone",
    "special",
    "known-until",
    "calendar",
    "calendar-gone",
    "ladder-counts",
    "rung",
    "rung-delay",
    "rungs-gone",
    "rounds",
    "every",
    "acknowledge",
    "review",
    "urgent",
    "silence",
    "ahead",
    "marks",
    "survey-reminder",
    "feedback-calendar",
    "required",
    "required-less",
    "required-order",
    "severities",
    "assumptions",
    "name",
    "library",
]


class Change(NamedTuple):
    """A change: its kind, and a sentence."""

    kind: Kind
    text: str
