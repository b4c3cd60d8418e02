"""Rows of read models, real and in memory: one suite for both."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import pytest

from kit.memory import MemoryStore
from kit.postgres import PostgresStore

Store = PostgresStore | MemoryStore
PIECE, PIECES = bytes(range(256)) * 256, 40


async def pieces(count: int = PIECES) -> AsyncIterator[bytes]:
    for _ in range(count):
        yield PIECE


async def insert(store: Store, subject: UUID, count: int = PIECES) -> None:
    async with store.transaction() as tx:
        key, values = {"subject_id": subject}, {"relayed": True}
        await tx.first_long("subject_keys", key, values, "wrapped", count * len(PIECE), pieces(count))
        assert await tx.rows("subject_keys", [key]), "the transaction goes on"


async def rows(store: Store) -> list[dict[str, Any]]:
    async with store.transaction() as tx:
        return await tx.select("subject_keys", {"relayed": True})


async def test_a_long_row_is_inserted_once_whoever_comes_first(store: Store) -> None:
    subject = uuid4()
    await asyncio.gather(*(insert(store, subject) for _ in range(5)))
    await insert(store, subject, 1)
    (row,) = await rows(store)
    assert row["wrapped"] == PIECE * PIECES
    assert row["subject_id"] == subject


async def test_a_long_row_whose_bytes_end_too_early_leaves_nothing_behind(store: Store) -> None:
    async def broken() -> AsyncIterator[bytes]:
        yield PIECE
        raise EOFError

    with pytest.raises(EOFError):
        async with store.transaction() as tx:
            await tx.first_long(
                "subject_keys", {"subject_id": uuid4()}, {"relayed": True}, "wrapped", 999_999, broken()
            )
    assert await rows(store) == []
    await insert(store, uuid4())
