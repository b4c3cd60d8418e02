"""Timers: what was asked for "later" rings, once, as soon as it is due and may be said.

The rows are the truth; a heap holds those of the next seconds. Firing removes the row and appends the event in one
transaction, so it makes no difference who tries, or how often.
"""

import asyncio
import heapq
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import structlog

from contracts.envelope import Meta
from kit.clock import Clock
from kit.inbox import identity_of
from kit.perform import Core
from kit.settled import Edge, Evidence
from kit.store import Store, Unavailable
from kit.stored import Timer
from kit.telemetry import span, traceparent
from kit.work import Done, Overtaken, Work

AHEAD = 10.0
"""Real seconds whose timers are held in memory."""
SWEEP = 2.0
"""Real seconds between looks into the table."""
BATCH = 500
LOADED = 20_000
PARKED_GRACE = 30.0
"""Real seconds for which a ticket's verdicts wait while records of it are set aside."""

RINGS = UUID("7a0b1f1c-54fb-5b5c-8f6e-0c8f5d9b7e11")

log = structlog.get_logger("timers")


@dataclass(frozen=True, kw_only=True)
class Ringing:
    """How a service's timers ring. `waits`: whether this kind is a verdict, which waits for the settled edge."""

    command: Callable[[Timer, Evidence, datetime], Any]
    waits: Callable[[Timer], bool]


@dataclass(order=True, slots=True)
class _Entry:
    due_at: datetime
    key: tuple[int, str, str, int]
    timer: Timer = field(compare=False)


def _key(timer: Timer) -> tuple[int, str, str, int]:
    return timer.shard, timer.stream, timer.kind, timer.generation


