"""The timers of the next seconds, in memory, and which of them may ring now. Pure: time and evidence are arguments."""

import heapq
from bisect import insort
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from kit.store.values import Evidence, Timer

EvidenceFor = Callable[[Timer], Evidence | None]
"""On what evidence a timer that is due may ring now; None: not yet."""

_Entry = tuple[datetime, str, str, int, Timer]


class Window:
    """Heaps of what comes due; what is due and may not be said yet waits apart, shard by shard.

    `waits`: whether a timer waits for the settled edge. These are kept apart, so that none of them hides when the next
    of the others comes due.

    The rows are the truth: whatever becomes of a timer that was taken, the next look into the table finds it again if
    its row is still there.
    """

    def __init__(self, waits: Callable[[Timer], bool] = lambda timer: False) -> None:
        self._waits = waits
        self._punctual: list[_Entry] = []
        self._waiting: list[_Entry] = []
        self._blocked: dict[int, list[_Entry]] = {}
        self._held: set[tuple[str, str, int]] = set()
        self.horizon: datetime | None = None
        """Up to where the table has been read; None: anew."""

    def clear(self) -> None:
        """Hold nothing, and read the table anew."""
        self._punctual, self._waiting, self._blocked, self._held, self.horizon = [], [], {}, set(), None

    def push(self, timer: Timer) -> None:
        """Hold a timer, once."""
        key = timer.stream, timer.kind, timer.generation
        if key not in self._held:
            self._held.add(key)
            heapq.heappush(self._waiting if self._waits(timer) else self._punctual, (timer.due_at, *key, timer))

    def take(
        self, now: datetime, limit: int, say: EvidenceFor, parked: Callable[[Timer], bool]
    ) -> list[tuple[Timer, Evidence]]:
        """Take out what is due and may ring, the earliest of each shard first.

        What may be said of a deadline may be said of earlier ones of its shard: so a shard is looked at up to the
        first that has to wait. Only a ticket that is `parked` waits for itself.
        """
        ready: list[tuple[Timer, Evidence]] = []
        for shard, waiting in list(self._blocked.items()):
            place, aside = 0, []
            while place < len(waiting) and len(ready) < limit:
                if evidence := say(waiting[place][-1]):
                    ready.append((waiting[place][-1], evidence))
                elif parked(waiting[place][-1]):
                    aside.append(waiting[place])
                else:
                    break
                place += 1
            if place:
                self._keep(shard, aside + waiting[place:])
        while (first := self._first()) and first[0][0] <= now and len(ready) < limit:
            entry = heapq.heappop(first)
            if evidence := say(entry[-1]):
                ready.append((entry[-1], evidence))
            else:
                insort(self._blocked.setdefault(entry[-1].shard, []), entry)
        for timer, _ in ready:
            self._held.discard((timer.stream, timer.kind, timer.generation))
        return ready

    def _first(self) -> list[_Entry]:
        """The heap that has the earliest; an empty one if there is none."""
        if self._punctual and self._waiting:
            return min(self._punctual, self._waiting, key=lambda heap: heap[0])
        return self._punctual or self._waiting

    def _keep(self, shard: int, still: list[_Entry]) -> None:
        if still:
            self._blocked[shard] = still
        else:
            del self._blocked[shard]

    def upcoming(self, say: EvidenceFor) -> datetime | None:
        """When the next one comes due that may ring then, and was not due when some were taken last; None: none is in
        sight. Coming due is no news for one that waits for the edge: it rings when that moves."""
        firsts = [heap[0] for heap in (self._punctual, self._waiting) if heap]
        return min((entry[0] for entry in firsts if say(entry[-1])), default=None)

    def soon(self, until: datetime) -> Iterator[Timer]:
        """Those that come due by then, in no order; without those that were due before and wait apart."""
        for heap in (self._punctual, self._waiting):
            places = [0]
            while places:
                place = places.pop()
                if place < len(heap) and heap[place][0] <= until:
                    yield heap[place][-1]
                    places += [2 * place + 1, 2 * place + 2]

    def overdue(self, now: datetime) -> timedelta:
        """How long the earliest has been due; zero if none is."""
        earliest = [heap[0][0] for heap in (self._punctual, self._waiting) if heap]
        earliest += [waiting[0][0] for waiting in self._blocked.values()]
        return max(now - min(earliest), timedelta()) if earliest else timedelta()
