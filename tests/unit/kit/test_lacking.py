"""A shard's records at the broker, held beside the log."""

from datetime import UTC, datetime
from uuid import UUID

from contracts.envelope import Meta
from contracts.wire import Envelope
from kit.recovery.lacking import Comparison
from kit.store.values import LogEnd

AT = datetime(2026, 3, 2, tzinfo=UTC)


def name(branch: str, seq: int) -> UUID:
    return UUID(int=(ord(branch) << 32) + seq)


def record(seq: int, branch: str = "a", after: str | None = None) -> Envelope:
    previous = name(after or branch, seq - 1) if seq > 1 else None
    return Envelope(
        "/punctual/x", seq, "ticket-x", 1, name(branch, seq), UUID(int=0), "x", 1, AT, Meta(actor="", role=""), previous
    )


def held_beside(log: str, *records: Envelope, relayed: int = 0) -> tuple[Comparison, list[int]]:
    """The comparison, and the numbers found missing. `log`: the branch of each event that is there, as in "aab"."""
    ours = {(7, seq): name(branch, seq) for seq, branch in enumerate(log, 1)}
    one = Comparison.of(LogEnd(7, len(log), ours.get((7, len(log))), relayed, ours.get((7, relayed)), 0, True))
    found = []
    for envelope in records:
        asked = {place: ours[place] for place in one.asks(envelope) if place in ours}
        if one.take(envelope, asked):
            found.append(envelope.shard_seq)
    return one, found


def test_a_log_that_has_all_that_the_broker_has_lacks_nothing() -> None:
    one, missing = held_beside("aaaa", record(2), record(3), relayed=1)
    assert (missing, one.fork, one.strays) == ([], None, 0)
    assert one.relayed == 3


def test_the_broker_has_lost_what_it_took_if_the_last_of_that_is_not_there() -> None:
    assert not held_beside("aaa")[0].lost
    assert held_beside("aaa", relayed=2)[0].lost
    assert held_beside("aaa", record(1), record(2, "b", "a"), relayed=2)[0].lost
    assert not held_beside("aaa", record(2), record(3), relayed=2)[0].lost


def test_what_follows_on_the_log_is_missing_in_its_order() -> None:
    one, missing = held_beside("aa", record(2), record(3), record(4), record(5), relayed=2)
    assert (missing, one.fork) == ([3, 4, 5], None)
    assert (one.head, one.head_id, one.relayed) == (5, name("a", 5), 5)


def test_an_empty_log_takes_up_everything() -> None:
    assert held_beside("", record(1), record(2))[1] == [1, 2]


def test_records_that_come_twice_are_missing_once() -> None:
    assert held_beside("a", record(1), record(2), record(3), record(2), record(3), record(4))[1] == [2, 3, 4]


def test_another_event_under_a_number_of_ours_after_the_same_event_is_a_fork() -> None:
    one, missing = held_beside("aab", record(2), record(3), record(4))
    assert missing == []
    assert one.fork
    assert "number 3" in one.fork


def test_a_fork_at_the_very_first_event_is_one_too() -> None:
    assert held_beside("b", record(1))[0].fork


def test_a_topic_that_has_two_branches_is_a_fork_however_much_of_the_log_is_there() -> None:
    both = [record(1), record(2), record(3), record(2, "b", after="a"), record(3, "b")]
    assert held_beside("a", *both)[0].fork
    assert held_beside("abb", *both)[0].fork


def test_records_that_overtook_one_that_never_came_are_passed_over() -> None:
    one, missing = held_beside("aa", record(4), record(5))
    assert (missing, one.fork, one.strays) == ([], None, 2)
    # Later the log goes on with other events, and what it sent is read again from the beginning.
    one, missing = held_beside("aabb", record(1), record(2), record(4), record(3, "b", after="a"), record(4, "b"))
    assert (missing, one.fork) == ([], None)


def test_records_beyond_a_gap_follow_once_it_is_filled() -> None:
    one, missing = held_beside("aa", record(4), record(5), record(3), record(4), record(5))
    assert missing == [3, 4, 5]
    assert one.head == 5


def test_a_relay_that_was_set_back_is_not_set_forth_by_records_sent_before_that() -> None:
    one, _ = held_beside("aaaa", record(3), record(4), relayed=0)
    assert one.relayed == 0
