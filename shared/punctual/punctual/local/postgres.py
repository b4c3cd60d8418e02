"""PostgreSQL as a child process: initialised once, loopback only, fit for a laptop."""

import asyncio
import os
import re
import shutil
import signal
import tempfile
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from punctual.local.account import Account, storage
from punctual.local.errors import StackUnavailable
from punctual.local.places import Home
from punctual.local.postgres_binaries import Binaries, find_binaries
from punctual.local.process import Child, Spec, until
from punctual.local.tools import run_tool

SUPERUSER = "postgres"

_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "jit": "off",
    "min_wal_size": "80MB",
    "max_wal_size": "512MB",
    "max_wal_senders": "0",
    "wal_level": "minimal",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
}
_THROWAWAY = {"fsync": "off", "full_page_writes": "off", "autovacuum_naptime": "10min"}


@dataclass(frozen=True, slots=True)
class Postgres:
    """A running server. `dsn(database)` is the superuser's address of a database."""

    child: Child
    port: int
    password: str
    version: str

    def dsn(self, database: str = "postgres") -> str:
        """postgresql://… for asyncpg."""
        return superuser_dsn(self.port, self.password, database)


def superuser_dsn(port: int, password: str, database: str = "postgres") -> str:
    """The address of the server on that port, for its superuser."""
    return f"postgresql://{SUPERUSER}:{password}@127.0.0.1:{port}/{database}"


async def start_postgres(home: Home, port: int, password: str, *, durable: bool = True) -> Postgres:
    """Initialise the data if there are none, start the server, wait until it answers.

    Without `durable` a crash may cost the data (for tests). Raises StackUnavailable.
    """
    place, account = storage(home)
    data = place / "data"
    if account is None:
        data.mkdir(mode=0o700, exist_ok=True)
    binaries = await asyncio.to_thread(find_binaries, _major(data), stepping_down=account is not None)
    if _major(data) is None:
        await _initialise(binaries, data, account, password)
    settings = _SETTINGS | {"port": str(port)} | ({} if durable else _THROWAWAY)
    argv = [str(binaries.folder / "postgres"), "-D", str(data)]
    for name, value in settings.items():
        argv += ["-c", f"{name}={value}"]
    child = Child(
        Spec(
            "postgres",
            argv,
            home.log / "postgres.log",
            env=_environment(binaries),
            cwd=Path("/"),
            account=account,
            stop_signal=signal.SIGINT,  # its word for: end sessions, then stop cleanly
        )
    )
    server = Postgres(child, port, password, binaries.version)
    try:
        await until(child, lambda: _answers(server), within=30)
    except BaseException:
        await child.stop()
        raise
    return server


async def _answers(server: Postgres) -> bool:
    try:
        connection = await asyncpg.connect(server.dsn(), timeout=2, ssl=False)
    except (OSError, TimeoutError, asyncpg.CannotConnectNowError):
        return False
    except asyncpg.InvalidPasswordError as error:
        raise StackUnavailable(
            "PostgreSQL's data were made with other secrets than those kept beside them: "
            "bring the file `secrets` back, or remove the whole folder to begin anew."
        ) from error
    await connection.close()
    return True


def _major(data: Path) -> int | None:
    """The major version that made the data; None where there are none yet."""
    try:
        return int((data / "PG_VERSION").read_text())
    except FileNotFoundError:
        return None


async def _initialise(binaries: Binaries, data: Path, account: Account | None, password: str) -> None:
    for rest in data.iterdir():  # what an interrupted first start left
        shutil.rmtree(rest) if rest.is_dir() else rest.unlink()
    with tempfile.NamedTemporaryFile("w", dir=data.parent, prefix="password-") as file:
        file.write(password)
        file.flush()
        if account:
            os.chown(file.name, account.uid, account.gid)
        code, said = await run_tool(
            binaries.folder / "initdb",
            *("-D", data, "-U", SUPERUSER, f"--pwfile={file.name}", "--auth=scram-sha-256"),
            *("--encoding=UTF8", "--locale=C", "--no-sync", "--no-instructions"),
            env=_environment(binaries),
            cwd=Path("/"),
            account=account,
        )
    if code != 0:
        reason = re.sub(r"\s+", " ", said)[-300:]
        raise StackUnavailable(f"PostgreSQL could not lay out its data in {data}: {reason}")


def _environment(binaries: Binaries) -> dict[str, str]:
    return {"PATH": f"{binaries.folder}:{os.environ.get('PATH', '')}", "LC_ALL": "C", "TZ": "UTC"}
