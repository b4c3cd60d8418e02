"""The environment of the demo: the addresses of a running desk, however that was brought up.

Each kind is a function that yields an Environment: embedded, in_memory, compose.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from kit.bus import Bus
from kit.clock import AcceleratedClock
from punctual.demo.catcher import Catcher
from punctual.demo.sample import MIDNIGHT
from punctual.local.places import Home

SPEED_FACTOR = 2880.0
"""Seconds of the story in a second: a day takes 30 seconds."""
EPOCH = MIDNIGHT.astimezone(UTC)
BEFORE_FIRST_TICKET = timedelta(seconds=7)
"""Real time from the midnight at which the clock begins until the first ticket is opened, at 06:17."""


@dataclass(frozen=True, kw_only=True)
class Environment:
    """A running desk. `dsns`: each service's database; `kafka`: bootstrap servers, None without a broker.

    `stack` is the kind of environment in one word; `around`: commands with which to look around in another terminal.
    """

    stack: str
    kind: str
    clock: AcceleratedClock
    bus: Bus
    urls: dict[str, str]
    smtp: int
    mailbox: str
    feedback_mailbox: str
    catcher: Catcher
    dsns: dict[str, str]
    token_secret: str = field(repr=False)
    kafka: str | None
    around: tuple[str, ...]


def at_home(home: Home) -> tuple[str, ...]:
    """How to look around in a desk whose addresses are in that home."""
    return (f"export PUNCTUAL_HOME={home.path}", "punctual status; punctual replay --verify; punctual token --role vp")


def clock_from(since: datetime) -> AcceleratedClock:
    """The demo's clock: midnight of the real day at the real instant `since`."""
    return AcceleratedClock(SPEED_FACTOR, EPOCH, since)


def clock_settings(clock: AcceleratedClock) -> dict[str, str]:
    """The services' settings for this clock."""
    return {
        "PUNCTUAL_CLOCK_SPEED": str(clock.speed),
        "PUNCTUAL_CLOCK_EPOCH": clock.epoch.isoformat(),
        "PUNCTUAL_CLOCK_SINCE": clock.since.isoformat(),
    }
