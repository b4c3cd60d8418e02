"""The line between a process and the broker."""

import asyncio

from kit.bus import BusError
from kit.simulate.broker import Broker


class Line:
    """A process may be dead, cut off from the broker, or stand still: then nothing passes."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.dead = False
        self.cut_off = False
        """Whether this process alone doesn't reach the broker."""
        self.still_until = 0.0
        """The loop's seconds until which the process stands still."""

    async def stand(self) -> None:
        """Go on when the process does."""
        if (pause := self.still_until - self._broker.loop.time()) > 0:
            await asyncio.sleep(pause)

    def reach(self) -> None:
        """Raises BusError now and then."""
        if self.dead or self.cut_off or self._broker.random.random() < self._broker.faults().unreachable:
            raise BusError("the broker is not reached")
