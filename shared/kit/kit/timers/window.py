"""The timers of the next seconds, in memory, and which of them may ring now. Pure."""

import heapq
from bisect import insort
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from kit.store.values import Evidence, Timer

EvidenceFor = Callable[[Timer], Evidence | None]
"""The evidence on which a due timer may ring now; None: not yet."""

_Entry = tuple[datetime, str, str, int, Timer]


class Window:
    """Timers by due time; those that are due and may not ring yet are kept apart, shard by shard.

    `waits_for_edge`: whether a timer waits for the settled edge. Such timers have a heap of their own, so that they
    don't hide when the next of the others is due. A timer that is taken and doesn't ring is found again by the next
    look into the table, since its row is still there.
    """

    def __init__(self, waits_for_edge: Callable[[Timer], bool] = lambda timer: False) -> None:
        self._waits_for_edge = waits_for_edge
        self._punctual: list[_Entry] = []
        self._waiting: list[_Entry] = []
        self._blocked: dict[int, list[_Entry]] = {}
        self._held: set[tuple[str, str, int]] = set()
        self.horizon: datetime | None = None
        """The instant up to which the table was read; None: read it again."""

    def clear(self) -> None:
        """Forget everything; the table is read again."""
        self._punctual, self._waiting, self._blocked, self._held, self.horizon = [], [], {}, set(), None

    def push(self, timer: Timer) -> None:
        """Add a timer, unless it is here already."""
        key = timer.stream, timer.kind, timer.generation
        if key not in self._held:
            self._held.add(key)
            heapq.heappush(
                self._waiting if self._waits_for_edge(timer) else self._punctual, (timer.due_at, *key, timer)
            )

    def take(
        self, now: datetime, limit: int, evidence_for: EvidenceFor, is_parked: Callable[[Timer], bool]
    ) -> list[tuple[Timer, Evidence]]:
        """Remove and return up to `limit` timers that are due and may ring, with their evidence; per shard, the
        earliest first.

        Evidence for a deadline holds for earlier ones of its shard too, so a shard is searched up to the first timer
        that has to wait. Only timers of a `is_parked` ticket don't stop the search.
        """
        ready: list[tuple[Timer, Evidence]] = []
        for shard, waiting in list(self._blocked.items()):
            place, aside = 0, []
            while place < len(waiting) and len(ready) < limit:
                if evidence := evidence_for(waiting[place][-1]):
                    ready.append((waiting[place][-1], evidence))
                elif is_parked(waiting[place][-1]):
                    aside.append(waiting[place])
                else:
                    break
                place += 1
            if place:
                self._keep(shard, aside + waiting[place:])
        while (first := self._first()) and first[0][0] <= now and len(ready) < limit:
            entry = heapq.heappop(first)
            if evidence := evidence_for(entry[-1]):
                ready.append((entry[-1], evidence))
            else:
                insort(self._blocked.setdefault(entry[-1].shard, []), entry)
        for timer, _ in ready:
            self._held.discard((timer.stream, timer.kind, timer.generation))
        return ready

    def _first(self) -> list[_Entry]:
        """The heap with the earliest timer; an empty heap if there is none."""
        if self._punctual and self._waiting:
            return min(self._punctual, self._waiting, key=lambda heap: heap[0])
        return self._punctual or self._waiting

    def _keep(self, shard: int, still: list[_Entry]) -> None:
        if still:
            self._blocked[shard] = still
        else:
            del self._blocked[shard]

    def upcoming(self, evidence_for: EvidenceFor) -> datetime | None:
        """When the next timer is due that may ring then; None: no such timer is here.

        Timers that were due at the last `take` are left out, and those that wait for the edge: they ring when it moves.
        """
        firsts = [heap[0] for heap in (self._punctual, self._waiting) if heap]
        return min((entry[0] for entry in firsts if evidence_for(entry[-1])), default=None)

    def soon(self, until: datetime) -> Iterator[Timer]:
        """The timers that become due by then, in no order, without those that are due and wait."""
        for heap in (self._punctual, self._waiting):
            places = [0]
            while places:
                place = places.pop()
                if place < len(heap) and heap[place][0] <= until:
                    yield heap[place][-1]
                    places += [2 * place + 1, 2 * place + 2]

    def overdue(self, now: datetime) -> timedelta:
        """For how long the earliest timer has been due; zero if none is."""
        earliest = [heap[0][0] for heap in (self._punctual, self._waiting) if heap]
        earliest += [waiting[0][0] for waiting in self._blocked.values()]
        return max(now - min(earliest), timedelta()) if earliest else timedelta()
