"""What a record is to its consumer, for every interleaving."""

from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.kit.records import SHARD, TICKET, event_id, incoming, message, seqs

from contracts.errors import MalformedRecord
from kit.consume.backlog import Backlog
from kit.consume.inbox import Judgement, identity_of, judge, read
from kit.store.values import Cursor

A, B, C = TOPICS = ("a", "b", "c")


def at(seq: int, topic: str = A) -> dict[tuple[str, int], Cursor]:
    return {(topic, SHARD): Cursor(seq, event_id(topic, seq), seq)}


@pytest.mark.parametrize(
    ("seq", "cursor", "judgement"),
    [
        (1, 0, Judgement.NEXT),
        (4, 3, Judgement.NEXT),
        (3, 3, Judgement.DUPLICATE),
        (1, 3, Judgement.DUPLICATE),
        (5, 3, Judgement.HOLE),
        (2, 0, Judgement.HOLE),
    ],
)
def test_a_record_is_judged_by_its_number(seq: int, cursor: int, judgement: Judgement) -> None:
    assert judge(incoming(A, seq), at(cursor), TOPICS) is judgement


def test_a_record_that_follows_on_another_past_breaks_the_chain() -> None:
    assert judge(incoming(A, 4, previous=uuid4()), at(3), TOPICS) is Judgement.BROKEN


def test_a_record_whose_cause_has_not_come_is_early() -> None:
    effect = incoming(A, 4, seen={B: 2})
    assert judge(effect, at(3) | at(1, B), TOPICS) is Judgement.EARLY
    assert judge(effect, at(3) | at(2, B), TOPICS) is Judgement.NEXT


def test_causes_from_topics_that_are_not_read_here_are_not_waited_for() -> None:
    assert judge(incoming(A, 4, seen={"elsewhere": 9, A: 99}), at(3), TOPICS) is Judgement.NEXT


def test_a_record_under_another_key_is_none() -> None:
    with pytest.raises(MalformedRecord):
        read(message(A, 1).__class__(A, SHARD, 0, b"another", b"{}", message(A, 1).headers))


def test_the_identity_is_the_ticket_of_a_stream() -> None:
    assert identity_of(f"clock-{TICKET}-response") == TICKET
    assert identity_of("policy-7") == UUID(int=0)


Cause = tuple[int, int]


@st.composite
def histories(draw: st.DrawFn) -> dict[str, list[dict[str, int]]]:
    """What three services wrote in one shard, each event with what its service had heard by then."""
    lengths = dict.fromkeys(TOPICS, 0)
    heard: dict[str, dict[str, int]] = {topic: {} for topic in TOPICS}
    written: dict[str, list[dict[str, int]]] = {topic: [] for topic in TOPICS}
    for topic, listens in draw(st.lists(st.tuples(st.sampled_from(TOPICS), st.booleans()), min_size=1, max_size=24)):
        if listens:
            for other in TOPICS:
                if other != topic and lengths[other]:
                    known = written[other][-1] | {other: lengths[other]}
                    heard[topic] = {
                        name: max(heard[topic].get(name, 0), known.get(name, 0)) for name in heard[topic] | known
                    }
        lengths[topic] += 1
        written[topic].append({name: seq for name, seq in heard[topic].items() if name != topic})
    return written


