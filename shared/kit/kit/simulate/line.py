"""The connection between a process and the broker."""

import asyncio

from kit.bus import BusError
from kit.simulate.broker import Broker


class Line:
    """Passes nothing while its process is dead, cut off from the broker, or stands still."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self.dead = False
        self.cut_off = False
        """Whether this process doesn't reach the broker, while others do."""
        self.still_until = 0.0
        """The loop's seconds until which the process stands still."""

    async def stand(self) -> None:
        """Wait until the process no longer stands still."""
        if (pause := self.still_until - self._broker.loop.time()) > 0:
            await asyncio.sleep(pause)

    def reach(self) -> None:
        """Raises BusError if nothing passes, and now and then."""
        if self.dead or self.cut_off or self._broker.random.random() < self._broker.faults().unreachable:
            raise BusError("the broker is not reached")
