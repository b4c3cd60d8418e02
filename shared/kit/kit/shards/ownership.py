"""Which shards are this replica's: the leases of a service's database, kept in one place for all that go by them.

The relay sends what is in these shards, the consumer applies what comes to them, the timers ring in them. Nothing goes
wrong if two replicas take a shard for theirs: cursors and epochs let only one of them have an effect. What leases are
for is that work is shared, and goes on when a replica is lost. One that doesn't reach the broker can do none of it, and
has no share as long as there is one that does.
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
"""Seconds of a lease, on the database's own clock: for so long the shards of a replica that was killed lie idle. One
that stands still for longer loses its shards, and has others a moment after it goes on."""
RENEW_EVERY_SECONDS = 1.0
"""Seconds between renewals."""
HANDOVER_SECONDS = 0.2
"""Seconds for what is in hand in a shard that is given to another replica."""
RENEWAL_TIMEOUT_SECONDS = 2.5
"""Seconds until a renewal that gets no answer is begun anew."""

log = structlog.get_logger("ownership")


@dataclass(frozen=True, slots=True)
class Term:
    """A time for which a shard is ours without a break. `since`: this process's elapsed seconds when it was taken."""

    epoch: int
    since: float


class Ownership:
    """The leases of one replica. `replica`: the next one of that name takes them at once, they need not run out."""

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
        self.leased: Mapping[int, Term] = {}
        """The shards whose leases are ours as far as we know."""
        self.changed = asyncio.Event()
        """Set when they are others."""
        self._admits = admits
        self._terms: Mapping[int, Term] = {}
        self.joined = False
        """Whether the database has ever told us which shards are ours, be it none."""
        self.renewed = 0.0
        """Elapsed seconds at which the last renewal began that succeeded."""
        self.idle = 0
        """How many shards another replica holds that doesn't reach the broker."""
        self.excluded = False
        """Whether we have no share, since we alone don't reach the broker."""
        self._store, self._clock, self._replica, self._reach = store, clock, replica, reach
        self._lease, self._renew = lease, renew
        self._owner = uuid4()
        self._leaving: list[int] = []
        self._crowded: float | None = None
        """Since when we have had more than our share."""

    @property
    def terms(self) -> Mapping[int, Term]:
        """Those of them that may be worked in; a new mapping whenever any of them changes. Whoever takes over what is
        new, and lets go what is gone, compares it with what it had."""
        terms = {shard: term for shard, term in self.leased.items() if self._admits(shard, term.epoch)}
        if terms != self._terms:
            self._terms = terms
        return self._terms

    def held(self) -> dict[int, int]:
        """The epoch of each shard that no other replica can have taken meanwhile."""
        if not self.leased or self._clock.elapsed() >= self.renewed + self._lease:
            return {}
        return {shard: term.epoch for shard, term in self.terms.items()}

    def anew(self) -> None:
        """What we have counts as taken just now: the database may be another than the one we had it from."""
        now = self._clock.elapsed()
        self.leased = {shard: Term(term.epoch, now) for shard, term in self.leased.items()}

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
            # After an outage of the database everybody's leases have run out: who comes first takes nobody's away.
            late = self.joined and begun >= self.renewed + self._lease
            reaches = self._reach is None or self._reach.reached()
            leased = await tx.lease(
                self._owner, self._leaving, self._lease, self._replica, take=not late, reaches=reaches
            )
        self._leaving = []
        self.idle, self.excluded = leased.idle if reaches else 0, leased.reached and not reaches
        terms = {
            shard: known if (known := self.leased.get(shard)) and known.epoch == epoch else Term(epoch, begun)
            for shard, epoch in leased.epochs.items()
        }
        # While nobody reaches the broker nothing moves: who reaches it first is then no better off than the rest.
        if self._too_many(len(terms) - leased.share if leased.reached else 0, begun):
            self._leaving = sorted(terms)[leased.share :]
            terms = {shard: term for shard, term in terms.items() if shard not in self._leaving}
        self.joined, self.renewed = True, begun
        if terms != self.leased:
            self._tell(terms)
            self.leased = terms
            self.changed.set()

    def _too_many(self, surplus: int, now: float) -> bool:
        """Whether to give some away. Not at once: somebody else's lease may be about to run out, and a replica that
        takes the place of another gets what that one had."""
        if surplus <= 0:
            self._crowded = None
            return False
        if self._crowded is None:
            self._crowded = now
        return now - self._crowded >= self._lease

    def _tell(self, terms: Mapping[int, Term]) -> None:
        taken = sorted(shard for shard, term in terms.items() if self.leased.get(shard) != term)
        log.info("shards change hands", taken=taken, left=sorted(self.leased.keys() - terms.keys()), held=len(terms))

    async def _leave(self) -> None:
        self.leased = {}
        with suppress(Unavailable, TimeoutError):
            async with asyncio.timeout(RENEWAL_TIMEOUT_SECONDS), self._store.transaction() as tx:
                await tx.leave(self._owner)
