"""Wrapped keys of persons, on their way from the service that makes them to those that need them."""

from collections.abc import Sequence
from typing import Protocol
from uuid import UUID


class Keys(Protocol):
    """Keeps the keys of subjects that were not erased."""

    async def keys(self, subjects: Sequence[UUID]) -> dict[UUID, bytes]:
        """The wrapped keys of those subjects that have one here."""
        ...

    async def keep_keys(self, keys: dict[UUID, bytes], *, relayed: bool) -> None:
        """Store wrapped keys, but not those of erased subjects, and never in place of another."""
        ...

    async def erased(self, subjects: Sequence[UUID]) -> set[UUID]:
        """Those of the subjects that were erased."""
        ...

    async def keys_to_relay(self) -> dict[UUID, bytes]:
        """Wrapped keys that the broker has not acknowledged."""
        ...

    async def keys_relayed(self, subjects: Sequence[UUID]) -> None:
        """Note that the broker has these keys."""
        ...
