"""A real IMAP server for a test: Dovecot, in a folder of its own."""

import asyncio
import contextlib
import getpass
import os
import shutil
import signal
import subprocess
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from imap_tools.mailbox import BaseMailBox, MailBoxUnencrypted
from tests.certificates import write_certificate
from tests.desk import eventually, free_port

USER, PASSWORD = "support@punctual.local", "sésame ouvre-toi"
KNOWN_VERSION = "2.3."
"""Later ones are configured otherwise."""

CONFIGURATION = """\
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/imap.pem
ssl_key = <{folder}/imap.key
disable_plaintext_auth = no
mail_location = maildir:{folder}/mail
mail_uid = {uid}
mail_gid = {gid}
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
passdb {{
  driver = passwd-file
  args = {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/home
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
}}
service stats {{
  chroot =
}}
"""


@dataclass
class Dovecot:
    """Where it is. `certificate`: whom to trust."""

    folder: Path
    port: int
    tls_port: int
    process: asyncio.subprocess.Process | None = None

    @property
    def certificate(self) -> Path:
        return self.folder / "imap.pem"

    async def start(self) -> None:
        """Start it, and wait until it answers."""
        command = (program(), "-F", "-c", str(self.folder / "dovecot.conf"))
        self.process = await asyncio.create_subprocess_exec(*command, start_new_session=True)

        async def answers() -> bool:
            assert self.process
            assert self.process.returncode is None, (self.folder / "log").read_text()
            try:
                _, writer = await asyncio.open_connection("127.0.0.1", self.port)
            except OSError:
                return False
            writer.close()
            return True

        await eventually(answers, 20)

    async def stop(self) -> None:
        """End it, with all sessions."""
        if self.process and self.process.returncode is None:
            os.killpg(self.process.pid, signal.SIGKILL)  # its sessions would live on for half a minute
            await self.process.wait()

    @contextlib.contextmanager
    def box(self, folder: str | None = "INBOX") -> Iterator[BaseMailBox]:
        """A session of a person."""
        with MailBoxUnencrypted("127.0.0.1", self.port, timeout=20) as box:
            yield box.login_utf8(USER, PASSWORD, initial_folder=folder)

    async def put(self, *mails: bytes) -> None:
        """Deliver mails to the inbox."""

        def append() -> None:
            with self.box() as box:
                for mail in mails:
                    box.append(mail)

        await asyncio.to_thread(append)

    async def flags(self, folder: str = "INBOX") -> list[tuple[str, ...]]:
        """Those of each mail, but for `\\Recent`."""

        def look() -> list[tuple[str, ...]]:
            with self.box(None) as box:
                if not box.folder.exists(folder):
                    return []
                box.folder.set(folder)
                found = list(box.fetch(mark_seen=False, headers_only=True))
                return [tuple(sorted(set(one.flags) - {"\\Recent"})) for one in found]

        return await asyncio.to_thread(look)


def program() -> str:
    return shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin") or ""


def missing() -> str:
    """Why there is no server for the test; empty: there is one."""
    if not program():
        return "there is no dovecot here: on Debian and Ubuntu, apt install dovecot-imapd"
    version = subprocess.run([program(), "--version"], capture_output=True, text=True, check=True).stdout
    return "" if version.startswith(KNOWN_VERSION) else f"dovecot {version.strip()} is configured otherwise than 2.3"


@asynccontextmanager
async def dovecot() -> AsyncIterator[Dovecot]:
    """A server with an empty inbox. Skips the test if there is none."""
    if why := missing():
        pytest.skip(why)
    folder = Path(tempfile.mkdtemp(prefix="dovecot-"))  # not below pytest's own, which only its user may enter
    folder.chmod(0o755)
    made = Dovecot(folder, free_port(), free_port())
    is_root = os.getuid() == 0
    me, group = getpass.getuser(), str(os.getgid())
    uid, gid = (65534, 65534) if is_root else (os.getuid(), os.getgid())
    for name in ("mail", "home"):
        (folder / name).mkdir()
        os.chown(folder / name, uid, gid)
    write_certificate(folder / "imap.pem", folder / "imap.key")
    (folder / "users").write_text(f"{USER}:{{PLAIN}}{PASSWORD}::::::\n")
    (folder / "dovecot.conf").write_text(
        CONFIGURATION.format(
            folder=folder,
            port=made.port,
            tls_port=made.tls_port,
            uid=uid,
            gid=gid,
            internal="dovecot" if is_root else me,
            group="dovecot" if is_root else group,
            login="dovenull" if is_root else me,
        )
    )
    try:
        await made.start()
        yield made
    finally:
        await made.stop()
        shutil.rmtree(folder, ignore_errors=True)
