"""That simulation finds words that can be read by somebody who shouldn't, or not by somebody who should."""

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

import pytest
from tests.simulation.broken import found

from kit.memory import MemoryTx
from kit.personal.keys import KeyTable
from kit.store import Tx


def test_words_that_are_not_sealed(monkeypatch: pytest.MonkeyPatch) -> None:
    def sealer(*place: Any) -> Callable[[UUID, str, str], str]:
        return lambda subject, field, text: text

    monkeypatch.setattr("kit.log.drafting.sealer", sealer)
    assert found("is in the clear")


def test_a_key_that_is_made_anew_for_somebody_who_was_erased(monkeypatch: pytest.MonkeyPatch) -> None:
    async def erased(self: MemoryTx, subjects: Sequence[UUID]) -> set[UUID]:
        return set()

    async def keep_keys(self: MemoryTx, keys: dict[UUID, bytes], *, relayed: bool) -> None:
        for subject, wrapped in keys.items():
            self.write(self.tables.keys, subject, wrapped)

    monkeypatch.setattr(MemoryTx, "erased", erased)
    monkeypatch.setattr(MemoryTx, "keep_keys", keep_keys)
    assert found("has a key of", "can still be read", first=51)


def test_a_key_that_has_not_come_yet_and_is_taken_for_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fetch(self: KeyTable, tx: Tx, subjects: set[UUID]) -> None:
        """Who follows the topic will bring it, some time."""

    monkeypatch.setattr(KeyTable, "fetch", fetch)
    assert found("is lost", first=23)
