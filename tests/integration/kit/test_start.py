"""What a service needs at its start and doesn't find, it waits for, with its door open, and names it."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx2
import pytest
from tests.conftest import Factory
from tests.desk import SECRET, eventually, free_port
from tests.integration.kit.proxy import proxied
from tests.integration.kit.serving import Serving, serving
from tests.stack import Addresses

from kit.http.auth import Caller, issue
from punctual.local.databases import readdress
from punctual.local.migrations import folders, migrate

BODY = {"name": "A customer", "tier": "patrol", "domains": ["start.example"]}


@pytest.fixture
async def intake(stack: Addresses, database: Factory, intake_prefix: str, tmp_path: Path) -> AsyncIterator[Serving]:
    async with serving("intake", stack, database, intake_prefix, tmp_path) as one:
        yield one


async def ask(service: Serving, path: str) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=service.url, timeout=20) as client:
        return await client.get(path)


async def post(service: Serving) -> httpx2.Response:
    """Register an account."""
    token = issue(SECRET, Caller("an-admin", "admin", None, None), now=time.time())
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": str(uuid4())}
    async with httpx2.AsyncClient(base_url=service.url, timeout=20) as client:
        return await client.post("/v1/accounts", json=BODY, headers=headers)


@asynccontextmanager
async def listening(port: int, servers: str) -> AsyncIterator[None]:
    """From now on the broker answers there, too."""
    host, _, there = servers.rpartition(":")

    async def pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while chunk := await reader.read(65536):
            writer.write(chunk)
        writer.close()

    async def serve(client: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        server, out = await asyncio.open_connection(host, int(there))
        await asyncio.gather(pipe(client, out), pipe(server, back), return_exceptions=True)
        out.close()
        back.close()

    async with await asyncio.start_server(serve, "127.0.0.1", port):
        yield


async def test_without_a_broker_the_door_is_open_and_what_is_written_waits(intake: Serving, stack: Addresses) -> None:
    port = free_port()
    await intake.start(PUNCTUAL_KAFKA=f"127.0.0.1:{port}")
    await intake.ready()
    assert (await post(intake)).status_code == 201
    await asyncio.sleep(3)  # in which it would have ended
    status, report = await intake.condition()
    assert (status, report["troubles"]) == (200, [])
    assert f"is the broker at 127.0.0.1:{port} well?" in report["warnings"][0]

    async with listening(port, stack.kafka):

        async def relayed() -> bool:
            lags = (await intake.condition())[1]["consumers"]
            return await asked(intake, "SELECT sum(seq) FROM consumer_cursor") == 1 and [c["lag"] for c in lags] == [0]

        await eventually(relayed, 60)


async def asked(service: Serving, query: str) -> object:
    connection = await asyncpg.connect(service.dsns.app)
    try:
        return await connection.fetchval(query)
    finally:
        await connection.close()


async def test_without_a_broker_who_consumes_is_not_ready_and_names_it(
    stack: Addresses, database: Factory, prefix: str, tmp_path: Path
) -> None:
    port = free_port()
    async with serving("sla-timer", stack, database, prefix, tmp_path) as timer:
        await timer.start(PUNCTUAL_KAFKA=f"127.0.0.1:{port}")
        await timer.troubled("nothing has been fetched yet", f"the broker at 127.0.0.1:{port}")
        assert (await ask(timer, "/startupz")).status_code == 200  # its policy is published, its clocks can be read
        assert await asked(timer, "SELECT count(*) FROM policies") == 1
        async with listening(port, stack.kafka):
            await timer.ready()


async def test_without_its_database_it_waits_with_its_door_open_and_names_it(intake: Serving) -> None:
    password = intake.dsns.app.split("@")[0].rpartition(":")[2]
    async with proxied(intake.dsns.app) as proxy:
        proxy.refusing = True
        await intake.start(PUNCTUAL_INTAKE_DATABASE_URL=proxy.dsn)
        place = proxy.dsn.rpartition("@")[2].partition("?")[0]
        trouble = await intake.troubled(f"starting: the database at {place} can't be reached")
        assert "does PUNCTUAL_INTAKE_DATABASE_URL name it?" in trouble
        assert (await ask(intake, "/livez")).status_code == 200
        assert (await ask(intake, "/startupz")).status_code == 503
        refused = await post(intake)
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
        assert refused.json()["title"] == "The service is starting, and waits for what it stands on."
        assert place not in refused.text

        proxy.refusing = False
        await intake.ready()
        assert (await post(intake)).status_code == 201
    lines = intake.lines("waiting to start")
    assert lines
    assert all(line["level"] == "error" and place in line["reason"] for line in lines)
    assert password not in intake.said() + intake.complained()


async def test_asked_to_stop_while_it_waits_it_ends(intake: Serving) -> None:
    await intake.start(PUNCTUAL_INTAKE_DATABASE_URL=f"postgresql://intake:x@127.0.0.1:{free_port()}/intake")
    await intake.troubled("can't be reached")
    intake.signal(signal.SIGTERM)
    assert await intake.ended() == 0
    assert "Traceback" not in intake.said() + intake.complained()


async def test_what_the_server_refuses_is_waited_for_and_named(intake: Serving, stack: Addresses) -> None:
    wrong = readdress(intake.dsns.app, user="intake", password="wrong", database="intake")
    if await trusting(wrong):
        pytest.skip("this server asks for no password")
    await intake.start(PUNCTUAL_INTAKE_DATABASE_URL=wrong)
    await intake.troubled("refuses our role", "correct PUNCTUAL_INTAKE_DATABASE_URL, or run `punctual prepare`")
    assert intake.process
    intake.process.kill()
    await intake.ended()
    await intake.start(PUNCTUAL_INTAKE_DATABASE_URL=intake.dsns.app + "_that_is_none")
    await intake.troubled("does not exist", "run `punctual prepare`")


async def trusting(dsn: str) -> bool:
    try:
        await (await asyncpg.connect(dsn)).close()
    except asyncpg.InvalidPasswordError:
        return False
    except asyncpg.InvalidCatalogNameError:
        pass
    return True


async def test_a_schema_that_is_missing_or_older_is_named_and_waited_for(intake: Serving) -> None:
    owner = await asyncpg.connect(intake.dsns.owner)
    try:
        await owner.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        await intake.start()
        await intake.troubled("the database of intake lacks ", "20261101000000_log", "punctual migrate intake")
        await migrate(intake.dsns.owner, folders("intake"))
        await intake.ready()
        assert intake.process
        intake.process.kill()
        await intake.ended()

        # An older one: written by a version that knew nothing of the last two.
        last, before = await owner.fetch("SELECT version FROM schema_migrations ORDER BY version DESC LIMIT 2")
        await owner.execute("DELETE FROM schema_migrations WHERE version >= $1", before[0])
        await intake.start()
        trouble = await intake.troubled("lacks 2 of ", f"{before[0]}_", f"{last[0]}_")
        assert "20261101000000_log" not in trouble
        # And a newer one, as while a rolling upgrade is under way.
        for version in (before[0], last[0], "99990101000000"):
            await owner.execute("INSERT INTO schema_migrations (version) VALUES ($1)", version)
        await intake.ready()
        intake.process.kill()
        await intake.ended()

        # One that is so old that we may not even look.
        await owner.execute("REVOKE SELECT ON schema_migrations FROM intake")
        await intake.start()
        await intake.troubled("lacks 1 of ", "_readiness")
    finally:
        await owner.close()
