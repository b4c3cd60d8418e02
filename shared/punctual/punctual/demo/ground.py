"""Where the demo is played: the addresses of a desk that runs. How it was brought up is its own business.

A further kind of ground (containers, say) is one more function that yields a Ground.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime

from kit.bus import Bus
from kit.clock import AcceleratedClock
from punctual.demo.sample import MIDNIGHT

SPEED = 2880.0
"""A day in 30 seconds."""
EPOCH = MIDNIGHT.astimezone(UTC)


@dataclass(frozen=True, kw_only=True)
class Ground:
    """A running desk. `dsns`: each service's database; `kafka`: bootstrap servers, None without a broker."""

    kind: str
    clock: AcceleratedClock
    bus: Bus
    urls: dict[str, str]
    smtp: int
    mailbox: str
    catcher: str
    dsns: dict[str, str]
    token_secret: str = field(repr=False)
    kafka: str | None


def clock_from(since: datetime) -> AcceleratedClock:
    """The demo's clock: midnight of the real day at the real instant `since`."""
    return AcceleratedClock(SPEED, EPOCH, since)


def clock_settings(clock: AcceleratedClock) -> dict[str, str]:
    """What the services have to be told of it."""
    return {
        "PUNCTUAL_CLOCK_SPEED": str(clock.speed),
        "PUNCTUAL_CLOCK_EPOCH": clock.epoch.isoformat(),
        "PUNCTUAL_CLOCK_SINCE": clock.since.isoformat(),
    }
