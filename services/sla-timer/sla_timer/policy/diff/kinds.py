"""What kinds of sentences tell a change of the policy. Each is proven on a running desk, see the tests of that name."""

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
    """A sentence, and of what kind it is."""

    kind: Kind
    text: str
