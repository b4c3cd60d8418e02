"""Seals personal text with its subject's key: AES-256-GCM, bound to its place in the log.

The associated data is stream, stream version and field, so a sealed text copied to another event doesn't open.
"""

from base64 import b64decode, urlsafe_b64encode
from os import urandom

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from contracts.errors import SealBroken

PREFIX = "sealed:v1:"
KEY_BYTES = 32
NONCE_BYTES = 12


def seal(key: bytes, text: str, *, stream: str, version: int, field: str) -> str:
    """`sealed:v1:<base64url(nonce + ciphertext)>`, with a fresh random nonce. `key` has 32 bytes."""
    nonce = urandom(NONCE_BYTES)
    sealed = _cipher(key).encrypt(nonce, text.encode(), _place(stream, version, field))
    return PREFIX + urlsafe_b64encode(nonce + sealed).decode().rstrip("=")


def open_(key: bytes, sealed: str, *, stream: str, version: int, field: str) -> str:
    """The opened text. Raises SealBroken if it was not sealed with this key for this place."""
    if not sealed.startswith(PREFIX):
        raise SealBroken(f"{field} in {stream} v{version} has no {PREFIX!r}")
    cipher = _cipher(key)
    body = sealed[len(PREFIX) :]
    try:
        raw = b64decode(body + "=" * (-len(body) % 4), altchars=b"-_", validate=True)
        text = cipher.decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], _place(stream, version, field))
    except (InvalidTag, ValueError) as error:
        raise SealBroken(f"{field} in {stream} v{version} doesn't open with this key") from error
    return text.decode()


def _cipher(key: bytes) -> AESGCM:
    if len(key) != KEY_BYTES:
        raise ValueError(f"a key has {KEY_BYTES} bytes, not {len(key)}")
    return AESGCM(key)


def _place(stream: str, version: int, field: str) -> bytes:
    """A place as bytes, different for any two places: the stream's length comes first, and numbers have no colon."""
    return f"{len(stream)}:{stream}{version}:{field}".encode()
