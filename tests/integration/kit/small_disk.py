"""A disk that is soon full, for a database: only where we may mount one, and share it with the server."""

import asyncio
import os
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import asyncpg


class NotMounted(Exception):
    """Nothing can be mounted here."""


@dataclass(frozen=True, slots=True)
class SmallDisk:
    """64 MB of which `fill` leaves nothing."""

    folder: Path

    def fill(self) -> None:
        """Until there is no space left."""
        with self._waste.open("wb", buffering=0) as file, suppress(OSError):
            while True:
                file.write(b"\0" * 4096)

    def free(self) -> None:
        """All that was filled."""
        self._waste.unlink()

    @property
    def _waste(self) -> Path:
        return self.folder / "waste"


@contextmanager
def small_disk() -> Iterator[SmallDisk]:
    """Raises NotMounted."""
    folder = Path(tempfile.mkdtemp(prefix="punctual-disk-"))  # in pytest's own folders nobody else may look
    folder.chmod(0o755)
    mount = ["mount", "-t", "tmpfs", "-o", "size=64m", "tmpfs", str(folder)]
    try:
        mounted = subprocess.run(mount, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        mounted = False
    try:
        if not mounted:
            raise NotMounted("nothing can be mounted here")
        yield SmallDisk(folder)
    finally:
        if mounted:
            subprocess.run(["umount", "--lazy", str(folder)], check=True)
        folder.rmdir()


@asynccontextmanager
async def kept_on(disk: SmallDisk, superuser: str, database: str) -> AsyncIterator[None]:
    """Keep a database there meanwhile. Nobody may be connected to it before and afterwards."""
    space = disk.folder / "space"
    space.mkdir()
    admin = await asyncpg.connect(superuser)
    try:
        owner = Path(await admin.fetchval("SHOW data_directory")).stat()
        os.chown(space, owner.st_uid, owner.st_gid)
        await admin.execute(f"CREATE TABLESPACE {database} LOCATION '{space}'")
        await admin.execute(f'ALTER DATABASE "{database}" SET TABLESPACE {database}')
        try:
            yield
        finally:
            await _leave(admin, database)
            await admin.execute(f"DROP TABLESPACE {database}")
    finally:
        await admin.close()


async def _leave(admin: "asyncpg.Connection[asyncpg.Record]", database: str) -> None:
    async with asyncio.timeout(20):
        while True:  # the sessions of a process that was killed take a moment to end
            with suppress(asyncpg.ObjectInUseError):
                await admin.execute(f'ALTER DATABASE "{database}" SET TABLESPACE pg_default')
                return
            await asyncio.sleep(0.1)
