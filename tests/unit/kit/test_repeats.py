"""Records that come again: the same, or another past under the same numbers."""

from typing import Any, cast
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.kit.records import SHARD, event_id, incoming, message

from contracts.wire import Envelope
from kit.consume.backlog import UNPROVEN_SECONDS, Backlog
from kit.consume.comparing import Comparing
from kit.consume.repeats import Repeats, applied_before, first_offset
from kit.store.values import Cursor

A = "a"
LAST = 20
CURSOR = Cursor(LAST, event_id(A, LAST), LAST)
PLACE = (A, SHARD)


def other_id(seq: int) -> UUID:
    """Of the event that has this number in another past."""
    return UUID(int=(1 << 100) + seq)


def again(seq: int) -> Envelope:
    return incoming(A, seq).envelope


def other(seq: int, since: int) -> Envelope:
    """An event of another past that begins with number `since`."""
    previous = event_id(A, seq - 1) if seq == since else other_id(seq - 1)
    return again(seq)._replace(event_id=other_id(seq), previous=previous)


def told(*records: Envelope, cursor: Cursor = CURSOR) -> tuple[str | None, list[int]]:
    """What contradicts the records, and where runs end that prove nothing."""
    repeats = Repeats()
    for record in records:
        if why := repeats.add(record, cursor, 0.0):
            return why, []
    return None, sorted(run.seq for run in repeats.runs)


def test_a_run_that_joins_the_cursor_is_proven() -> None:
    assert told(*map(again, range(15, 21))) == (None, [])


def test_a_topic_sent_again_from_the_first_event_is_proven() -> None:
    assert told(*map(again, range(1, 21))) == (None, [])


def test_the_last_event_alone_is_proven() -> None:
    assert told(again(20)) == (None, [])


def test_a_run_that_ends_short_proves_nothing() -> None:
    assert told(*map(again, range(15, 19))) == (None, [18])


def test_a_relay_that_was_cut_off_and_begins_again_is_proven_by_its_second_run() -> None:
    assert told(*map(again, [15, 16, 15, 16, 17, 18, 19, 20])) == (None, [])


def test_two_relays_that_overlap_are_proven() -> None:
    assert told(*map(again, [15, 15, 16, 16, 17, 18, 17, 19, 18, 20, 19, 20])) == (None, [])


def test_a_hole_among_repeated_records_leaves_what_is_before_it_unproven_until_it_is_filled() -> None:
    assert told(*map(again, [15, 17, 18, 19, 20])) == (None, [15])
    assert told(*map(again, [15, 17, 18, 19, 20, 15, 16, 17, 18, 19, 20])) == (None, [])


def test_another_past_is_unproven_from_its_first_record_on() -> None:
    assert told(other(11, 11)) == (None, [11])
    assert told(*(other(seq, 11) for seq in range(11, 15))) == (None, [14])


def test_another_past_that_reaches_the_cursor_is_one() -> None:
    why, _ = told(*(other(seq, 11) for seq in range(11, 21)))
    assert why
    assert "event 20" in why


def test_two_ids_under_one_number_are_another_past() -> None:
    assert told(other(11, 11), again(11))[0]
    assert told(again(11), other(11, 11))[0]


def test_a_record_that_follows_another_than_the_one_before_it_is_of_another_past() -> None:
    assert told(other(11, 11), again(12))[0]
    assert told(again(11), other(12, 11))[0]


def test_what_was_applied_is_followed_back_from_the_cursor() -> None:
    past = [*map(again, range(1, 21)), *(other(seq, 11) for seq in range(11, 15)), *map(again, range(11, 14))]
    assert applied_before(past, CURSOR) == {seq: event_id(A, seq) for seq in range(1, 21)}
    assert applied_before(past[5:], CURSOR) == {seq: event_id(A, seq) for seq in range(6, 21)}
    assert applied_before([], CURSOR) == {}


@pytest.mark.parametrize(
    ("records", "contradicted", "left"),
    [
        ([again(15), again(16)], False, []),
        ([other(11, 11), other(12, 11)], True, None),
        ([other(3, 3)], False, [3]),
    ],
    ids=["the same", "another past", "one that the topic has forgotten"],
)
def test_a_run_is_held_against_what_was_applied(
    records: list[Envelope], contradicted: bool, left: list[int] | None
) -> None:
    repeats = Repeats()
    for record in records:
        assert repeats.add(record, CURSOR, 0.0) is None
    assert bool(repeats.compare({seq: event_id(A, seq) for seq in range(5, 21)})) is contradicted
    if left is not None:
        assert [run.seq for run in repeats.runs] == left


