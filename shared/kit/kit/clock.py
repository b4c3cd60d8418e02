"""Clocks: the only objects that read the time.

`now()` is the domain's time, which a demo may accelerate; `elapsed()` is real time, for intervals and timeouts. An
accelerated clock showed `epoch` at the real instant `since`, and runs `speed` times as fast.
"""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the shell asks for time."""

    def now(self) -> datetime:
        """The domain's present instant, aware, in UTC."""
        ...

    def elapsed(self) -> float:
        """Real seconds since some fixed moment, never running backwards."""
        ...

    def wall(self) -> float:
        """Real seconds since 1970, to compare with others' clocks: those of tokens and of the database server."""
        ...

    def real(self, span: timedelta) -> float:
        """How many real seconds a span of the domain's time takes."""
        ...


@dataclass(frozen=True)
class WallClock:
    """Real time: speed 1."""

    def now(self) -> datetime:
        """The present instant."""
        return datetime.now(UTC)

    def elapsed(self) -> float:
        """Seconds of the monotonic clock."""
        return time.monotonic()

    def wall(self) -> float:
        """The present instant, in seconds."""
        return time.time()

    def real(self, span: timedelta) -> float:
        """The span itself, in seconds."""
        return span.total_seconds()


@dataclass(frozen=True)
class AcceleratedClock:
    """A clock that is the same in all processes that share speed, epoch and since."""

    speed: float
    epoch: datetime
    since: datetime

    def now(self) -> datetime:
        """`epoch` plus `speed` times the real time since `since`."""
        return self.epoch + (datetime.now(UTC) - self.since) * self.speed

    def elapsed(self) -> float:
        """Seconds of the monotonic clock: heartbeats and back-offs are not sped up."""
        return time.monotonic()

    def wall(self) -> float:
        """The real present instant, in seconds."""
        return time.time()

    def real(self, span: timedelta) -> float:
        """The span divided by the speed, in seconds."""
        return span.total_seconds() / self.speed
