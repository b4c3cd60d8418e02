"""Keys of persons, wrapped, on their way from who makes them to whoever needs them."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID


class Keys(Protocol):
    """Keeps the keys of subjects that were not erased."""

    async def keys(self, subjects: Sequence[UUID]) -> dict[UUID, bytes]:
        """The wrapped keys that are there."""
        ...

    async def keep_keys(self, keys: dict[UUID, bytes], *, relayed: bool) -> None:
        """Store wrapped keys, but never one of an erased subject, and never over another."""
        ...

    async def erased(self, subjects: Sequence[UUID]) -> set[UUID]:
        """Which of these were erased."""
        ...

    async def keys_to_relay(self) -> dict[UUID, bytes]:
        """Wrapped keys that the broker has not acknowledged."""
        ...

    async def keys_relayed(self, subjects: Sequence[UUID]) -> None:
        """The broker has these keys."""
        ...
