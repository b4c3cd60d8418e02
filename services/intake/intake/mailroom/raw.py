"""Raw mails in the database: written and read piece by piece, for each may be of 25 MB."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from typing import Any

from intake import queries
from intake.mail_seal import Opening, seal, sealed_pieces, sealed_size
from kit.store.sql import SqlTx

PIECE_BYTES = 1024 * 1024
"""Read from the database at a time. A mail up to this size is written and read at once."""


async def write(tx: SqlTx, key: str, row: Mapping[str, Any], raw: bytearray, sealing: bytes) -> None:
    """Store a mail, sealed, unless there is one with this key. `row`: all other columns, in their order."""
    place = f"{key}/raw"
    if len(raw) <= PIECE_BYTES:
        await tx.connection.execute(queries.STORE_MAIL, key, *row.values(), seal(sealing, raw, place))
        return

    async def pieces() -> AsyncIterator[bytes]:
        for piece in sealed_pieces(sealing, raw, place):
            yield piece
            await asyncio.sleep(0)  # nobody waits for more than one piece

    await tx.first_long("mails", {"key": key}, dict(row), "raw", sealed_size(raw), pieces())


async def read(tx: SqlTx, key: str, sealing: bytes) -> bytearray:
    """A mail as it came. Raises SealBroken."""
    opening = Opening(sealing, f"{key}/raw")
    at, piece = 0, b""
    while at == 0 or len(piece) == PIECE_BYTES:
        piece = await tx.connection.fetchval(queries.RAW_MAIL_PIECE, key, at + 1, PIECE_BYTES)
        opening.take(piece)
        at += len(piece)
    return opening.done()
