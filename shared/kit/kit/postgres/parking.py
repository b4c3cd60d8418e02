"""Parking: the table of records that were set aside."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from kit.postgres.connected import Connected
from kit.store.values import Parked

PARK = """
INSERT INTO parked (shard, identity, source, seq, record, headers, reason, parked_at, tried)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT (source, shard, seq) DO NOTHING
"""

PARKED = """
SELECT position, shard, identity, source, seq, record, headers, reason, parked_at FROM parked
WHERE shard = ANY($1::integer[]) AND ($2::uuid IS NULL OR identity = $2) ORDER BY position
"""

PARKED_IN = "SELECT DISTINCT shard, identity FROM parked WHERE shard = ANY($1::integer[])"

UNTRIED = """
SELECT shard, identity FROM (
    SELECT DISTINCT ON (shard, identity) shard, identity, tried FROM parked
    WHERE shard = ANY($1::integer[]) ORDER BY shard, identity, position
) AS first
WHERE NOT tried @> ARRAY[$2::text]
"""

TRIED = """
UPDATE parked SET tried = array_append(tried, $3::text),
    reason = CASE WHEN source = $4 AND seq = $5 THEN $6 ELSE reason END
WHERE shard = $1 AND identity = $2 AND NOT tried @> ARRAY[$3::text]
"""

UNPARK = "DELETE FROM parked WHERE position = ANY($1::bigint[])"


class Parking(Connected):
    """Sets records aside, shows them, and forgets them."""

    async def park(self, records: Sequence[Parked]) -> None:
        """Set records aside."""
        for one in records:
            headers = msgspec.json.encode(list(one.headers)).decode()
            await self.connection.execute(
                PARK, one.shard, one.identity, one.source, one.seq, one.record, headers, one.reason, one.parked_at,
                list(one.tried),
            )  # fmt: skip

    async def parked(self, shards: Sequence[int], identity: UUID | None = None) -> list[Parked]:
        """The records set aside, in order."""
        rows = await self.connection.fetch(PARKED, shards, identity)
        return [
            Parked(
                position=row[0],
                shard=row[1],
                identity=row[2],
                source=row[3],
                seq=row[4],
                record=row[5],
                headers=msgspec.json.decode(row[6], type=list[tuple[str, bytes]]),
                reason=row[7],
                parked_at=row[8],
            )
            for row in rows
        ]

    async def parked_in(self, shards: Sequence[int]) -> dict[int, set[UUID]]:
        """By shard, the tickets and accounts with records set aside."""
        found: dict[int, set[UUID]] = {}
        for shard, identity in await self.connection.fetch(PARKED_IN, shards):
            found.setdefault(shard, set()).add(identity)
        return found

    async def untried(self, shards: Sequence[int], release: str) -> list[tuple[int, UUID]]:
        """The tickets and accounts that this release has not tried."""
        return [tuple(row) for row in await self.connection.fetch(UNTRIED, shards, release)]

    async def tried(self, shard: int, identity: UUID, release: str, seq: tuple[str, int], reason: str) -> None:
        """Note that this release has failed to apply them."""
        await self.connection.execute(TRIED, shard, identity, release, *seq, reason)

    async def unpark(self, positions: Sequence[int]) -> None:
        """Remove records that were set aside."""
        await self.connection.execute(UNPARK, positions)
