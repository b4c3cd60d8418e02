"""States folded from a service's log, and nothing else: the fastest way through it."""

from collections.abc import Mapping
from contextlib import aclosing
from typing import Any

import asyncpg

from contracts.codec import decode
from kit.decider import Decider
from kit.replay.replay import uncollected
from punctual.replay.postgres import EVENTS, read


async def fold(connection: asyncpg.Connection, decider: Decider, upto: Mapping[int, int]) -> dict[str, Any]:
    """The state of each stream, each shard's log up to that event. Envelopes (who, when, why) are not decoded."""
    states: dict[str, Any] = {}
    initial, evolve = decider.INITIAL, decider.evolve
    with uncollected():
        async with aclosing(read(connection, EVENTS, upto)) as batches:
            async for rows in batches:
                for stream, name, version, data in rows:
                    states[stream] = evolve(states.get(stream, initial), decode(name, version, data))
    return states
