"""Timers ring once, as soon as they are due and may ring.

The rows of the table count; a window in memory holds those of the next seconds. Firing removes the row and appends the
event in one statement where possible, else in one transaction; so any replica may try, any number of times.
"""

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any
from uuid import UUID

import structlog

from contracts.causes import Cause
from contracts.command_ids import of_ring
from contracts.envelope import Meta
from contracts.replacing import replace
from kit.clock import Clock
from kit.consume.inbox import identity_of
from kit.log.drafting import Decided
from kit.log.effects import next_due
from kit.log.perform import Core
from kit.log.request import CommandRequest, Done, Overtaken
from kit.store import Store, Unavailable
from kit.store.values import Fired, Held, Timer
from kit.telemetry import span, traceparent
from kit.timers.ahead import DECIDE_AHEAD_SECONDS, Ahead, Early
from kit.timers.edge import Edge, Evidence
from kit.timers.pauses import Pauses
from kit.timers.window import Window

WINDOW_SECONDS = 4.0
"""Timers due within so many real seconds are held in memory."""
SWEEP_EVERY_SECONDS = 2.0
"""Real seconds between looks into the table."""
LANES = 2
"""Lanes with shards of their own: while the database works for one, this process works for the other."""
MAX_BATCH_TIMERS = 500
MAX_LOADED_TIMERS = 20_000
"""Timers that one lane reads at once."""
PARKED_GRACE_SECONDS = 30.0
"""Real seconds that a ticket's verdicts wait while records about it are set aside."""

Grounds = Mapping[str, Evidence]
"""By stream, on what ground its timer may ring."""

log = structlog.get_logger("timers")


@dataclass(frozen=True, kw_only=True)
class Ringing:
    """How a service's timers ring. `waits_for_edge`: whether a timer is a verdict's, which waits for the settled edge.

    `command` makes the command from the timer, the evidence, and the instant up to which the evidence holds. The
    command brings about all that is due in the timer's stream by then.
    """

    command: Callable[[Timer, Evidence, datetime], Any]
    waits_for_edge: Callable[[Timer], bool]


