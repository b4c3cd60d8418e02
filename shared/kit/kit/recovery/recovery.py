"""When the shards of a log are compared with the broker, because their database may have gone back in time.

A shard is compared when its lease is taken, and whenever its mark in the database is invalid: then the database was
restored, or another server answers. Until then no replica appends to it. Events that only the broker has are adopted,
since other services have acted on them. If the log has another event under the same number, the shard stops. See
docs/decisions, "A database that went back in time".
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import suppress
from functools import partial

import structlog

from contracts.names import SHARDS
from kit.bus import BusError
from kit.clock import Clock
from kit.recovery.adoption import Adoption
from kit.shards.ownership import Ownership
from kit.store import Store, Unavailable
from kit.store.values import Closed

LOOK_EVERY_SECONDS = 0.5
"""Seconds between looks at our shards, and at closed ones."""
COMPARISON_TIMEOUT_SECONDS = 5.0
"""Seconds without an answer of the broker, after which a database that was not replaced is used uncompared."""
LOOK_AGAIN_SECONDS = 5.0
"""Seconds between checks whether records that the broker lost were sent again."""

log = structlog.get_logger("recovery")


class Recovery:
    """Compares our shards of a service's log with its topic."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        ownership: Ownership,
        adoption: Adoption,
        topic: str,
        restored: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """`restored`: called once the log of a restored database is complete again."""
        self._restored, self._to_restore = restored, False
        self._store, self._clock, self._ownership, self._topic = store, clock, ownership, topic
        self.adoption = adoption
        self._compared: dict[int, int] = {}
        """The shards that were compared, with the epoch of their lease."""
        self._trusted: dict[int, int] = {}
        """Shards that are used uncompared while the broker is away, with the epoch of their lease."""
        self.closed: Mapping[int, Closed] = {}
        """The shards to which nothing may be appended, as of the last look."""
        self._alone = False
        """Whether we have logged that the broker is away."""
        self._looked_again = 0.0

    def compared(self, shard: int) -> bool:
        """Whether a shard was compared under our present lease, and is open: only then the relay sends its events."""
        term = self._ownership.leased.get(shard)
        return term is not None and self._compared.get(shard) == term.epoch and shard not in self.closed

    def admits(self, shard: int, epoch: int) -> bool:
        """Whether this process may use a shard: it was compared, or is used uncompared, and has not stopped."""
        known = self._compared.get(shard) == epoch or self._trusted.get(shard) == epoch
        return known and not self.stopped(shard)

    def stopped(self, shard: int) -> str:
        """Why a shard has stopped until an operator acts; empty: it hasn't."""
        return closed.reason if (closed := self.closed.get(shard)) else ""

    def not_yet_compared(self) -> set[int]:
        """Our shards that are not used yet, because they are still to be compared."""
        stopped = {shard for shard, one in self.closed.items() if one.reason}
        return self._ownership.leased.keys() - self._ownership.terms.keys() - stopped

    def warnings(self) -> Iterator[str]:
        """The warnings about closed shards, and about records that the broker has lost."""
        if unsure := sorted(shard for shard, one in self.closed.items() if one.unsure):
            yield f"shards {unsure} take nothing until the log has been compared with what the broker has of it"
        for shard, one in sorted(self.closed.items()):
            if one.reason:
                yield f"shard {shard} takes nothing, see docs/runbooks/parted-log.md: {one.reason}"
        if lost := sorted(self.adoption.lost):
            yield (
                f"the broker has lost what it had taken of shards {lost} of {self._topic}: send it again with "
                f"`punctual republish {self._topic}`, see docs/runbooks/lost-records.md"
            )

    async def begin(self, *, every: bool = False) -> None:
        """Before the service starts, compare the shards that never were. Raises Unavailable.

        `every`: compare all shards that must be, whoever owns them.
        """
        while True:
            async with self._store.statement() as tx:
                self.closed = await tx.closed()
                fresh = {one.shard for one in await tx.log_ends(range(SHARDS)) if not one.compared}
            unsure = {shard for shard, one in self.closed.items() if one.unsure}
            try:
                await self._compare(fresh | unsure if every else fresh - unsure)
                return
            except BusError as error:
                log.warning("the start waits until the log can be compared with the broker", error=str(error))
                await asyncio.sleep(LOOK_EVERY_SECONDS)

    async def run(self) -> None:
        """Compare shards that become ours or whose mark is invalid, until cancelled."""
        while True:
            self._ownership.changed.clear()
            try:
                await self._look()
            except (BusError, Unavailable) as error:
                log.warning("the log is not compared with the broker yet", error=str(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY_SECONDS):
                    await self._ownership.changed.wait()

    async def _look(self) -> None:
        known = self._compared.keys() | self._trusted.keys()
        async with self._store.statement() as tx:
            self.closed = await tx.closed()
            marks = await tx.marks(sorted(known))
        mine = {shard: term.epoch for shard, term in self._ownership.leased.items()}
        unsure = {shard for shard, one in self.closed.items() if one.unsure}
        # Another replica may have compared one of our shards before we noticed that it must be. Skip stopped ones.
        others = {shard for shard in known & mine.keys() if marks.get(shard) != self.adoption.marks.get(shard)}
        others -= {shard for shard in others if self.stopped(shard)}
        self._to_restore |= bool(others - unsure)
        unsure |= others
        if unsure & known:
            self._ownership.anew()
        still = {shard: epoch for shard, epoch in mine.items() if shard not in unsure}
        self._compared = {shard: epoch for shard, epoch in self._compared.items() if still.get(shard) == epoch}
        self._trusted = {shard: epoch for shard, epoch in self._trusted.items() if still.get(shard) == epoch}
        wanted = {shard: epoch for shard, epoch in mine.items() if shard not in self._compared}
        done = await self._compare(wanted)
        self._compared |= {shard: mine[shard] for shard in done}
        self._trusted |= {shard: epoch for shard, epoch in wanted.items() if shard not in done}
        if wanted:
            async with self._store.statement() as tx:
                self.closed = await tx.closed()
        if self.adoption.lost and self._clock.elapsed() - self._looked_again >= LOOK_AGAIN_SECONDS:
            self._looked_again = self._clock.elapsed()
            await self.adoption.look_again(mine.keys())
        if self._restored and self._to_restore and not any(one.unsure for one in self.closed.values()):
            await self._restored()
            self._to_restore = False

    async def _compare(self, shards: Collection[int]) -> set[int]:
        """Compare shards, and open or close each. Returns those that were compared.

        Raises Unavailable; and BusError if the database was replaced and the broker doesn't answer.
        """
        if not shards:
            return set()
        another = any(one.another for shard, one in self.closed.items() if shard in shards and one.unsure)
        self._to_restore |= another
        try:
            async with asyncio.timeout(COMPARISON_TIMEOUT_SECONDS) as limit:
                begins = partial(limit.reschedule, None)
                done = await self.adoption.complete(sorted(shards), another=another, begins=begins)
                self._alone = False
                return done
        except (BusError, TimeoutError) as error:
            if self.adoption.ready or another:
                raise BusError(f"the database went back in time, and the broker can't be asked: {error!r}") from error
            # At most the database server restarted: keep serving requests while the broker is away.
            await self._keep_as_it_is(shards)
            if not self._alone:
                log.warning("the log is used without having been compared with the broker", error=repr(error))
            self._alone = True
            return set()

    async def _keep_as_it_is(self, shards: Collection[int]) -> None:
        async with self._store.transaction() as tx:
            for shard in sorted(shards):
                match self.closed.get(shard):
                    case Closed(reason="", unsure=True):
                        await tx.open(shard)
                    case Closed(reason=reason, unsure=True):
                        await tx.close(shard, reason)
            self.adoption.marks |= await tx.marks(sorted(shards))
