"""A folder on an IMAP server. All of this waits for the server: it is called in a thread, one call at a time.

A mail stays as it is, also unread, until we say that it is stored. Then it is moved, or it gets a mark of our own: that
it was read says nothing, since people read mails too.
"""

import contextlib
import imaplib
import re
import socket
import ssl
from collections.abc import Collection
from typing import Any, NamedTuple

from imap_tools.errors import ImapToolsError
from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.utils import encode_folder

from intake.settings import Settings

TIMEOUT_SECONDS = 15.0
"""How long the server may be silent."""
MAILS_AT_ONCE = 200
"""Of how many mails the sizes are asked at a time."""
MARK = "PunctualStored"
"""The keyword of a mail that is stored."""
AWAY = (imaplib.IMAP4.error, ImapToolsError, OSError, EOFError)
"""What is raised if the server is away, or doesn't do what it is asked."""
_SIZE = re.compile(rb"UID (\d+)[^()]*RFC822\.SIZE (\d+)|RFC822\.SIZE (\d+)[^()]*UID (\d+)")


class KeepsNoMarks(ImapToolsError):
    """The folder keeps no marks of ours: name one in PUNCTUAL_INTAKE_IMAP_STORED_FOLDER, to which mails are moved."""

    def __str__(self) -> str:
        return " ".join((self.__doc__ or "").split())


class Waiting(NamedTuple):
    """A mail that is not stored yet. `size` is in bytes."""

    uid: int
    size: int


class Folder:
    """The folder that the settings name, once it is open."""

    def __init__(self, own: Settings) -> None:
        """Connect. Raises AWAY."""
        self._stored_folder = own.imap_stored_folder
        self._box = _connected(own)
        try:
            _log_in(self._box, own)
            self._select(own.imap_folder)
        except BaseException:
            self.drop()
            raise

    def _select(self, name: str) -> None:
        _, told = self._box.client.capability()
        self._can = frozenset(b" ".join(told).upper().split())
        if self._stored_folder and not self._box.folder.exists(self._stored_folder):
            self._box.folder.create(self._stored_folder)
        self._box.folder.set(name)
        _, flags = self._box.client.response("PERMANENTFLAGS")
        kept = b" ".join(one for one in flags or () if one)
        if not self._stored_folder and b"\\*" not in kept and MARK.encode() not in kept:
            raise KeepsNoMarks

    def waiting(self, but: Collection[int]) -> list[Waiting]:
        """The next mails that are not stored yet, but those, the oldest first. Raises AWAY."""
        self._box.client.noop()
        unmarked = "UNDELETED" if self._stored_folder else f"UNDELETED UNKEYWORD {MARK}"
        found = sorted(map(int, self._box.uids(unmarked, charset=None)))
        uids = [str(uid) for uid in found if uid not in but][:MAILS_AT_ONCE]
        told = b"\n".join(self._told(",".join(uids))) if uids else b""
        return sorted(Waiting(int(a or d), int(b or c)) for a, b, c, d in _SIZE.findall(told))

    def fetch(self, uid: int) -> bytes | None:
        """A mail as it came; None if it is there no longer. Raises AWAY."""
        literal = (one for one in self._answer("FETCH", str(uid), "(BODY.PEEK[])") if isinstance(one, tuple))
        return next((content for _, content in literal), None)

    def is_stored(self, uid: int) -> None:
        """Take a mail out of those that wait. Raises AWAY."""
        if not self._stored_folder:
            self._answer("STORE", str(uid), "+FLAGS.SILENT", f"({MARK})")
        elif b"MOVE" in self._can:
            self._answer("MOVE", str(uid), encode_folder(self._stored_folder))
        else:  # it is expunged with what people have deleted
            self._answer("COPY", str(uid), encode_folder(self._stored_folder))
            self._answer("STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")

    def close(self) -> None:
        """Say goodbye."""
        with contextlib.suppress(*AWAY):
            self._box.client.logout()

    def hang_up(self) -> None:
        """End the connection at once, so that a call which waits for it fails. This one may be made meanwhile."""
        with contextlib.suppress(OSError):
            self._box.client.sock.shutdown(socket.SHUT_RDWR)

    def drop(self) -> None:
        """Give up the connection without a word."""
        self.hang_up()
        with contextlib.suppress(*AWAY):
            self._box.client.shutdown()

    def _told(self, uids: str) -> list[bytes]:
        return [one for one in self._answer("FETCH", uids, "(RFC822.SIZE)") if isinstance(one, bytes)]

    def _answer(self, command: str, *words: Any) -> list[Any]:
        status, answer = self._box.client.uid(command, *words)
        if status != "OK":
            raise imaplib.IMAP4.error(f"{command}: {status} {answer!r}")
        return [one for one in answer if one is not None]


def _connected(own: Settings) -> BaseMailBox:
    host, port = own.imap_host, own.imap_port
    if own.imap_tls == "none":
        return MailBoxUnencrypted(host, port, timeout=TIMEOUT_SECONDS)
    context = ssl.create_default_context(cafile=str(own.imap_tls_ca) if own.imap_tls_ca else None)
    kind = MailBoxStartTls if own.imap_tls == "starttls" else MailBox
    return kind(host, port, timeout=TIMEOUT_SECONDS, ssl_context=context)


def _log_in(box: BaseMailBox, own: Settings) -> None:
    assert own.imap_password_file is not None
    password = own.imap_password_file.read_text(encoding="utf-8").strip("\r\n")
    if (own.imap_user + password).isascii():
        box.login(own.imap_user, password, initial_folder=None)
    else:
        box.login_utf8(own.imap_user, password, initial_folder=None)
