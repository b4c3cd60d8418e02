"""Ticket numbers: `P-` and a database sequence, taken twenty at a time. Gaps are allowed, repetitions are not."""

import asyncio
from collections import deque

from kit.postgres import PostgresStore

BLOCK = 20
"""As the sequence's increment."""
AT_MOST = 16
"""Blocks taken at once."""
NEXT_BLOCKS = "SELECT nextval('ticket_number') FROM generate_series(1, $1::integer)"


class Numbers:
    """The numbers that this process may give out.

    Whoever needs many takes more blocks each time, so that they wait seldom; a process that ends leaves no wider gap
    than it has given numbers out.
    """

    def __init__(self, store: PostgresStore) -> None:
        self._store = store
        self._free: deque[int] = deque()
        self._blocks = 1
        self._taking = asyncio.Lock()

    async def next(self) -> str:
        """A number that nobody else gets, such as P-1000. Raises Unavailable."""
        if not self._free:
            async with self._taking:
                if not self._free:
                    await self._take()
        return f"P-{self._free.popleft()}"

    async def _take(self) -> None:
        for row in await self._store.query(NEXT_BLOCKS, self._blocks):
            self._free.extend(range(row[0], row[0] + BLOCK))
        self._blocks = min(2 * self._blocks, AT_MOST)
