"""A producer whose records arrive late or not at all, and whose errors may be false."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable

from kit.bus import BusError, Headers, Place
from kit.simulate.broker import Broker
from kit.simulate.line import Line


class SimulatedProducer:
    """Keeps the order of records sent to a partition, except for lost ones."""

    def __init__(self, broker: Broker, line: Line) -> None:
        self._broker, self._line = broker, line
        self._last: dict[Place, float] = {}
        self._under_way: dict[Place, deque[Callable[[], None]]] = {}

    async def send(
        self, topic: str, partition: int, key: bytes | None, value: bytes | None, headers: Headers = ()
    ) -> Awaitable[int | None]:
        """Send a record now, later or never. An acknowledgement is always true; an error may be false."""
        await self._line.stand()
        broker, faults, random = self._broker, self._broker.faults(), self._broker.random
        if self._line.dead or self._line.cut_off:
            raise BusError("this process is dead, or cut off from the broker")
        done: asyncio.Future[int | None] = broker.loop.create_future()
        done.add_done_callback(lambda future: future.cancelled() or future.exception())
        if broker.cut.get(topic, 0.0) > broker.loop.time() or random.random() < faults.unsent:
            if random.random() < 0.5:
                raise BusError("not taken")
            done.set_exception(BusError("not taken, as was found out later"))
            return done
        outcome = BusError("no answer") if random.random() < faults.unacknowledged else None

        def arrive() -> None:
            broker.under_way[topic] -= 1
            offset = broker.put(topic, partition, key, value, headers)
            if not done.done():
                done.set_exception(outcome) if outcome else done.set_result(offset)

        broker.under_way[topic] += 1
        self._deliver((topic, partition), arrive)
        return done

    def _deliver(self, place: Place, arrive: Callable[[], None]) -> None:
        """Deliver now or later, but never before earlier records to that partition."""
        now, before = self._broker.loop.time(), self._under_way.setdefault(place, deque())
        begin = max(self._last.get(place, 0.0), now)
        if self._broker.random.random() < self._broker.faults().late:
            begin += self._broker.random.random() * self._broker.faults().lateness
        self._last[place] = begin
        if before or begin > now:
            before.append(arrive)
            self._broker.loop.call_at(begin, lambda: before.popleft()())
        else:
            arrive()

    async def close(self) -> None:
        """Close; records that are on their way still arrive."""
