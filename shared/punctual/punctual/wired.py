"""A service as a command gets hold of it: wired to its database, without any of its parts running."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import entry_points

import typer

from kit.kafka import KafkaBus
from kit.postgres import PostgresStore
from kit.process.settings import SettingsError, load
from kit.process.wiring import WiredService
from punctual.local.errors import StackUnavailable


@asynccontextmanager
async def wired(name: str) -> AsyncIterator[WiredService]:
    """A service on the database that the environment names, its policies read. Raises StackUnavailable."""
    published = {point.name: point for point in entry_points(group="punctual.services")}
    if name not in published:
        raise typer.BadParameter(f"there is no service {name!r}; there are: {', '.join(sorted(published))}")
    service = published[name].load()
    try:
        common, own = load(name, service.settings)
    except SettingsError as error:
        raise StackUnavailable(
            f"{name} can't be reached with these settings; no desk runs here either:\n{error}"
        ) from error
    store = await PostgresStore.connect(own.database_url, service.topic, size=2)
    try:
        bus = KafkaBus(common.kafka, common.topic_prefix)
        found = WiredService(service, common, own, store, bus, common.clock())
        async with store.transaction() as tx:
            await found.book.load(tx)
        yield found
    finally:
        await store.close()
