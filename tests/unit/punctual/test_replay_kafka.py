"""Each event of a shard once and in order, however often and in whatever order the relay sent it."""

from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from contracts import wire
from contracts.codec import encode
from contracts.envelope import Meta, Recorded
from contracts.names import TICKETS
from contracts.tickets import Assigned
from punctual.replay.kafka import ChainBroken, Shard

TICKET = UUID(int=7)


def record(seq: int, previous: int | None = None) -> Any:
    """Event number `seq`, whose id is its number, as it comes from Kafka."""
    fact = Recorded(
        topic=TICKETS,
        shard=3,
        shard_seq=seq,
        stream=f"ticket-{TICKET}",
        version=seq,
        event_id=UUID(int=seq),
        command_id=UUID(int=0),
        recorded_at=datetime(2026, 11, 23, 12, tzinfo=UTC),
        event=Assigned(ticket_id=TICKET, engineer="eve", before=None),
        meta=Meta(actor="eve", role="engineer"),
    )
    before = previous if previous is not None else seq - 1
    headers = wire.headers(fact, "/punctual/intake", UUID(int=before) if before else None)
    return SimpleNamespace(
        partition=3, key=fact.stream.encode(), value=encode(fact.event, seal=None), headers=tuple(headers)
    )


def taken(*records: Any, upto: int | None = None) -> tuple[list[int], Shard]:
    shard = Shard()
    facts = [shard.take(TICKETS, one, upto) for one in records]
    return [fact.shard_seq for fact in facts if fact], shard


def test_what_is_sent_again_counts_once() -> None:
    assert taken(record(1), record(2), record(1), record(2), record(3))[0] == [1, 2, 3]


def test_what_comes_before_its_turn_counts_when_it_comes_again() -> None:
    seqs, shard = taken(record(1), record(3), record(2), record(3))
    assert seqs == [1, 2, 3]
    assert shard.beyond == 3


def test_a_hole_that_nothing_fills_is_known() -> None:
    seqs, shard = taken(record(1), record(3), record(4))
    assert seqs == [1]
    assert (shard.seq, shard.beyond) == (1, 4)


def test_what_is_beyond_the_end_that_was_asked_for_is_left_out() -> None:
    assert taken(record(1), record(2), record(3), upto=2)[0] == [1, 2]


def test_a_record_of_another_history_is_refused() -> None:
    with pytest.raises(ChainBroken, match="shard 3: event 2 follows"):
        taken(record(1), record(2, previous=99))


def test_a_record_that_is_none_of_ours_is_passed_over() -> None:
    assert taken(SimpleNamespace(headers=()), record(1))[0] == [1]
