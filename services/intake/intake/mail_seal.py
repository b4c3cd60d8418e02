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
from cryptography.hazmat.primitives.ciphers import Cipher
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


async def off_the_loop(size: int, work: Callable[..., Any], *values: Any) -> Any:
    """The result of `work(*values)`, done in a thread if it is about many bytes (`size`)."""
    return await asyncio.to_thread(work, *values) if size > OFF_THE_LOOP_BYTES else work(*values)


def seal(key: bytes, data: bytes, place: str) -> bytes:
    """Nonce, ciphertext and tag. They open only with the same key and for the same `place`."""
    nonce = os.urandom(NONCE_BYTES)
    sealing = Cipher(AES(key), GCM(nonce)).encryptor()
    sealing.authenticate_additional_data(place.encode())
    pieces = [nonce, *_each(sealing.update, data), sealing.finalize(), sealing.tag]
    return b"".join(pieces)


def unseal(key: bytes, sealed: bytes, place: str) -> bytes:
    """The bytes that were sealed for this place. Raises SealBroken."""
    try:
        tag = sealed[len(sealed) - TAG_BYTES :]
        opening = Cipher(AES(key), GCM(sealed[:NONCE_BYTES], tag)).decryptor()
        opening.authenticate_additional_data(place.encode())
        pieces = list(_each(opening.update, memoryview(sealed)[NONCE_BYTES : len(sealed) - TAG_BYTES]))
        return b"".join((*pieces, opening.finalize()))
    except (InvalidTag, ValueError) as error:
        raise SealBroken(f"{place} doesn't open with this key") from error


def _each(update: Callable[[memoryview], bytes], data: bytes | memoryview) -> Iterator[bytes]:
    """Slice by slice: while the library works on one, no other thread runs."""
    view = memoryview(data)
    return (update(view[at : at + SLICE_BYTES]) for at in range(0, len(view), SLICE_BYTES))
