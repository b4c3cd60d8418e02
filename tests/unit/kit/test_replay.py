"""Rows rebuilt from facts, and held against others."""

import gc
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.envelope import Fact, Meta, Recorded
from kit.decider import Put
from kit.replay.replay import Difference, Rebuilt, differences, uncollected

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)


class Counting:
    """A decider whose state is a sum."""

    INITIAL = 0

    def decide(self, command: Any, state: int, /) -> list[int]:
        return [command]

    def evolve(self, state: int, event: int, /) -> int:
        return state + event


def project(fact: Fact, before: int, after: int) -> Iterable[Put]:
    yield Put("sums", {"stream": fact.stream}, {"total": after, "version": fact.version})
    if before == 0:
        yield Put("sums", {"stream": fact.stream}, {"first": fact.event})


def fact(event: int, *, stream: str = "a", version: int = 1, at: datetime = NOON) -> Fact:
    return Recorded(
        topic="punctual.sums.v1",
        shard=0,
        shard_seq=version,
        stream=stream,
        version=version,
        event_id=UUID(int=version),
        command_id=UUID(int=0),
        recorded_at=at,
        event=event,
        meta=Meta(actor="ann", role="engineer"),
    )


def rebuilt(*facts: Fact, until: datetime | None = None) -> Rebuilt:
    made = Rebuilt()
    for one in facts:
        made.apply(Counting(), project, one, until)
    return made


def live(**row: Any) -> dict[str, Any]:
    return {"stream": "a", "total": 5, "version": 2, "first": 2, "leased_until": NOON} | row


TWO = (fact(2), fact(3, version=2, at=NOON + timedelta(hours=1)))
KEY = (("stream", "a"),)


def test_a_row_has_the_columns_that_facts_set_one_after_the_other() -> None:
    made = rebuilt(*TWO)
    assert made.tables == {"sums": {KEY: {"stream": "a", "total": 5, "version": 2, "first": 2}}}
    assert (made.states, made.events) == ({"a": 5}, 2)


def test_as_of_an_instant_only_what_was_recorded_before_it_counts() -> None:
    made = rebuilt(*TWO, until=NOON + timedelta(hours=1))
    assert made.tables["sums"][KEY] == {"stream": "a", "total": 2, "version": 1, "first": 2}
    assert made.events == 1


def test_equal_rows_don_t_differ_whatever_stands_in_columns_that_no_projection_sets() -> None:
    assert list(differences("sums", [live()], rebuilt(*TWO))) == []


def test_a_difference_names_table_key_and_columns() -> None:
    [found] = differences("sums", [live(total=6)], rebuilt(*TWO))
    assert found.key == {"stream": "a"}
    assert found.columns == {"total": (6, 5)}
    assert str(found) == "sums stream=a: total is 6, replay says 5"


def test_a_column_that_the_live_row_lacks_differs() -> None:
    row = live()
    del row["first"]
    assert [one.columns for one in differences("sums", [row], rebuilt(*TWO))] == [{"first": (None, 2)}]


def test_a_row_that_one_side_lacks_is_a_difference() -> None:
    other = live(stream="b")
    found = list(differences("sums", [other], rebuilt(*TWO)))
    assert found == [
        Difference("sums", {"stream": "b"}, other, None),
        Difference("sums", {"stream": "a"}, None, {"stream": "a", "total": 5, "version": 2, "first": 2}),
    ]
    assert [str(one) for one in found] == [
        "sums stream=b: the live table has it, replay has not",
        "sums stream=a: replay has it, the live table has not",
    ]
    assert [one.columns for one in found] == [{}, {}]


def test_live_rows_of_a_table_that_replay_leaves_empty_differ() -> None:
    [found] = differences("sums", [live()], Rebuilt())
    assert found.live == live()
    assert found.replayed is None


def test_the_garbage_collector_is_as_it_was_afterwards() -> None:
    with uncollected():
        assert not gc.isenabled()
        with uncollected():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()


def test_what_was_made_meanwhile_counts_as_old_afterwards_and_is_still_collected() -> None:
    with uncollected():
        made = [object()]
    assert any(one is made for one in gc.get_objects(generation=2))
    assert gc.get_freeze_count() == 0
