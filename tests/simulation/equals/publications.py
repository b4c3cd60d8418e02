"""sla-timer's statement, in memory."""

from typing import Any

import msgspec

from kit.memory import MemoryTx
from kit.simulate.statements import Equals
from sla_timer import store


def publications(tx: MemoryTx, now: float, shard: int, stream: str) -> list[dict[str, Any]]:
    """When each policy was published in a shard."""
    rows = tx.tables.streams.get(stream, [])
    return [{"recorded_at": row.recorded_at, "policy": msgspec.json.decode(row.data)["version"]} for row in rows]


PUBLICATIONS: Equals = {store.PUBLICATIONS: publications}