class Timers:
    """Rings the timers of the shards that are ours."""

    def __init__(
        self,
        *,
        name: str,
        store: Store,
        core: Core,
        clock: Clock,
        edge: Edge,
        ringing: Ringing,
        at_end: Callable[[int], bool],
        parked: Callable[[], set[UUID]],
        parked_grace: float = PARKED_GRACE,
        wrote: Callable[[], None] = lambda: None,
    ) -> None:
        self._name, self._store, self._core, self._clock, self._edge = name, store, core, clock, edge
        self._ringing, self._at_end, self._wrote = ringing, at_end, wrote
        self._parked, self._parked_grace = parked, parked_grace
        self._shards: set[int] = set()
        self._heap: list[_Entry] = []
        self._blocked: list[_Entry] = []
        self._held: dict[tuple[int, str, str, int], _Entry] = {}
        self._horizon: datetime | None = None
        self._wake = asyncio.Event()
        self._stopping = False
        self.fired = 0
        """How many timers have rung here."""

    def own(self, shards: Iterable[int]) -> None:
        """These shards' timers are ours, and no others."""
        self._shards = set(shards)
        self._heap, self._blocked, self._held = [], [], {}
        self._horizon = None
        self._wake.set()

    def add(self, timers: Sequence[Timer]) -> None:
        """Timers just written: those of the next seconds join the heap."""
        for timer in timers:
            if timer.shard in self._shards and self._horizon is not None and timer.due_at < self._horizon:
                self._push(timer)
        self._wake.set()

    def stop(self) -> None:
        """Finish what rings now, then end."""
        self._stopping = True
        self._wake.set()

    def wake(self) -> None:
        """Something may be due, or may be said, that was not before."""
        self._wake.set()

    def overdue(self) -> timedelta:
        """How long the earliest timer in memory has been due; zero if none is."""
        earliest = [entry.due_at for entry in (*self._heap[:1], *self._blocked)]
        return max(self._clock.now() - min(earliest), timedelta()) if earliest else timedelta()

    async def run(self) -> None:
        """Ring until cancelled."""
        swept = -SWEEP
        while not self._stopping:
            try:
                if self._horizon is None or self._clock.elapsed() - swept >= SWEEP:
                    swept = self._clock.elapsed()
                    await self._load()
                rang = await self._ring()
            except Unavailable as error:
                log.warning("trying again", error=str(error))
                await asyncio.sleep(0.2)
                continue
            if not rang:
                await self._sleep(swept)

    async def _sleep(self, swept: float) -> None:
        self._wake.clear()
        patience = max(0.0, swept + SWEEP - self._clock.elapsed())
        now = self._clock.now()
        if upcoming := [entry.due_at for entry in self._heap[:1] if entry.due_at > now]:
            patience = min(patience, self._clock.real(upcoming[0] - now))
        try:
            async with asyncio.timeout(patience):
                await self._wake.wait()
        except TimeoutError:
            pass

    async def _load(self) -> None:
        """Fetch what comes due in the next seconds; the sweep that also finds what nobody told us of."""
        horizon = self._clock.now() + timedelta(seconds=AHEAD / self._clock.real(timedelta(seconds=1)))
        async with self._store.statement() as tx:
            rows = await tx.due(sorted(self._shards), horizon, LOADED)
        # With more than fits, the window ends where the last one is due.
        self._horizon = rows[-1].due_at if len(rows) == LOADED else horizon
        for timer in rows:
            self._push(timer)

    def _push(self, timer: Timer) -> None:
        key = _key(timer)
        if key not in self._held and timer.shard in self._shards:
            self._held[key] = entry = _Entry(timer.due_at, key, timer)
            heapq.heappush(self._heap, entry)

    async def _ring(self) -> int:
        """Ring what is due and may be said; how many."""
        now = self._clock.now()
        due, self._blocked = self._blocked, []
        while self._heap and self._heap[0].due_at <= now and len(due) < BATCH:
            due.append(heapq.heappop(self._heap))
        ready: list[tuple[Timer, Evidence]] = []
        for entry in due:
            if evidence := self._evidence(entry.timer, now):
                ready.append((entry.timer, evidence))
            else:
                self._blocked.append(entry)
        if not ready:
            return 0
        for timer, _ in ready:
            # Whatever becomes of it, the next sweep finds it again if its row is still there.
            self._held.pop(_key(timer), None)
        try:
            await self._fire(ready, now)
        except BaseException:
            self._horizon = None
            raise
        return len(ready)

    def _evidence(self, timer: Timer, now: datetime) -> Evidence | None:
        if not self._ringing.waits(timer):
            return "settled"
        parked = identity_of(timer.stream) in self._parked()
        if parked:
            return "parked" if self._clock.real(now - timer.due_at) >= self._parked_grace else None
        return self._edge.evidence(
            timer.shard, timer.due_at, elapsed=self._clock.elapsed(), at_end=self._at_end(timer.shard), parked=False
        )

    async def _fire(self, due: Sequence[tuple[Timer, Evidence]], now: datetime) -> None:
        evidence = {(t.shard, t.stream, t.kind): ground for t, ground in due}
        with span(f"{self._name} rings", None, timers=len(due)):
            meta = Meta(actor=self._name, role="service", traceparent=traceparent())
        async with self._store.transaction() as tx:
            # Earlier ones first, so that a batch is told in the order in which it came due.
            mine = sorted(await tx.claim([timer for timer, _ in due]), key=lambda t: (t.due_at, t.stream, t.kind))
            works = [
                Work(
                    command_id=uuid5(RINGS, f"{timer.stream}/{timer.kind}/{timer.generation}"),
                    stream=timer.stream,
                    command=self._ringing.command(timer, evidence[timer.shard, timer.stream, timer.kind], now),
                    meta=meta,
                )
                for timer in mine
            ]
            results = await self._core.perform(tx, works, now)
            if any(isinstance(result, Overtaken) for result in results):
                raise Unavailable("another command changed a clock first")
            failed = [timer for timer, result in zip(mine, results, strict=True) if not isinstance(result, Done)]
            if failed:
                log.error("timers could not ring", streams=[timer.stream for timer in failed], results=repr(results))
                await tx.retime([], failed)
        self.fired += len(mine)
        self._wrote()
