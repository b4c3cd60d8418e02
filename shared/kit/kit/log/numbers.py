"""Numbers that people write, such as P-1000, from a database sequence. Gaps are allowed, repetitions are not."""

import asyncio
import re
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from kit.store import ShardClosed
from kit.store.sql import SqlStore, SqlTx

NUMBERS_PER_BLOCK = 20
"""The sequence's increment: a process takes so many at a time."""
MAX_BLOCKS = 16
"""Blocks that a process takes at once, at most."""
NUMBERS_LEFT_OUT = 5_000
"""Numbers that are left out after a database went back in time: more than eight processes may still hold."""


@dataclass(frozen=True, slots=True)
class Series:
    """A series of numbers: `P` before them, from the sequence `ticket_number`, which counts by NUMBERS_PER_BLOCK."""

    prefix: str
    sequence: str

    @property
    def next_blocks(self) -> str:
        """The statement that takes so many blocks; no rows while the log may be incomplete.

        A sequence that went back in time would give the same numbers again.
        """
        return (
            f"SELECT nextval('{self.sequence}') FROM generate_series(1, $1::integer) "  # noqa: S608 - a constant of ours
            "WHERE NOT EXISTS (SELECT FROM closed_shards c WHERE c.unsure)"
        )

    @property
    def skip_ahead(self) -> str:
        """The statement that goes on beyond a number, and beyond those that processes may still hold."""
        highest = f"greatest((SELECT last_value FROM {self.sequence}), $1)"  # noqa: S608 - a constant of ours
        return f"SELECT setval('{self.sequence}', {highest} + {NUMBERS_LEFT_OUT})"

    def read(self, text: str) -> int:
        """1000 for P-1000; 0 for a number that we did not give."""
        ours = re.fullmatch(rf"{self.prefix}-([1-9]\d{{0,18}})", text, re.ASCII)
        return int(ours[1]) if ours else 0


class Numbers:
    """The numbers that this process may give out.

    A process that needs many takes more blocks each time, so that it waits seldom. The gap that it leaves when it ends
    is no wider than the numbers that it has given out.
    """

    def __init__(self, store: SqlStore, series: Series) -> None:
        self._store, self._series = store, series
        self._free: deque[int] = deque()
        self._blocks = 1
        self._taking = asyncio.Lock()

    async def next(self) -> str:
        """A number that nobody else gets, such as P-1000. Raises Unavailable."""
        if not self._free:
            async with self._taking:
                if not self._free:
                    await self._take()
        return f"{self._series.prefix}-{self._free.popleft()}"

    async def next_within(self, tx: SqlTx) -> str:
        """Likewise, within a transaction. What it takes is not given back if the transaction fails."""
        while not self._free:
            self._keep(await tx.connection.fetch(self._series.next_blocks, 1))
        return f"{self._series.prefix}-{self._free.popleft()}"

    async def _take(self) -> None:
        self._keep(await self._store.query(self._series.next_blocks, self._blocks))
        self._blocks = min(2 * self._blocks, MAX_BLOCKS)

    def _keep(self, rows: Sequence[Any]) -> None:
        if not rows:
            raise ShardClosed
        for row in rows:
            self._free.extend(range(row[0], row[0] + NUMBERS_PER_BLOCK))