@dataclass(slots=True)
class _Lane:
    """Some of our shards, with their timers and early decisions in memory."""

    window: Window
    shards: set[int] = field(default_factory=set)
    ahead: Ahead = field(default_factory=Ahead)
    wake: asyncio.Event = field(default_factory=asyncio.Event)
    pauses: Pauses = field(default_factory=Pauses)


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
        parked_grace: float = PARKED_GRACE_SECONDS,
        wrote: Callable[[], None] = lambda: None,
    ) -> None:
        self._name, self._store, self._core, self._clock, self._edge = name, store, core, clock, edge
        self._ringing, self._at_end, self._wrote = ringing, at_end, wrote
        self._parked, self._parked_grace = parked, parked_grace
        self._marks: dict[int, str] = {}
        self._lanes = [_Lane(Window(ringing.waits_for_edge)) for _ in range(LANES)]
        self._stopping = False
        self.fired = 0
        """How many timers have rung here."""
        self.unsettled = 0
        """How many of them rang without the settled edge, after the grace period."""

    def own(self, shards: Iterable[int], marks: Mapping[int, str] | None = None) -> None:
        """Ring the timers of these shards, and no others. `marks`: the shards' marks when their cursors were read."""
        ours, self._marks = set(shards), dict(marks or {})
        for number, lane in enumerate(self._lanes):
            lane.shards = {shard for shard in ours if shard % LANES == number}
            lane.window.clear()
            lane.ahead.clear()
            lane.wake.set()

    @property
    def shards(self) -> set[int]:
        """The shards whose timers are ours."""
        return set[int]().union(*(lane.shards for lane in self._lanes))

    def add(self, timers: Sequence[Timer]) -> None:
        """Add timers that were just set to the window, if they are due within the next seconds."""
        for timer in timers:
            lane = self._lanes[timer.shard % LANES]
            horizon = lane.window.horizon
            if timer.shard in lane.shards and horizon is not None and timer.due_at < horizon:
                lane.window.push(timer)
                lane.wake.set()

    def stop(self) -> None:
        """Finish the current batch, then end."""
        self._stopping = True
        self.wake()

    def wake(self) -> None:
        """Look again now: more timers may be due, or the edge has moved."""
        for lane in self._lanes:
            lane.wake.set()

    def overdue(self) -> timedelta:
        """How long the earliest timer in memory has been due; zero if none is."""
        return max(lane.window.overdue(self._clock.now()) for lane in self._lanes)

    async def run(self) -> None:
        """Ring until cancelled."""
        async with asyncio.TaskGroup() as group:
            for lane in self._lanes:
                group.create_task(self._keep_ringing(lane))

    async def _keep_ringing(self, lane: "_Lane") -> None:
        swept, rang = -SWEEP_EVERY_SECONDS, 0
        while not self._stopping:
            lane.wake.clear()  # whatever wakes us from here on cuts the next sleep short
            try:
                # While full batches are at hand there is enough to do: what the table has beyond can wait for them.
                if lane.window.horizon is None or (
                    rang < MAX_BATCH_TIMERS and self._clock.elapsed() - swept >= SWEEP_EVERY_SECONDS
                ):
                    swept = self._clock.elapsed()
                    await self._load(lane)
                rang = await self._ring(lane)
                if not rang:
                    await self._decide_ahead(lane)
            except Unavailable as error:
                log.warning("trying again", error=str(error))
                await asyncio.sleep(0.2)
                continue
            if not rang:
                await self._sleep(lane, swept)

    async def _sleep(self, lane: "_Lane", swept: float) -> None:
        now = self._clock.now()
        pause_seconds = max(0.0, swept + SWEEP_EVERY_SECONDS - self._clock.elapsed())
        if upcoming := lane.window.upcoming(lambda timer: self._evidence(timer, now)):
            # It may have become due since the last take: then don't sleep.
            until_then = max(0.0, self._clock.real(upcoming - now))
            pause_seconds = min(pause_seconds, lane.pauses.before(now, until_then))
        with suppress(TimeoutError):
            async with asyncio.timeout(pause_seconds):
                await lane.wake.wait()

    async def _load(self, lane: "_Lane") -> None:
        """Read the timers that are due in the next seconds, among them those that other replicas have set."""
        horizon = self._clock.now() + self._virtual(WINDOW_SECONDS)
        shards = sorted(lane.shards)
        async with self._store.statement() as tx:
            rows = await tx.due(shards, horizon, self._clock.now(), MAX_LOADED_TIMERS)
        if shards != sorted(lane.shards):
            return  # the shards changed hands meanwhile
        # If there are more, the window ends when the last one read is due.
        lane.window.horizon = rows[-1].due_at if len(rows) == MAX_LOADED_TIMERS else horizon
        for timer in rows:
            lane.window.push(timer)

    async def _decide_ahead(self, lane: "_Lane") -> None:
        """Decide for the next timers before they are due, while there is nothing else to do."""
        until = lane.ahead.wanted(self._clock.now(), self._virtual(DECIDE_AHEAD_SECONDS))
        if until is None or not (missing := lane.ahead.missing(islice(lane.window.soon(until), MAX_BATCH_TIMERS))):
            return
        meta = self._meta(missing)
        requests = [(timer, self._request(timer, "settled", timer.due_at, meta)) for timer in missing]
        async with self._store.statement() as tx:
            foreseen = await self._core.foresee(tx, requests)
        decided = [(timer, foreseen[timer.stream]) for timer in missing if timer.stream in foreseen]
        lane.ahead.hold(Early(timer, one, next_due(self._core.decider, one)) for timer, one in decided)

    def _virtual(self, seconds: float) -> timedelta:
        """The span of the domain's time that so many real seconds take."""
        return timedelta(seconds=seconds / self._clock.real(timedelta(seconds=1)))

    async def _ring(self, lane: "_Lane") -> int:
        """Ring the timers that are due and may ring; returns how many."""
        now = self._clock.now()
        ready = lane.window.take(now, MAX_BATCH_TIMERS, lambda timer: self._evidence(timer, now), self._is_parked)
        if not ready:
            return 0
        shards = {timer.shard for timer, _ in ready}
        marks = {shard: mark for shard, mark in self._marks.items() if shard in shards}
        try:
            for timer in await self._fire(ready, now, lane.ahead, marks):
                lane.window.push(timer)
        except BaseException:
            lane.window.horizon = None
            raise
        return len(ready)

    def _is_parked(self, timer: Timer) -> bool:
        parked = self._parked()
        return bool(parked) and identity_of(timer.stream) in parked

    def _evidence(self, timer: Timer, now: datetime) -> Evidence | None:
        if not self._ringing.waits_for_edge(timer):
            return "settled"
        if self._is_parked(timer):
            return "parked" if self._clock.real(now - timer.due_at) >= self._parked_grace else None
        return self._edge.evidence(
            timer.shard, timer.due_at, elapsed=self._clock.elapsed(), at_end=self._at_end(timer.shard), parked=False
        )

    def _until(self, timer: Timer, evidence: Evidence, now: datetime) -> datetime:
        """The instant up to which the evidence holds for the timer's stream."""
        edge = self._edge.of(timer.shard)
        return edge if edge and self._ringing.waits_for_edge(timer) and evidence == "settled" else now

    async def _fire(
        self, due: Sequence[tuple[Timer, Evidence]], now: datetime, ahead: Ahead, marks: Mapping[int, str]
    ) -> Sequence[Timer]:
        """Ring these timers, the earliest first, so that events are recorded in the order in which they were due.

        Of each stream only the last rings: it brings about all that is due by then. Returns the timers that another
        command has overtaken; they are still to ring.
        """
        in_order = sorted(due, key=lambda one: _in_order(one[0]))
        evidence = {timer.stream: ground for timer, ground in in_order}
        last = list({timer.stream: timer for timer, _ in in_order}.values())
        early = {}
        for timer in last:
            foreseen = ahead.take(timer, self._until(timer, "settled", now))
            if foreseen and evidence[timer.stream] == "settled":
                early[timer.stream] = foreseen
        overtaken: list[Timer] = []
        if fired := await self._fire_at_once(last, early, evidence, now, marks):
            self.fired += fired.gone
            both = zip(last, fired.outcomes, strict=True)
            overtaken = [timer for timer, outcome in both if outcome == "conflict"]
        else:
            rang = await self._fire_in_a_transaction([timer for timer, _ in due], evidence, now, marks)
            self.fired += rang  # added only after the await: the other lane counts too
        self.unsettled += sum(ground != "settled" for ground in evidence.values())
        self._wrote()
        return overtaken

    def _meta(self, timers: Sequence[Timer]) -> Meta:
        """The envelope of commands that ring these timers: one trace, linked to the traces that set the timers."""
        with span(f"{self._name} rings", None, (timer.traceparent for timer in timers), timers=len(timers)):
            return Meta(actor=self._name, role="service", traceparent=traceparent())

    def _requests(
        self, timers: Sequence[Timer], evidence: Grounds, now: datetime
    ) -> list[tuple[Timer, CommandRequest]]:
        """The request that rings each timer, on the ground that its stream has now."""
        grounds, meta = [evidence[timer.stream] for timer in timers], self._meta(timers)
        return [
            (timer, self._request(timer, ground, self._until(timer, ground, now), meta))
            for timer, ground in zip(timers, grounds, strict=True)
        ]

    def _request(self, timer: Timer, ground: Evidence, until: datetime, meta: Meta) -> CommandRequest:
        return CommandRequest(
            command_id=of_ring(timer.stream, timer.kind, timer.generation),
            stream=timer.stream,
            command=self._ringing.command(timer, ground, until),
            meta=replace(meta, cause=Cause(self._core.topic, str(timer.set_by))) if timer.set_by else meta,
            is_new=True,
        )

    async def _fire_at_once(
        self,
        last: Sequence[Timer],
        early: dict[str, Decided],
        evidence: Grounds,
        now: datetime,
        marks: Mapping[int, str],
    ) -> Fired | None:
        """Decide what was not decided early, and write everything in one statement.

        A stream that has changed since it was read is a conflict. None: nothing was written.
        """
        decided = early
        if undecided := [timer for timer in last if timer.stream not in early]:
            requests = self._requests(undecided, evidence, now)
            async with self._store.statement() as tx:
                decided = early | await self._core.foresee(tx, requests)
        if len(decided) < len(last):
            return None
        firings = [self._core.firing(decided[timer.stream], timer, now) for timer in last]
        async with self._store.statement() as tx:
            return await tx.fire(firings, now, marks)

    async def _fire_in_a_transaction(
        self, due: Sequence[Timer], evidence: Grounds, now: datetime, marks: Mapping[int, str]
    ) -> int:
        """Ring the timers in a transaction, which may also concern other timers; returns how many rang."""
        async with self._store.transaction() as tx:
            if await tx.marks(sorted(marks)) != marks:
                raise Unavailable("the log was compared anew: its database may have gone back behind what was heard")
            mine = sorted(await tx.claim(due), key=_in_order)
            last = {timer.stream: timer for timer in mine}
            ringing = self._requests([timer for timer in mine if timer is last[timer.stream]], evidence, now)
            requests = [request for _, request in ringing]
            results = await self._core.perform(tx, requests, now, gone=mine)
            if any(isinstance(result, Overtaken | Held) for result in results):
                raise Unavailable("another command changed a clock first, or its shard takes nothing now")
            failures = {
                request.stream: result
                for request, result in zip(requests, results, strict=True)
                if not isinstance(result, Done)
            }
            if failed := [timer for timer in mine if timer.stream in failures]:
                log.error(
                    "timers could not ring", results={stream: repr(result) for stream, result in failures.items()}
                )
                await tx.retime([], failed)
        return len(mine)


def _in_order(timer: Timer) -> tuple[datetime, str, str]:
    return timer.due_at, timer.stream, timer.kind
