"""The tables of a service, as dictionaries."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from math import inf
from typing import Any, NamedTuple
from uuid import UUID

from contracts.names import SHARDS
from kit.store.values import Closed, Cursor, Known, Parked, Row, Timer

NEVER = datetime(1, 1, 1, tzinfo=UTC)
Model = dict[tuple[Any, ...], dict[str, Any]]


class Lease(NamedTuple):
    """A row of the table of leases."""

    owner: UUID | None = None
    epoch: int = 0
    expires_at: float = -inf


class Replica(NamedTuple):
    """A row of the table of replicas; it expires at once if the replica doesn't reach the broker."""

    name: str | None
    expires_at: float


@dataclass
class Tables:
    """All rows of one service. `clock`: the time in seconds, by which leases expire."""

    clock: Callable[[], float] = time.monotonic

    log: dict[int, list[Row]] = field(default_factory=lambda: {shard: [] for shard in range(SHARDS)})
    streams: dict[str, list[Row]] = field(default_factory=dict)
    commands: dict[tuple[int, UUID], Known] = field(default_factory=dict)
    floor: datetime = NEVER
    seen: dict[int, dict[str, int]] = field(default_factory=dict)
    cursors: dict[tuple[str, int], Cursor] = field(default_factory=dict)
    timers: dict[tuple[int, str, str], Timer] = field(default_factory=dict)
    parked: dict[int, Parked] = field(default_factory=dict)
    position: int = 0
    keys: dict[UUID, bytes] = field(default_factory=dict)
    unrelayed: set[UUID] = field(default_factory=set)
    erased: set[UUID] = field(default_factory=set)
    models: dict[str, Model] = field(default_factory=dict)
    relayed: dict[int, tuple[int, UUID | None]] = field(default_factory=dict)
    koffsets: dict[int, int] = field(default_factory=dict)
    server: str = "memory"
    """The server's identity, which changes with a restore."""
    verified: dict[int, tuple[str, str | None]] = field(default_factory=dict)
    """By shard, the server on which it was compared, and why it is closed; None: it is open."""
    leases: dict[int, Lease] = field(default_factory=lambda: dict.fromkeys(range(SHARDS), Lease()))
    replicas: dict[UUID, Replica] = field(default_factory=dict)

    def closed(self, shard: int) -> Closed | None:
        """Why nothing may be appended to a shard; None: it is open."""
        if shard not in self.leases:
            return None  # nobody works there
        server, stopped = self.verified.get(shard, (self.server, None))
        unsure = server != self.server
        return Closed(stopped or "", unsure, unsure) if unsure or stopped is not None else None
