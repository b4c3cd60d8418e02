"""Signatures of Standard Webhooks (https://www.standardwebhooks.com), over bodies that are long.

Its own library copies a body twice as text; a mail of 25 MB would cost four times that. What it signs is read here.
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256

SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")
"""The headers of a signature."""
TOLERANCE_SECONDS = 5 * 60
"""How old a signature may be, or how far in the future: a request that somebody copied is worth nothing later."""
PREFIX = "whsec_"
_SLICE_BYTES = 256 * 1024


def key_of(secret: str) -> bytes:
    """The key in a secret, `whsec_` and base64. Raises ValueError."""
    return b64decode(secret.removeprefix(PREFIX), validate=True)


def fault(body: bytes | bytearray, headers: Mapping[str, str], secrets: Sequence[str], now: float) -> str | None:
    """What is wrong with the signature, in a sentence; None: one of the secrets signed it.

    `now`: seconds since 1970. Slice by slice: while one is hashed, no other thread runs.
    """
    identity, told, signatures = (headers.get(name, "") for name in SIGNED)
    if not (told.isascii() and told.isdecimal() and len(told) < 16):
        return "The timestamp is no number of seconds since 1970."
    if abs(now - int(told)) > TOLERANCE_SECONDS:
        return "The timestamp is more than five minutes off."
    begins = f"{identity}.{told}.".encode()
    given = [one.partition(",")[2].encode() for one in signatures.split() if one.startswith("v1,")]
    wanted = [_signature(key_of(secret), begins, body) for secret in secrets]
    right = [hmac.compare_digest(one, other) for one in given for other in wanted]
    return None if any(right) else "The signature is by none of the secrets that were agreed."


def _signature(key: bytes, begins: bytes, body: bytes | bytearray) -> bytes:
    made = hmac.new(key, begins, sha256)
    with memoryview(body) as view:
        for at in range(0, len(view), _SLICE_BYTES):
            made.update(view[at : at + _SLICE_BYTES])
    return b64encode(made.digest())
