"""Ticket numbers: `P-` and a database sequence, taken twenty at a time. Gaps are allowed, repetitions are not."""

import asyncio
import re
from collections import deque

from kit.store import ShardClosed
from kit.store.sql import SqlStore

BLOCK = 20
"""As the sequence's increment."""
AT_MOST = 16
"""Blocks taken at once."""
NEXT_BLOCKS = """
SELECT nextval('ticket_number') FROM generate_series(1, $1::integer)
WHERE NOT EXISTS (SELECT FROM closed_shards c WHERE c.unsure)
"""
"""None while the log is not known to be complete: a sequence that went back in time gives the same numbers again."""

MARGIN = 5_000
"""Numbers left out when a database went back in time: more than eight processes may hold of those they took before."""
GO_ON = f"SELECT setval('ticket_number', greatest((SELECT last_value FROM ticket_number), $1) + {MARGIN})"  # noqa: S608 - a constant of ours
_OURS = re.compile(r"P-([1-9]\d{0,18})", re.ASCII)


def number_of(ticket: str) -> int:
    """1000 for P-1000; 0 for a number that is not ours."""
    ours = _OURS.fullmatch(ticket)
    return int(ours[1]) if ours else 0


class Numbers:
    """The numbers that this process may give out.

    Whoever needs many takes more blocks each time, so that they wait seldom; a process that ends leaves no wider gap
    than it has given numbers out.
    """

    def __init__(self, store: SqlStore) -> None:
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
        rows = await self._store.query(NEXT_BLOCKS, self._blocks)
        if not rows:
            raise ShardClosed
        for row in rows:
            self._free.extend(range(row[0], row[0] + BLOCK))
        self._blocks = min(2 * self._blocks, AT_MOST)
