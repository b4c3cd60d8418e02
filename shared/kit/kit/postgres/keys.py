"""Keys of persons, and erased subjects."""

from collections.abc import Sequence
from uuid import UUID

from kit.postgres.connected import Connected

SELECT_KEYS = "SELECT subject_id, wrapped FROM subject_keys WHERE subject_id = ANY($1::uuid[])"

KEEP = """
INSERT INTO subject_keys (subject_id, wrapped, relayed)
SELECT k.id, k.wrapped, $3 FROM unnest($1::uuid[], $2::bytea[]) AS k(id, wrapped)
WHERE NOT EXISTS (SELECT FROM erased_subjects e WHERE e.subject_id = k.id)
ORDER BY k.id
ON CONFLICT (subject_id) DO NOTHING
"""

ERASED = "SELECT subject_id FROM erased_subjects WHERE subject_id = ANY($1::uuid[])"

TO_RELAY = "SELECT subject_id, wrapped FROM subject_keys WHERE NOT relayed LIMIT 1000"

RELAYED = "UPDATE subject_keys SET relayed = true WHERE subject_id = ANY($1::uuid[])"


class Keys(Connected):
    """Keeps the keys of subjects that were not erased."""

    async def keys(self, subjects: Sequence[UUID]) -> dict[UUID, bytes]:
        """The wrapped keys of those subjects that have one."""
        return {row[0]: row[1] for row in await self.connection.fetch(SELECT_KEYS, subjects)}

    async def keep_keys(self, keys: dict[UUID, bytes], *, relayed: bool) -> None:
        """Store wrapped keys of subjects that have none and were not erased."""
        await self.connection.execute(KEEP, list(keys), list(keys.values()), relayed)

    async def erased(self, subjects: Sequence[UUID]) -> set[UUID]:
        """Which of these were erased."""
        return {row[0] for row in await self.connection.fetch(ERASED, subjects)}

    async def keys_to_relay(self) -> dict[UUID, bytes]:
        """Wrapped keys that the broker has not acknowledged."""
        return {row[0]: row[1] for row in await self.connection.fetch(TO_RELAY)}

    async def keys_relayed(self, subjects: Sequence[UUID]) -> None:
        """The broker has these keys."""
        await self.connection.execute(RELAYED, subjects)
