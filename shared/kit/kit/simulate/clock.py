"""Clocks of simulated processes: they run fast, are wrong, and jump."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from kit.simulate.loop import VirtualLoop


@dataclass
class SimulatedClock:
    """The loop's time, `speed` times as fast, from `epoch` on, wrong by `skew`, in whole `grain`s."""

    loop: VirtualLoop
    epoch: datetime
    speed: float
    grain: timedelta = timedelta(microseconds=1)
    skew: timedelta = timedelta()

    def now(self) -> datetime:
        """The domain's time as this process believes it."""
        since = timedelta(seconds=self.loop.time() * self.speed) + self.skew
        return self.epoch + since // self.grain * self.grain

    def elapsed(self) -> float:
        """The loop's seconds."""
        return self.loop.time()

    def wall(self) -> float:
        """The loop's seconds."""
        return self.loop.time()

    def real(self, span: timedelta) -> float:
        """How many of the loop's seconds a span of the domain takes."""
        return span.total_seconds() / self.speed
