"""A service whose database can be read and not written is not ready, and says why; afterwards it goes on by itself."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest
from tests.conftest import Factory
from tests.integration.kit.serving import Serving, serving
from tests.integration.kit.small_disk import NotMounted, SmallDisk, kept_on, small_disk
from tests.integration.kit.test_start import post
from tests.stack import Addresses


@pytest.fixture
async def intake(stack: Addresses, database: Factory, intake_prefix: str, tmp_path: Path) -> AsyncIterator[Serving]:
    async with serving("intake", stack, database, intake_prefix, tmp_path) as one:
        yield one


@pytest.fixture
async def admin(stack: Addresses) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(stack.postgres_superuser_dsn)
    yield connection
    await connection.close()


async def test_a_database_that_became_read_only_is_not_ready_until_it_takes_writes_again(
    intake: Serving, admin: asyncpg.Connection
) -> None:
    await intake.start()
    await intake.ready()
    name = intake.dsns.app.rpartition("/")[2]
    hang_up = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1"
    await admin.execute(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    await admin.execute(hang_up, name)
    trouble = await intake.troubled(f"/{name} takes no writes, it is read-only")
    assert "let PUNCTUAL_INTAKE_DATABASE_URL name the primary" in trouble
    await admin.execute(f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
    await admin.execute(hang_up, name)
    await intake.ready()
    assert (await post(intake)).status_code == 201


@pytest.fixture
def disk(stack: Addresses) -> Iterator[SmallDisk]:
    if stack.kind != "embedded":
        pytest.skip("the server is elsewhere")
    try:
        with small_disk() as one:
            yield one
    except NotMounted as error:
        pytest.skip(str(error))


async def test_a_database_on_a_full_disk_is_not_ready_until_there_is_space_again(
    intake: Serving, stack: Addresses, disk: SmallDisk
) -> None:
    name = intake.dsns.app.rpartition("/")[2]
    async with kept_on(disk, stack.postgres_superuser_dsn, name):
        try:
            await intake.start()
            await intake.ready()
            disk.fill()
            trouble = await intake.troubled(f"/{name} has no space left on its disk")
            assert "free some, or enlarge the volume" in trouble
            disk.free()
            await intake.ready()
            assert (await post(intake)).status_code == 201
        finally:
            if intake.process and intake.process.returncode is None:
                intake.process.kill()
                await intake.ended()
