"""Leases, by the database's clock, which is the same for all replicas.

The table of replicas is called `relays`, because relays were the first to share shards. The row of a replica that
doesn't reach the broker expires at once, so that older releases don't count it either.
"""

from collections.abc import Sequence
from uuid import UUID

from kit.postgres.connected import Connected
from kit.store.values import Leased

ALIVE = """
WITH gone AS (DELETE FROM relays WHERE expires_at < clock_timestamp() - interval '1 minute')
INSERT INTO relays (owner, replica, expires_at) VALUES ($1, $3, clock_timestamp() + make_interval(secs => $2))
ON CONFLICT (owner) DO UPDATE SET expires_at = excluded.expires_at
"""

SHARE = """
WITH known AS (
    SELECT count(*) FILTER (WHERE expires_at > clock_timestamp()) AS reaching,
           count(*) FILTER (WHERE expires_at > clock_timestamp() - make_interval(secs => $1)) AS alive
    FROM relays
)
SELECT ceil(CASE WHEN reaching = 0 THEN 64.0 / greatest(1, alive) WHEN $2 THEN 64.0 / reaching ELSE 0 END)::integer,
       reaching > 0,
       CASE WHEN reaching > 0 THEN (
           SELECT count(*) FROM leases JOIN relays USING (owner)
           WHERE leases.expires_at > clock_timestamp() AND relays.expires_at <= clock_timestamp()
       ) ELSE 0 END
FROM known
"""

RENEW = """
UPDATE leases SET expires_at = clock_timestamp() + make_interval(secs => $2) WHERE owner = $1 RETURNING shard, epoch
"""

TAKE = """
UPDATE leases SET owner = $1, epoch = epoch + 1, expires_at = clock_timestamp() + make_interval(secs => $2)
WHERE shard IN (
    SELECT shard FROM leases WHERE expires_at <= clock_timestamp() ORDER BY shard LIMIT $3 FOR UPDATE SKIP LOCKED
)
RETURNING shard, epoch
"""

BEGIN_ANEW = "UPDATE leases SET epoch = epoch + 1 WHERE shard = $1"

RELEASE = "UPDATE leases SET owner = NULL, expires_at = '-infinity' WHERE owner = $1 AND shard = ANY($2::integer[])"

SUCCEED = """
WITH dead AS (DELETE FROM relays WHERE replica = $2 AND owner <> $1 RETURNING owner)
UPDATE leases SET owner = NULL, expires_at = '-infinity' WHERE owner IN (SELECT owner FROM dead)
"""

LEAVE = """
WITH gone AS (DELETE FROM relays WHERE owner = $1)
UPDATE leases SET owner = NULL, expires_at = '-infinity' WHERE owner = $1
"""


class Leases(Connected):
    """Divides the shards among the replicas that are alive."""

    async def lease(
        self,
        owner: UUID,
        leaving: Sequence[int],
        seconds: float,
        replica: str | None = None,
        *,
        take: bool = True,
        reaches: bool = True,
    ) -> Leased:
        """Give up `leaving`, renew our other leases and, with `take`, lease free shards up to a fair share."""
        await self.connection.execute(ALIVE, owner, seconds if reaches else 0.0, replica)
        if leaving:
            await self.connection.execute(RELEASE, owner, leaving)
        share, reached, idle = await self.connection.fetchrow(SHARE, seconds, reaches)
        ours = dict(await self.connection.fetch(RENEW, owner, seconds))
        if take and len(ours) < share:
            ours |= dict(await self.connection.fetch(TAKE, owner, seconds, share - len(ours)))
        return Leased(ours, share, reached, idle)

    async def begin_anew(self, shard: int) -> None:
        """Raise the epoch of the shard's lease."""
        await self.connection.execute(BEGIN_ANEW, shard)

    async def succeed(self, owner: UUID, replica: str) -> None:
        """Free the shards of other owners with this replica name."""
        await self.connection.execute(SUCCEED, owner, replica)

    async def leave(self, owner: UUID) -> None:
        """Free all our shards, and no longer count as a replica."""
        await self.connection.execute(LEAVE, owner)
