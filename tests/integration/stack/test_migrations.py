"""A migration that finds its table held by a long reader waits in short turns: those who write get on meanwhile."""

import asyncio
from pathlib import Path

import asyncpg
import pytest
from tests.conftest import Factory

from punctual.local.databases import Dsns
from punctual.local.migrations import MigrationFailed, migrate

UP = """-- migrate:up
{timeout}
ALTER TABLE held ADD COLUMN more integer;

-- migrate:down
ALTER TABLE held DROP COLUMN more;
"""
FIRST = """-- migrate:up
CREATE TABLE held (n integer);

-- migrate:down
DROP TABLE held;
"""


@pytest.fixture
async def dsns(database: Factory) -> Dsns:
    return await database("kit")


def written(folder: Path, timeout: str) -> list[Path]:
    (folder / "20990101000000_held.sql").write_text(FIRST)
    (folder / "20990101000001_more.sql").write_text(UP.format(timeout=timeout))
    return [folder]


@pytest.mark.parametrize("setting", ["SET LOCAL lock_timeout = '300ms';", ""], ids=["as the lint asks", "forgotten"])
async def test_behind_a_long_reader_it_tries_again_and_inserts_go_on(dsns: Dsns, tmp_path: Path, setting: str) -> None:
    folders = written(tmp_path, setting)
    owner = await asyncpg.connect(dsns.owner)
    dump = await asyncpg.connect(dsns.owner, server_settings={"application_name": "pg_dump"})
    said: asyncio.Queue[str] = asyncio.Queue()
    try:
        # The first migration is in place before the reader comes.
        (tmp_path / "later").mkdir()
        (tmp_path / "20990101000001_more.sql").rename(tmp_path / "later" / "more.sql")
        await migrate(dsns.owner, folders)
        (tmp_path / "later" / "more.sql").rename(tmp_path / "20990101000001_more.sql")
        reading = dump.transaction()
        await reading.start()
        await dump.fetch("SELECT * FROM held")

        migrating = asyncio.create_task(migrate(dsns.owner, folders, say=said.put_nowait))
        for number in range(3):
            async with asyncio.timeout(60):
                waits = await said.get()
                assert f"Session {dump.get_server_pid()} (pg_dump, " in waits
                await owner.execute("INSERT INTO held (n) VALUES ($1)", number)  # while the reader reads on
        assert not migrating.done()

        await reading.rollback()
        async with asyncio.timeout(60):
            assert "20990101000001_more.sql" in await migrating
        rows = [tuple(row) for row in await owner.fetch("SELECT n, more FROM held ORDER BY n")]
        assert rows == [(0, None), (1, None), (2, None)]
    finally:
        await dump.close()
        await owner.close()


async def test_when_it_gives_up_it_names_who_is_in_the_way(dsns: Dsns, tmp_path: Path) -> None:
    folders = written(tmp_path, "SET LOCAL lock_timeout = '100ms';")
    owner = await asyncpg.connect(dsns.owner)
    try:
        await owner.execute("CREATE TABLE held (n integer)")
        (tmp_path / "20990101000000_held.sql").unlink()
        async with owner.transaction():
            await owner.fetch("SELECT * FROM held")
            with pytest.raises(MigrationFailed, match=f"Session {owner.get_server_pid()} .* run this again"):
                await migrate(dsns.owner, folders, lock_timeout_seconds=0)
    finally:
        await owner.close()


async def test_a_migration_that_is_wrong_is_not_tried_again(dsns: Dsns, tmp_path: Path) -> None:
    said: list[str] = []
    folders = written(tmp_path, "")
    (tmp_path / "20990101000000_held.sql").unlink()
    with pytest.raises(MigrationFailed, match="held"):
        await migrate(dsns.owner, folders, say=said.append)
    assert said == []
