"""A service whose database can be read and not written is not ready, and says why; afterwards it goes on by itself."""

import os
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import IO

import asyncpg
import pytest
from tests.conftest import Factory
from tests.integration.kit.serving import Serving, serving
from tests.integration.kit.test_start import post
from tests.stack import Addresses


@pytest.fixture
async def intake(stack: Addresses, database: Factory, prefix: str, tmp_path: Path) -> AsyncIterator[Serving]:
    async with serving("intake", stack, database, prefix, tmp_path) as one:
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
def small_disk(stack: Addresses) -> Iterator[Path]:
    """A disk of 64 MB that can be filled; only where we may mount one, and share it with the server."""
    if stack.kind != "embedded":
        pytest.skip("the server is elsewhere")
    folder = Path(tempfile.mkdtemp(prefix="punctual-disk-"))  # in pytest's own folders nobody else may look
    folder.chmod(0o755)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)], check=False).returncode:
        folder.rmdir()
        pytest.skip("nothing can be mounted here")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


def grow(file: IO[bytes]) -> None:
    while True:
        file.write(b"\0" * 4096)


async def test_a_database_on_a_full_disk_is_not_ready_until_there_is_space_again(
    intake: Serving, admin: asyncpg.Connection, small_disk: Path
) -> None:
    name = intake.dsns.app.rpartition("/")[2]
    space = small_disk / "space"
    space.mkdir()
    owner = Path(await admin.fetchval("SHOW data_directory")).stat()
    os.chown(space, owner.st_uid, owner.st_gid)
    await admin.execute(f"CREATE TABLESPACE {name} LOCATION '{space}'")
    try:
        await admin.execute(f'ALTER DATABASE "{name}" SET TABLESPACE {name}')
        await intake.start()
        await intake.ready()
        fill = small_disk / "fill"
        with fill.open("wb", buffering=0) as file, pytest.raises(OSError, match="No space"):
            grow(file)
        trouble = await intake.troubled(f"/{name} has no space left on its disk")
        assert "free some, or enlarge the volume" in trouble
        fill.unlink()
        await intake.ready()
        assert (await post(intake)).status_code == 201
    finally:
        if intake.process and intake.process.returncode is None:
            intake.process.kill()
            await intake.ended()
        await admin.execute(f'ALTER DATABASE "{name}" SET TABLESPACE pg_default')
        await admin.execute(f"DROP TABLESPACE {name}")
