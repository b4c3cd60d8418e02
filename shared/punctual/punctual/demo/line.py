"""A line of the demo: what is said of a fact, and how its instants and roles are named."""

from datetime import datetime
from typing import NamedTuple

from punctual.demo.sample import ZONE


class Line(NamedTuple):
    """What is said of a fact. `style`: as rich names it, empty for the ordinary."""

    text: str
    style: str = ""


def moment(at: datetime) -> str:
    """The local time, with the weekday if it is not the day of the demo."""
    local = at.astimezone(ZONE)
    return f"{local:%H:%M}" if local.day == 2 else f"{local:%a %H:%M}"


def role(name: str) -> str:
    """A role in a sentence."""
    return {"engineer": "the engineer", "support-manager": "the Support Manager", "vp": "the VP", "ceo": "the CEO"}[
        name
    ]
