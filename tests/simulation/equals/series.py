"""The statements of a series of numbers, in memory. Intake's pass the real ones' tests: integration/intake."""

from typing import Any

from kit.log.numbers import NUMBERS_LEFT_OUT, NUMBERS_PER_BLOCK, Series
from kit.memory import MemoryTx
from kit.simulate.statements import InMemoryStatements

Rows = list[dict[str, Any]]
FIRST_NUMBER = 1000


def in_memory(series: Series) -> InMemoryStatements:
    """Those of this series."""

    def row(tx: MemoryTx) -> dict[str, Any]:
        sequences = tx.tables.models.setdefault("sequences", {})
        return sequences.setdefault((series.sequence,), {"next": FIRST_NUMBER})

    def next_blocks(tx: MemoryTx, now: float, count: int) -> Rows:
        """The first of each block that nobody else gets, never taken back; none while the log is being compared."""
        if any((closed := tx.tables.closed(shard)) and closed.unsure for shard in tx.tables.log):
            return []
        first = row(tx)["next"]
        row(tx)["next"] += count * NUMBERS_PER_BLOCK
        return [{"nextval": first + n * NUMBERS_PER_BLOCK} for n in range(count)]

    def skip_ahead(tx: MemoryTx, now: float, highest: int) -> Rows:
        """The sequence goes on beyond that."""
        row(tx)["next"] = max(row(tx)["next"], highest) + NUMBERS_LEFT_OUT
        return []

    return {series.next_blocks: next_blocks, series.skip_ahead: skip_ahead}
