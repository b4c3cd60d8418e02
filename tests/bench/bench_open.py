"""Ticket creation over HTTP: durable, 16 connections, the relay running."""

import asyncio
import json
import shutil
import tempfile
from pathlib import Path

from tests.bench.client import hammer
from tests.bench.figures import Figure, percentile
from tests.bench.place import Place
from tests.desk import free_port

CONNECTIONS = 16
SECONDS = 8.0
TICKET = {
    "severity": 2,
    "priority": "high",
    "title": "The export fails",
    "description": "Since this morning every export of the quarterly report ends with error 17. " * 3,
    "details": {"product": "Aurora", "product_version": "4.2", "os": "Debian", "os_version": "12"},
}
PGBENCH = """
INSERT INTO bench (stream_id, version, event_id, data, meta)
VALUES (gen_random_uuid()::text, 1, gen_random_uuid(), '{data}', '{{"actor": "a", "role": "requester"}}');
"""


async def run(place: Place) -> list[Figure]:
    """Tickets a second beside an empty endpoint and beside pgbench's bare insert, and how long each took."""
    port = free_port()
    body = json.dumps(TICKET).encode()
    async with place.process("empty", "-m", "tests.bench.empty", str(port)), place.service("intake"):
        account = await place.account()
        authorization = f"Authorization: {place.token('requester', account)}\r\n"

        def keyed(n: int) -> str:
            return f"{authorization}Idempotency-Key: bench-{n}-{id(body)}\r\n"

        await asyncio.sleep(1)
        path = "/v1/tickets"
        await hammer(place.ports["intake"], path, body, lambda n: authorization, connections=4, seconds=2, expect=201)
        empty, _ = await hammer(port, "/", body, lambda n: "", connections=CONNECTIONS, seconds=4, expect=201)
        opened, took = await hammer(
            place.ports["intake"], path, body, keyed, connections=CONNECTIONS, seconds=SECONDS, expect=201
        )
        empty2, _ = await hammer(port, "/", body, lambda n: "", connections=CONNECTIONS, seconds=4, expect=201)
    bare = (empty + empty2) / 2
    figures = [
        Figure("tickets opened over HTTP", opened, "/s", "an empty FastAPI endpoint", bare, "ratio ≥ 0.40"),
        Figure("opening a ticket, p50", percentile(took, 0.5) * 1000, "ms"),
        Figure("opening a ticket, p99", percentile(took, 0.99) * 1000, "ms", reach_for="≤ 30 ms"),
    ]
    if pgbench := shutil.which("pgbench"):
        inserted = await _pgbench(place, pgbench)
        figures.append(Figure("tickets opened over HTTP", opened, "/s", "pgbench, the same insert", inserted))
    return figures


async def _pgbench(place: Place, pgbench: str) -> float:
    dsn = place.stack.dsns("intake").owner
    import asyncpg

    connection = await asyncpg.connect(dsn)
    await connection.execute(
        "CREATE TABLE IF NOT EXISTS bench (stream_id text, version int, event_id uuid, data json, meta json, "
        "PRIMARY KEY (stream_id, version), UNIQUE (event_id))"
    )
    await connection.close()
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "insert.sql"
        script.write_text(PGBENCH.format(data=json.dumps(TICKET).replace("'", "''")))
        argv = ["-n", "-f", str(script), "-c", str(CONNECTIONS), "-j", "2", "-T", "5", dsn]
        process = await asyncio.create_subprocess_exec(
            pgbench, *argv, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
        )
        said, _ = await process.communicate()
    line = next(line for line in said.decode().splitlines() if line.startswith("tps"))
    return float(line.split("=")[1].split()[0])
