"""Bytes of mails, sealed: under the key of their writer where there is one, else under the house's own."""

import hmac
import os
from hashlib import sha256
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contracts.errors import SealBroken
from kit.store import Tx
from kit.vault import Vault

NONCE_BYTES = 12
_PURPOSE = b"punctual.mails\x00"


class Erased(Exception):
    """The writer was erased: nobody can read this any more."""


class Safe:
    """Seals and opens. `master`: the installation's master key."""

    def __init__(self, master: bytes, vault: Vault) -> None:
        self._house = hmac.digest(master, _PURPOSE, sha256)
        self._vault = vault

    async def key(self, tx: Tx, subject: UUID | None, *, make: bool = False) -> bytes:
        """The key of a subject; of nobody: the house's. Raises Erased."""
        if subject is None:
            return self._house
        keys = await self._vault.keys(tx, {subject}, make=make)
        if subject not in keys:
            raise Erased
        return keys[subject]


def seal(key: bytes, data: bytes, place: str) -> bytes:
    """Nonce and ciphertext; it opens again with the same key and in the same place only."""
    nonce = os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, data, place.encode())


def unseal(key: bytes, sealed: bytes, place: str) -> bytes:
    """What was sealed. Raises SealBroken."""
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place.encode())
    except (InvalidTag, ValueError) as error:
        raise SealBroken(f"{place} doesn't open with this key") from error
