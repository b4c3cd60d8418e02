"""That simulation finds what goes wrong when the broker has lost records: a rule is broken, and some seed says so."""

import pytest
from tests.simulation.broken import found, only

from kit.consume.fetching import Fetching
from kit.memory import MemoryTx


def test_records_that_are_not_sent_again(monkeypatch: pytest.MonkeyPatch) -> None:
    async def republish(self: MemoryTx, shard: int, after: int) -> bool:
        return False

    only(monkeypatch, forgotten=1.0)
    monkeypatch.setattr(MemoryTx, "republish", republish)
    assert found("only 0 can be read", "can be read")


def test_a_partition_that_lost_its_end_and_is_not_read_from_its_beginning(monkeypatch: pytest.MonkeyPatch) -> None:
    only(monkeypatch, forgotten=1.0)
    monkeypatch.setattr(Fetching, "_rewind", lambda self, feed, place, why: None)
    assert found("it never came to rest", first=37)
