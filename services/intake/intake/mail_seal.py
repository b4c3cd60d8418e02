"""Mails are sealed: with the key of their writer if the writer is known, else with a key of the installation."""

import asyncio
import hmac
import json
import os
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256
from typing import Any
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import AEADDecryptionContext, Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES
from cryptography.hazmat.primitives.ciphers.modes import GCM

from contracts.errors import SealBroken
from kit.personal.vault import Vault
from kit.store import Tx

NONCE_BYTES = 12
TAG_BYTES = 16
SLICE_BYTES = 256 * 1024
"""How much is sealed or opened at a time."""
OFF_THE_LOOP_BYTES = 64 * 1024
"""Work on more bytes than these is done in a thread, so that the event loop goes on."""
_PURPOSE = b"punctual.mails\x00"


class Erased(Exception):
    """The writer was erased: nobody can read this any more."""


class MailSeal:
    """Finds the keys of mails. `master`: the installation's master key."""

    def __init__(self, master: bytes, vault: Vault) -> None:
        self._house = hmac.digest(master, _PURPOSE, sha256)
        self._vault = vault

    async def key(self, tx: Tx, subject: UUID | None, *, make: bool = False) -> bytes:
        """The key of a subject; without one, the installation's. `make` it if there is none yet. Raises Erased."""
        if subject is None:
            return self._house
        keys = await self._vault.keys(tx, {subject}, make={subject} if make else ())
        if subject not in keys:
            raise Erased
        return keys[subject]


def sealed_head(key: bytes, name: str, head: Mapping[str, object]) -> bytes:
    """What a list shows of the mail with that name, sealed apart: nobody need open the whole for it."""
    return seal(key, json.dumps(head).encode(), f"{name}/head")


def opened_head(key: bytes, name: str, sealed: bytes) -> dict[str, Any]:
    """The same, open. Raises SealBroken."""
    head: dict[str, Any] = json.loads(unseal(key, sealed, f"{name}/head"))
    return head


async def off_the_loop(size: int, work: Callable[..., Any], *values: Any, above: int = OFF_THE_LOOP_BYTES) -> Any:
    """The result of `work(*values)`, done in a thread if it is about more bytes (`size`) than `above`."""
    return await asyncio.to_thread(work, *values) if size > above else work(*values)


def seal(key: bytes, data: bytes | bytearray, place: str) -> bytes:
    """Nonce, ciphertext and tag. They open only with the same key and for the same `place`."""
    return b"".join(sealed_pieces(key, data, place))


def sealed_pieces(key: bytes, data: bytes | bytearray, place: str) -> Iterator[bytes]:
    """The same, piece by piece: while the library works on one, no other thread runs."""
    nonce = os.urandom(NONCE_BYTES)
    sealing = Cipher(AES(key), GCM(nonce)).encryptor()
    sealing.authenticate_additional_data(place.encode())
    yield nonce
    with memoryview(data) as view:
        for at in range(0, len(view), SLICE_BYTES):
            yield sealing.update(view[at : at + SLICE_BYTES])
    yield sealing.finalize()
    yield sealing.tag


def sealed_size(data: bytes | bytearray) -> int:
    """How many bytes the pieces have together."""
    return NONCE_BYTES + len(data) + TAG_BYTES


def unseal(key: bytes, sealed: bytes, place: str) -> bytearray:
    """The bytes that were sealed for this place. Raises SealBroken."""
    opening = Opening(key, place)
    for at in range(0, len(sealed), SLICE_BYTES):
        opening.take(sealed[at : at + SLICE_BYTES])
    return opening.done()


class Opening:
    """Opens what was sealed for a place, piece by piece."""

    def __init__(self, key: bytes, place: str) -> None:
        self._key, self._place = key, place
        self._opening: AEADDecryptionContext | None = None
        self._held = b""  # nonce and ciphertext that are not complete, or what may be the tag
        self._opened = bytearray()

    def take(self, piece: bytes) -> None:
        """The next of the sealed bytes, in pieces of any length."""
        data = self._held + piece
        if self._opening is None and len(data) >= NONCE_BYTES:
            self._opening = Cipher(AES(self._key), GCM(data[:NONCE_BYTES])).decryptor()
            self._opening.authenticate_additional_data(self._place.encode())
            data = data[NONCE_BYTES:]
        ends = max(len(data) - TAG_BYTES, 0) if self._opening else 0
        if self._opening:
            self._opened += self._opening.update(data[:ends])
        self._held = data[ends:]

    def done(self) -> bytearray:
        """All that was sealed. Raises SealBroken."""
        try:
            if self._opening is None:
                raise ValueError("no nonce")
            self._opening.finalize_with_tag(self._held)
        except (InvalidTag, ValueError) as error:
            raise SealBroken(f"{self._place} doesn't open with this key") from error
        return self._opened
