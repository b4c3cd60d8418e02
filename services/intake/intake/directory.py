"""Which subject an address stands for: mail and portal lead to the same one, and no address is kept to know it."""

import hmac
from hashlib import sha256

_ADDRESSES = b"punctual.subjects\x00"
_MESSAGE_IDS = b"punctual.message-ids\x00"


class Directory:
    """Turns addresses and Message-IDs into what tables are keyed by. `master`: the installation's master key."""

    def __init__(self, master: bytes) -> None:
        self._master = master

    def digest(self, email: str) -> bytes:
        """32 bytes that stand for the address, whatever the case of its letters."""
        return self._keyed(_ADDRESSES, email.strip().lower())

    def digest_of_message(self, message_id: str) -> bytes:
        """32 bytes that stand for the Message-ID."""
        return self._keyed(_MESSAGE_IDS, message_id)

    def _keyed(self, purpose: bytes, text: str) -> bytes:
        return hmac.digest(self._master, purpose + text.encode("utf-8", "replace"), sha256)
