"""Run by the code of one release or another: all services take in, by their own consumers, what is on every topic.

python taking_in.py TOLD.json
"""

import asyncio
import json
import sys
from base64 import b64decode
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

from contracts.names import KEYS, SETTLED, SHARDS, TOPICS
from kit.bus import Message
from kit.clock import AcceleratedClock
from kit.memory_bus import MemoryBus
from kit.postgres import PostgresStore

try:
    from kit.consume import redrive
    from kit.process.service import Service
    from kit.process.settings import Common
    from kit.process.wiring import WiredService

    def wired_on(service: Service, own: Any, store: PostgresStore, bus: MemoryBus, clock: Any) -> WiredService:
        return WiredService(service, Common.model_construct(master_key=bytes(32)), own, store, bus, clock)

except ImportError:  # the release before had other rooms
    from kit.service import Service  # type: ignore[import-not-found,no-redef]
    from kit.wiring import Wired as WiredService  # type: ignore[import-not-found,no-redef]

    from kit import redrive  # type: ignore[attr-defined,no-redef]

    def wired_on(service: Service, own: Any, store: PostgresStore, bus: MemoryBus, clock: Any) -> WiredService:
        return WiredService(service, own, store, bus, clock, master_key=bytes(32))  # type: ignore[call-arg,arg-type]


WAIT_LIMIT_SECONDS = 60.0


class Heard(MemoryBus):
    """What others said. What a service said itself is in no database here, and nothing of it was lost."""

    async def beyond(self, topic: str, offsets: Mapping[int, int]) -> AsyncIterator[Sequence[Message]]:
        """Nothing that a log lacks."""
        for place in ():  # type: ignore[var-annotated]
            yield place


async def consume(service: Service, dsn: str, bus: MemoryBus) -> dict[str, Any]:
    """What became of the records at a service, in its own database."""
    store = await PostgresStore.connect(dsn, service.topic, size=3)
    try:
        own = service.settings.model_construct(database_url=dsn, port=0)
        start = datetime(2026, 7, 13, 12, tzinfo=UTC)
        clock = AcceleratedClock(1.0, start, datetime.now(UTC))
        quiet = replace(service, parts=())  # only what consumes
        wired = wired_on(quiet, own, store, bus, clock)
        await wired.prepare()
        assert wired.consumer
        parts = [asyncio.create_task(part) for part in (wired.consumer.run(), *wired.lasting())]
        try:
            async with asyncio.timeout(WAIT_LIMIT_SECONDS):
                while not all_applied(bus, wired):  # noqa: ASYNC110
                    await asyncio.sleep(0.05)
        finally:
            for part in parts:
                part.cancel()
            await asyncio.gather(*parts, return_exceptions=True)
        written = (await store.query("SELECT count(*) AS n FROM events WHERE stream_id NOT LIKE 'policy-%'"))[0]["n"]
        parked = [[one.source, one.seq, one.reason] for one in await redrive.parked(store)]
        return {"parked": parked, "written": written}
    finally:
        await store.close()


def all_applied(bus: MemoryBus, wired: WiredService) -> bool:
    """Whether its cursors stand at the end of all that it listens to."""
    assert wired.consumer
    cursors = wired.consumer.backlog.cursors
    heard = {place: log for place, log in bus.logs.items() if place[0] in wired.service.listens and log}
    return all(place in cursors and cursors[place].koffset == len(log) for place, log in heard.items())


async def main(where: Path) -> None:
    """All services, one after the other."""
    told = json.loads(where.read_text())
    bus = Heard(dict.fromkeys(TOPICS, SHARDS) | {KEYS: SHARDS, SETTLED: 1})
    for topic, shard, key, value, headers in told["records"]:
        bus.put(topic, shard, key.encode(), b64decode(value), [(name, b64decode(text)) for name, text in headers])
    for subject, wrapped in told["keys"]:
        bus.put(KEYS, 0, subject.encode(), b64decode(wrapped), [])
    found: dict[str, Any] = {}
    for point in entry_points(group="punctual.services"):
        found[point.name] = await consume(point.load(), told["databases"][point.name], bus)
    Path(told["answer"]).write_text(json.dumps(found))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
