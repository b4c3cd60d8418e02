"""PostgreSQL refuses to run as root: then it runs under an account without rights, in a folder that it can reach."""

import hashlib
import os
import pwd
import shutil
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from punctual.local.errors import StackUnavailable
from punctual.local.places import Home

VAR = Path("/var/lib/punctual")
_MONTH_SECONDS = 30 * 24 * 60 * 60


@dataclass(frozen=True, slots=True)
class Account:
    """The account under which root runs PostgreSQL."""

    uid: int
    gid: int


def is_root() -> bool:
    """Whether we run as root."""
    return os.geteuid() == 0


def storage(home: Home) -> tuple[Path, Account | None]:
    """The folder for the database's data and whom it belongs to; None: to us.

    As root the data lie outside the home, which may be under a folder that nobody else may enter, and
    `home.postgres` links there. Raises StackUnavailable if there is no such place or account.
    """
    if not is_root():
        home.postgres.mkdir(mode=0o700, exist_ok=True)
        return home.postgres, None
    place = VAR / hashlib.sha256(str(home.path.resolve()).encode()).hexdigest()[:16]
    ours = home.postgres.is_symlink() and home.postgres.readlink() == place
    try:
        VAR.mkdir(mode=0o755, parents=True, exist_ok=True)
        sweep(place if not ours else None)
        if not ours:
            home.postgres.unlink(missing_ok=True)
            home.postgres.symlink_to(place)  # before the folder is there, or another stack's sweep would take it
        place.mkdir(mode=0o755, exist_ok=True)
        (place / "home").write_text(str(home.path.resolve()))
        account = _account(place / "data")
        (place / "data").mkdir(mode=0o700, exist_ok=True)
        os.chown(place / "data", account.uid, account.gid)
    except OSError as error:
        raise StackUnavailable(f"{place} cannot be made ({error.strerror}): run as another user than root.") from error
    return place, account


def sweep(abandoned: Path | None = None) -> None:
    """Remove data whose home is gone (its passwords went with it), unless a server still runs there.

    A home may lie on a disk that is not mounted just now: only one in the temporary folder is taken for gone at once,
    others after a month without a start.
    """
    for place in VAR.iterdir() if VAR.is_dir() else ():
        if not (place / "home").is_file() or _served(place / "data"):
            continue
        home = Path((place / "home").read_text())
        claimed = (home / "postgres").is_symlink() and (home / "postgres").readlink() == place
        passing = home.is_relative_to(Path(tempfile.gettempdir()).resolve())
        old = time.time() - (place / "home").stat().st_mtime > _MONTH_SECONDS
        if place == abandoned or (not claimed and (passing or old)):
            shutil.rmtree(place, ignore_errors=True)


def _served(data: Path) -> bool:
    try:
        pid = int((data / "postmaster.pid").read_text().split()[0])
        return str(data).encode() in Path(f"/proc/{pid}/cmdline").read_bytes()
    except (OSError, ValueError, IndexError):
        return False


def _account(data: Path) -> Account:
    if data.is_dir() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):  # initdb wants an account that has a name
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise StackUnavailable("PostgreSQL refuses to run as root and there is no account `nobody`: run as another user.")
