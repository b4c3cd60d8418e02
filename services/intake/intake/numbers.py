"""Ticket numbers: `P-` and a database sequence, taken twenty at a time. Gaps are allowed, repetitions are not."""

import asyncio
import re
from collections import deque

from kit.store import ShardClosed
from kit.store.sql import SqlStore

NUMBERS_PER_BLOCK = 20
"""The sequence's increment."""
MAX_BLOCKS = 16
"""Blocks that a process takes at once, at most."""
NEXT_BLOCKS = """
SELECT nextval('ticket_number') FROM generate_series(1, $1::integer)
WHERE NOT EXISTS (SELECT FROM closed_shards c WHERE c.unsure)
"""
"""No rows while the log may be incomplete: a sequence that went back in time would give the same numbers again."""

NUMBERS_LEFT_OUT = 5_000
"""Numbers that are left out after a database went back in time: more than eight processes may still hold."""
SKIP_AHEAD = (
    f"SELECT setval('ticket_number', greatest((SELECT last_value FROM ticket_number), $1) + {NUMBERS_LEFT_OUT})"  # noqa: S608 - a constant of ours
)
_OURS = re.compile(r"P-([1-9]\d{0,18})", re.ASCII)


def number_of(ticket: str) -> int:
    """1000 for P-1000; 0 for a number that we did not give."""
    ours = _OURS.fullmatch(ticket)
    return int(ours[1]) if ours else 0


class Numbers:
    """The numbers that this process may give out.

    A process that needs many takes more blocks each time, so that it waits seldom. The gap that it leaves when it ends
    is no wider than the numbers that it has given out.
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
            self._free.extend(range(row[0], row[0] + NUMBERS_PER_BLOCK))
        self._blocks = min(2 * self._blocks, MAX_BLOCKS)
