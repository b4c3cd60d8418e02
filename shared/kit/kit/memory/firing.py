"""Firing: all that follows from timers that are due, at once."""

from collections.abc import Sequence
from datetime import datetime

from kit.memory.log import Log
from kit.memory.read_models import ReadModels
from kit.stored import Appended, Conflict, Fired, Firing, Known, Outcome, Timer


class Fires(Log, ReadModels):
    """Appends, removes timers and writes rows of read models at once."""

    async def fire(self, firings: Sequence[Firing], now: datetime) -> Fired | None:
        """What came of each, and how many timers are gone. None: nothing was written, for it is later already."""
        logs = [self.tables.log[one.append.shard] for one in firings]
        if self.tables.floor > now or any(log and log[-1].recorded_at > now for log in logs):
            return None
        stored = await self.append([one.append for one in firings], now)
        await self.put(
            [p for one, of in zip(firings, stored, strict=True) if isinstance(of, Appended) for p in one.puts]
        )
        rung = [one.last for one, of in zip(firings, stored, strict=True) if not isinstance(of, Conflict)]
        return Fired([OUTCOMES[type(of)] for of in stored], sum(map(self._remove, rung)))

    def _remove(self, last: Timer) -> int:
        """How many there were of that stream up to its last."""
        timers = self.tables.timers
        gone = [key for key, one in timers.items() if one.stream == last.stream and one.due_at <= last.due_at]
        for key in gone:
            self.drop(timers, key)
        return len(gone)


OUTCOMES: dict[type[Appended | Known | Conflict], Outcome] = {
    Appended: "appended",
    Known: "known",
    Conflict: "conflict",
}