@settings(max_examples=150, deadline=None)
@given(histories(), st.data())
def test_whatever_comes_twice_late_or_through_one_another_is_applied_once_in_causal_order(
    written: dict[str, list[dict[str, int]]], data: st.DataObject
) -> None:
    """Deliveries: any records, in any order between topics; then, as a relay does, all of them again from the start."""
    backlog = Backlog(TOPICS)
    for topic in TOPICS:
        backlog.begin((topic, SHARD), Cursor())
    every = [(topic, n + 1) for topic in TOPICS for n in range(len(written[topic]))]
    noise = data.draw(st.lists(st.sampled_from(every), max_size=30))
    again = [(topic, n + 1) for topic in data.draw(st.permutations(TOPICS)) for n in range(len(written[topic]))]
    applied: list[tuple[str, int]] = []
    for topic, seq in noise + again:
        backlog.add(message(topic, seq, seen=written[topic][seq - 1]))
        if data.draw(st.booleans()):
            batch = backlog.take(data.draw(st.integers(1, 5)), now=0)
            if data.draw(st.booleans()):
                backlog.put_back(batch)  # the database was away
                continue
            backlog.applied(batch)
            applied += [(one.place[0], one.envelope.shard_seq) for one in batch]
    while batch := backlog.take(100, now=0):
        backlog.applied(batch)
        applied += [(one.place[0], one.envelope.shard_seq) for one in batch]

    assert sorted(applied) == sorted(every)
    reached = dict.fromkeys(TOPICS, 0)
    for topic, seq in applied:
        assert seq == reached[topic] + 1
        assert all(reached[cause] >= heard for cause, heard in written[topic][seq - 1].items())
        reached[topic] = seq
    assert backlog.idle()
    assert not backlog.broken


@settings(max_examples=50, deadline=None)
@given(st.lists(st.integers(1, 6), max_size=40))
def test_the_offset_stays_behind_a_hole(order: list[int]) -> None:
    """Whoever starts again from the cursor's offset meets everything that was not applied."""
    backlog = Backlog([A])
    backlog.begin((A, SHARD), Cursor())
    log: list[int] = []
    for seq in order:
        backlog.add(message(A, seq, offset=len(log)))
        log.append(seq)
        backlog.applied(backlog.take(10, now=0))
        cursor = backlog.cursors[A, SHARD]
        assert cursor.seq + 1 not in log[cursor.koffset :]


def test_a_shard_that_stopped_lets_the_others_go_on() -> None:
    backlog = Backlog(TOPICS)
    for topic in TOPICS:
        backlog.begin((topic, SHARD), Cursor(3, event_id(topic, 3), 3))
    backlog.add(message(A, 4, previous=uuid4()))
    backlog.add(message(A, 5))
    backlog.add(message(B, 4))
    batch = backlog.take(10, now=0)
    assert (seqs(batch, A), seqs(batch, B)) == ([], [4])
    assert backlog.broken.keys() == {(A, SHARD)}
    backlog.applied(batch)
    assert backlog.idle()
    assert not backlog.ready()


def test_a_hole_is_remembered_until_it_is_filled() -> None:
    backlog = Backlog([A])
    backlog.begin((A, SHARD), Cursor())
    backlog.add(message(A, 2))
    assert backlog.take(10, now=5.0) == []
    assert backlog.holes == {(A, SHARD): 5.0}
    backlog.add(message(A, 1))
    backlog.applied(backlog.take(10, now=6.0))
    assert backlog.holes == {}


def test_what_is_held_back_is_waiting_but_not_ready() -> None:
    backlog = Backlog(TOPICS)
    for topic in TOPICS:
        backlog.begin((topic, SHARD), Cursor())
    backlog.add(message(A, 1, seen={B: 1}))
    assert backlog.take(10, now=5.0) == []
    assert (backlog.ready(), backlog.idle(), backlog.held) == (False, False, {(A, SHARD): 5.0})
    backlog.add(message(B, 1))
    assert len(backlog.take(10, now=6.0)) == 2
    assert backlog.held == {}


def test_a_partition_that_is_not_ours_any_more_leaves_nothing_behind() -> None:
    backlog = Backlog([A])
    backlog.begin((A, SHARD), Cursor())
    backlog.add(message(A, 2))
    batch = backlog.take(10, now=0)
    backlog.end((A, SHARD))
    backlog.put_back(batch)
    backlog.applied(batch)
    backlog.add(message(A, 1))
    assert (backlog.places(), backlog.holes, backlog.queued_count((A, SHARD))) == (set(), {}, 0)
