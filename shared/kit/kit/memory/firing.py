"""Firing: writing all that follows from due timers at once."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from kit.memory.comparing import Comparing
from kit.memory.log import Log
from kit.memory.read_models import ReadModels
from kit.memory.timers import Timers
from kit.store.values import Appended, Conflict, Fired, Firing, Held, Known, Outcome

OUTCOMES: dict[type[Appended | Known | Conflict | Held], Outcome] = {
    Appended: "appended",
    Known: "known",
    Conflict: "conflict",
}


class Fires(Log, ReadModels, Timers, Comparing):
    """Appends, removes timers and writes rows of read models at once."""

    async def fire(self, firings: Sequence[Firing], now: datetime, marks: Mapping[int, str]) -> Fired | None:
        """The outcome of each firing, and how many timers were removed. None: nothing was written."""
        logs = [self.tables.log[one.append.shard] for one in firings]
        if self.tables.floor > now or any(log and log[-1].recorded_at > now for log in logs):
            return None
        if any(self.mark(shard) != mark for shard, mark in marks.items()):
            return None
        if any(self.tables.closed(one.append.shard) for one in firings):
            return None
        stored = await self.append([one.append for one in firings], now)
        both = list(zip(firings, stored, strict=True))
        await self.put([put for one, of in both if isinstance(of, Appended) for put in one.puts])
        gone = await self.claim([one.last for one, of in both if not isinstance(of, Conflict)])
        return Fired([OUTCOMES[type(of)] for of in stored], len(gone))
