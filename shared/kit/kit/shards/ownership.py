"""Which shards this replica owns, by leases in the service's database.

The relay sends the events of these shards, the consumer applies their records, and the timers ring in them. Leases
divide this work, and let others take over when a replica is lost. They need not be exact: if two replicas believe that
they own a shard, cursors and epochs let only one of them have an effect. A replica that doesn't reach the broker can do
none of this work, and has no share while another one reaches it.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

import structlog

from kit.clock import Clock
from kit.shards.reach import Reach
from kit.store import Store, Unavailable

LEASE_SECONDS = 5.0
"""Seconds that a lease lasts, by the database's clock: for so long the shards of a killed replica lie idle. A replica
that stands still for longer loses its shards, and gets others soon after it goes on."""
RENEW_EVERY_SECONDS = 1.0
"""Seconds between renewals."""
HANDOVER_SECONDS = 0.2
"""Seconds to finish the current batch in a shard before another replica gets it."""
RENEWAL_TIMEOUT_SECONDS = 2.5
"""Seconds until a renewal without an answer is given up and tried again."""

log = structlog.get_logger("ownership")


@dataclass(frozen=True, slots=True)
class LeaseTerm:
    """A span for which we own a shard without a break. `since`: this process's elapsed seconds at its begin."""

    epoch: int
    since: float


class Ownership:
    """The leases of one replica.

    `replica`: its name; the next process of that name takes the leases over at once. `admits(shard, epoch)`: whether
    the shard may be used yet.
    """

    def __init__(
        self,
        store: Store,
        clock: Clock,
        *,
        replica: str | None = None,
        lease: float = LEASE_SECONDS,
        renew: float = RENEW_EVERY_SECONDS,
        reach: Reach | None = None,
        admits: Callable[[int, int], bool] = lambda shard, epoch: True,
    ) -> None:
        self.leased: Mapping[int, LeaseTerm] = {}
        """The shards whose leases are ours, as of the last renewal."""
        self.changed = asyncio.Event()
        """Set when the leased shards change."""
        self._admits = admits
        self._terms: Mapping[int, LeaseTerm] = {}
        self.joined = False
        """Whether we have ever learned which shards are ours, even if none."""
        self.renewed = 0.0
        """Elapsed seconds at which the last successful renewal began."""
        self.idle = 0
        """How many shards are owned by replicas that don't reach the broker."""
        self.excluded = False
        """Whether we have no share, because other replicas reach the broker and we don't."""
        self._store, self._clock, self._replica, self._reach = store, clock, replica, reach
        self._lease, self._renew = lease, renew
        self._owner = uuid4()
        self._leaving: list[int] = []
        self._crowded: float | None = None
        """The elapsed seconds since when we have had more than our share; None: we don't."""

    @property
    def terms(self) -> Mapping[int, LeaseTerm]:
        """The leased shards that may be used; a new mapping object whenever any of them changes."""
        terms = {shard: term for shard, term in self.leased.items() if self._admits(shard, term.epoch)}
        if terms != self._terms:
            self._terms = terms
        return self._terms

    def held(self) -> dict[int, int]:
        """The epoch of each shard that is ours for certain: no other replica can have taken its lease."""
        if not self.leased or self._clock.elapsed() >= self.renewed + self._lease:
            return {}
        return {shard: term.epoch for shard, term in self.terms.items()}

    def anew(self) -> None:
        """Begin a new term in all our shards: the database may have been replaced since we leased them."""
        now = self._clock.elapsed()
        self.leased = {shard: LeaseTerm(term.epoch, now) for shard, term in self.leased.items()}

    async def run(self) -> None:
        """Keep the leases until cancelled; then give them up."""
        try:
            if self._reach:
                await self._reach.first()
            while True:
                begun = self._clock.elapsed()
                try:
                    async with asyncio.timeout(RENEWAL_TIMEOUT_SECONDS):
                        await self._keep(begun)
                except (Unavailable, TimeoutError) as error:
                    log.warning("the leases were not renewed", error=str(error) or "no answer")
                pause = HANDOVER_SECONDS if self._leaving else self._renew
                await asyncio.sleep(max(0.0, begun + pause - self._clock.elapsed()))
        finally:
            await self._leave()

    async def _keep(self, begun: float) -> None:
        async with self._store.transaction() as tx:
            if self._replica and not self.joined:
                await tx.succeed(self._owner, self._replica)
            # After an outage of the database all leases have expired: renew ours, and take nobody else's.
            late = self.joined and begun >= self.renewed + self._lease
            reaches = self._reach is None or self._reach.reached()
            leased = await tx.lease(
                self._owner, self._leaving, self._lease, self._replica, take=not late, reaches=reaches
            )
        self._leaving = []
        self.idle, self.excluded = leased.idle if reaches else 0, leased.reached and not reaches
        terms = {
            shard: known if (known := self.leased.get(shard)) and known.epoch == epoch else LeaseTerm(epoch, begun)
            for shard, epoch in leased.epochs.items()
        }
        # While no replica reaches the broker, keep what we have: the first to reach it again shall not get everything.
        if self._too_many(len(terms) - leased.share if leased.reached else 0, begun):
            self._leaving = sorted(terms)[leased.share :]
            terms = {shard: term for shard, term in terms.items() if shard not in self._leaving}
        self.joined, self.renewed = True, begun
        if terms != self.leased:
            self._tell(terms)
            self.leased = terms
            self.changed.set()

    def _too_many(self, surplus: int, now: float) -> bool:
        """Whether to give shards away: only after a lease's time above our share. A replica that replaces another gets
        that one's shards, whose leases expire by then."""
        if surplus <= 0:
            self._crowded = None
            return False
        if self._crowded is None:
            self._crowded = now
        return now - self._crowded >= self._lease

    def _tell(self, terms: Mapping[int, LeaseTerm]) -> None:
        taken = sorted(shard for shard, term in terms.items() if self.leased.get(shard) != term)
        log.info("shards change hands", taken=taken, left=sorted(self.leased.keys() - terms.keys()), held=len(terms))

    async def _leave(self) -> None:
        self.leased = {}
        with suppress(Unavailable, TimeoutError):
            async with asyncio.timeout(RENEWAL_TIMEOUT_SECONDS), self._store.transaction() as tx:
                await tx.leave(self._owner)
