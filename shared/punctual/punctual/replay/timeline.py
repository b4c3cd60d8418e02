"""One ticket's events in all services, in the order in which they were recorded."""

from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import msgspec
from rich.console import Console
from rich.table import Table

from contracts.names import shard_of
from contracts.sealing import PREFIX
from kit.service import Service

EVENTS = """
SELECT recorded_at, stream_id, version, type, data, meta FROM events
WHERE shard = $1 AND stream_id LIKE '%' || $2 || '%' AND ($3::timestamptz IS NULL OR recorded_at < $3)
ORDER BY shard_seq
"""
DULL = {"ticket_id", "versions", "subject_id", "account_id"}


async def timeline(console: Console, services: list[tuple[Service, str]], ticket: UUID, until: datetime | None) -> None:
    """Print it."""
    found: list[tuple[datetime, int, str, Any]] = []
    for order, (service, dsn) in enumerate(services):
        connection = await asyncpg.connect(dsn)
        try:
            rows = await connection.fetch(EVENTS, shard_of(ticket), str(ticket), until)
        finally:
            await connection.close()
        found += [(row["recorded_at"], order, service.name, row) for row in rows]
    if not found:
        console.print(f"No event is about {ticket}.")
        return
    table = Table("recorded", "service", "event", "by", "says", show_lines=False)
    for recorded_at, _, name, row in sorted(found, key=lambda one: one[:2]):
        meta = msgspec.json.decode(row["meta"])
        moment = recorded_at.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        table.add_row(moment, name, row["type"], f"{meta['actor']} ({meta['role']})", _says(row["data"]))
    console.print(table)


def _says(data: str) -> str:
    values = msgspec.json.decode(data)
    shown = {name: value for name, value in values.items() if name not in DULL and value not in (None, [], {})}
    return ", ".join(
        f"{name}={'(sealed)' if isinstance(value, str) and value.startswith(PREFIX) else value}"
        for name, value in shown.items()
    )
