"""A row as PostgreSQL's binary COPY takes it, without its last column in memory as a whole."""

import struct
from collections.abc import AsyncIterable, AsyncIterator, Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

_BEGIN = b"PGCOPY\n\xff\r\n\0" + struct.pack("!ii", 0, 0)
_END = struct.pack("!h", -1)
_NULL = struct.pack("!i", -1)
_EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_AS_SENT: dict[str, Callable[[Any], bytes]] = {
    "text": str.encode,
    "uuid": lambda value: value.bytes,
    "bytea": bytes,
    "boolean": lambda value: struct.pack("!?", value),
    "timestamp with time zone": lambda value: struct.pack("!q", (value - _EPOCH) // _MICROSECOND),
}


async def long_row(values: Sequence[tuple[str, Any]], size: int, pieces: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """The bytes of one row: `values` with their types as PostgreSQL names them, then one of `size` bytes."""
    fields = [_NULL if value is None else _field(_AS_SENT[kind](value)) for kind, value in values]
    yield b"".join((_BEGIN, struct.pack("!h", len(fields) + 1), *fields, struct.pack("!i", size)))
    async for piece in pieces:
        yield piece
    yield _END


def _field(data: bytes) -> bytes:
    return struct.pack("!i", len(data)) + data
