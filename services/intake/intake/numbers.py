"""Ticket numbers: `P-` and a database sequence, taken twenty at a time. Gaps are allowed, repetitions are not."""

import asyncio

from kit.postgres import PostgresStore

BLOCK = 20
"""As the sequence's increment."""
NEXT_BLOCK = "SELECT nextval('ticket_number')"


class Numbers:
    """The numbers that this process may give out."""

    def __init__(self, store: PostgresStore) -> None:
        self._store = store
        self._free = range(0)
        self._taking = asyncio.Lock()

    async def next(self) -> str:
        """A number that nobody else gets, such as P-1000. Raises Unavailable."""
        async with self._taking:
            if not self._free:
                first = (await self._store.query(NEXT_BLOCK))[0][0]
                self._free = range(first, first + BLOCK)
            number, self._free = self._free[0], self._free[1:]
        return f"P-{number}"
