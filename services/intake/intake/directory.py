"""Which subject an address stands for: mail and portal lead to the same one, and no address is kept to know it."""

import hmac
from hashlib import sha256

_PURPOSE = b"punctual.subjects\x00"


class Directory:
    """Turns addresses into what the table `subjects` is keyed by. `master`: the installation's master key."""

    def __init__(self, master: bytes) -> None:
        self._master = master

    def digest(self, email: str) -> bytes:
        """32 bytes that stand for the address, whatever the case of its letters."""
        return hmac.digest(self._master, _PURPOSE + email.strip().lower().encode("utf-8", "replace"), sha256)
