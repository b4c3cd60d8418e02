"""Keys of persons, and erased subjects."""

from collections.abc import Sequence
from functools import partial
from uuid import UUID

from kit.memory.changes import Changes


class Keys(Changes):
    """Keeps the keys of subjects that were not erased."""

    async def keys(self, subjects: Sequence[UUID]) -> dict[UUID, bytes]:
        """The wrapped keys of those subjects that have one."""
        await self._step()
        return {subject: self.tables.keys[subject] for subject in subjects if subject in self.tables.keys}

    async def keep_keys(self, keys: dict[UUID, bytes], *, relayed: bool) -> None:
        """Store wrapped keys of subjects that have none and were not erased."""
        await self._step()
        for subject, wrapped in keys.items():
            if subject not in self.tables.keys and subject not in self.tables.erased:
                self.write(self.tables.keys, subject, wrapped)
                if not relayed:
                    self.tables.unrelayed.add(subject)
                    self._undo.append(partial(self.tables.unrelayed.discard, subject))

    async def erased(self, subjects: Sequence[UUID]) -> set[UUID]:
        """Which of these were erased."""
        await self._step()
        return self.tables.erased & set(subjects)

    async def keys_to_relay(self) -> dict[UUID, bytes]:
        """Wrapped keys that the broker has not acknowledged."""
        await self._step()
        return {subject: self.tables.keys[subject] for subject in sorted(self.tables.unrelayed)}

    async def keys_relayed(self, subjects: Sequence[UUID]) -> None:
        """The broker has these keys."""
        await self._step()
        for subject in set(subjects) & self.tables.unrelayed:
            self.tables.unrelayed.discard(subject)
            self._undo.append(partial(self.tables.unrelayed.add, subject))