@pytest.mark.parametrize(
    ("lowest", "koffset", "offset"),
    [(11, 20, 10), (1, 20, 0), (11, 50, 10), (15, 10, 0), (20, 20, 19)],
    ids=["nothing between", "the first", "duplicates between", "a topic that begins later", "the last"],
)
def test_the_original_is_looked_for_where_it_can_be(lowest: int, koffset: int, offset: int) -> None:
    assert first_offset(lowest, Cursor(LAST, event_id(A, LAST), koffset)) == offset


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.integers(1, LAST), st.integers(1, LAST)), min_size=1, max_size=8), st.integers(2, LAST))
def test_no_repetition_is_taken_for_another_past_and_every_other_past_is_found(
    runs: list[tuple[int, int]], since: int
) -> None:
    """Any runs of the log from anywhere to anywhere, and then one of another past."""
    repeats = Repeats()
    for begin, end in runs:
        for seq in range(begin, end + 1):
            assert repeats.add(again(seq), CURSOR, 0.0) is None
    applied = {seq: event_id(A, seq) for seq in range(1, LAST + 1)}
    found = repeats.add(other(since, since), CURSOR, 0.0) or repeats.compare(applied)
    assert found
    clean = Repeats()
    for begin, end in runs:
        for seq in range(begin, end + 1):
            clean.add(again(seq), CURSOR, 0.0)
    assert clean.compare(applied) is None
    assert clean.runs == ()


def backlog(cursor: Cursor = CURSOR) -> Backlog:
    made = Backlog([A])
    made.begin(PLACE, cursor)
    return made


def come(own: Backlog, *records: tuple[int, int]) -> list[int]:
    """Records (number, offset) come; the numbers of those that may be applied, which they are."""
    for seq, offset in records:
        own.add(message(A, seq, offset=offset))
    batch = own.take(100, now=0.0)
    own.applied(batch)
    return [one.envelope.shard_seq for one in batch]


def test_reading_begins_with_the_record_that_was_applied_last_and_that_is_no_news() -> None:
    own = Backlog([A])
    assert own.begin(PLACE, Cursor()) == 0
    assert not own.sought
    assert own.begin(PLACE, CURSOR) == LAST - 1
    assert own.sought == {PLACE: CURSOR}
    assert come(own, (20, 19), (21, 20)) == [21]
    assert (own.sought, own.dropped, own.rewound) == ({}, 0, {})


async def test_what_became_anothers_meanwhile_is_compared_no_more() -> None:
    own = backlog()
    own.end(PLACE)
    await Comparing(own, cast(Any, None))._compare(PLACE, LAST)
    assert own.broken == {}


def test_another_record_in_its_place_sends_us_to_the_beginning() -> None:
    own = backlog()
    assert come(own, (17, 19), (18, 20)) == []
    assert own.strange == {PLACE}
    own.rewind(PLACE, "why")
    assert own.rewound == {PLACE: "why"}
    assert come(own, *((seq, seq - 1) for seq in range(1, 22))) == [21]
    assert (own.broken, own.short(UNPROVEN_SECONDS), own.rewound) == ({}, {}, {})


def test_a_partition_that_has_again_what_was_applied_last_is_as_it_was_though_nothing_new_comes() -> None:
    own = backlog()
    own.rewind(PLACE, "why")
    assert come(own, *((seq, seq + 30) for seq in range(1, LAST))) == []
    assert own.rewound == {PLACE: "why"}
    assert come(own, (LAST, LAST + 30)) == []
    assert (own.broken, own.short(UNPROVEN_SECONDS), own.rewound) == ({}, {}, {})


def test_a_partition_that_begins_behind_it_is_read_as_it_is() -> None:
    own = backlog()
    assert come(own, (25, 24)) == []
    assert (set(own.holes), set(own.rewound)) == ({PLACE}, {PLACE})


def test_a_partition_that_begins_again_under_us_is_read_as_it_is() -> None:
    own = backlog()
    assert come(own, (20, 19), (21, 20)) == [21]
    assert come(own, (1, 0)) == []
    assert "offset 0" in own.rewound[PLACE]
    assert come(own, *((seq, seq - 1) for seq in range(2, 23))) == [22]
    assert (own.broken, own.rewound) == ({}, {})


def test_a_partition_that_goes_on_from_where_we_had_been_is_another() -> None:
    own = backlog()
    own.stands(PLACE, LAST - 1)
    assert own.rewound == {}
    own.stands(PLACE, 3)
    assert own.rewound.keys() == {PLACE}
    assert own.sought == {}


def test_a_run_that_ends_short_is_looked_into_after_a_second_and_stops_its_shard_if_it_is_another_past() -> None:
    own = backlog()
    come(own, (20, 19), (15, 20), (16, 21))
    assert (own.short(UNPROVEN_SECONDS / 2), own.short(UNPROVEN_SECONDS)) == ({}, {PLACE: 16})
    assert own.compare(PLACE, {16: event_id(A, 16)})
    assert own.short(UNPROVEN_SECONDS) == {}
    come(own, (15, 22))
    assert not own.compare(PLACE, {15: other_id(15)})
    assert own.broken.keys() == {PLACE}
    assert come(own, (21, 23)) == []
