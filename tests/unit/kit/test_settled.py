"""What a follower may rely on: the edge, shard by shard."""

from datetime import UTC, datetime, timedelta

from kit.timers.edge import Announcement, Edge

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def edge(*, seq: int = 0, shard: int = 7) -> Edge:
    """One shard is ours, consumed so far; the grace is 30 s."""
    made = Edge(30.0)
    made.begin(shard, seq, 100.0)
    return made


def evidence(
    of: Edge, due_at: datetime = NOON, *, elapsed: float = 100.0, at_end: bool = True, parked: bool = False
) -> str | None:
    return of.evidence(7, due_at, elapsed=elapsed, at_end=at_end, parked=parked)


def test_nothing_is_known_of_a_shard_at_first() -> None:
    assert edge().of(7) is None
    assert evidence(edge()) is None


def test_a_record_settles_its_shard_up_to_its_own_time() -> None:
    own = edge()
    own.applied(7, 1, NOON, 101.0)
    assert own.of(7) == NOON
    assert evidence(own) == "settled"
    assert evidence(own, NOON + timedelta(microseconds=1)) is None


def test_an_announcement_holds_at_once_for_who_has_reached_its_head() -> None:
    own = edge(seq=5)
    own.announced(Announcement(NOON, {7: 5}), 101.0)
    assert evidence(own) == "settled"
    further = edge(seq=6)
    further.announced(Announcement(NOON, {7: 5}), 101.0)
    assert evidence(further) == "settled"


def test_nothing_is_settled_any_more_where_the_database_went_back() -> None:
    own = edge(seq=5)
    own.announced(Announcement(NOON, {7: 5}), 101.0)
    own.reached(7, 3, 102.0)
    assert evidence(own) is None
    own.announced(Announcement(NOON, {7: 5}), 103.0)
    assert evidence(own) is None
    own.applied(7, 4, NOON - 2 * SECOND, 104.0)
    own.applied(7, 5, NOON - SECOND, 104.0)
    assert evidence(own) == "settled"


def test_an_announcement_waits_for_the_records_before_its_head() -> None:
    own = edge(seq=3)
    own.announced(Announcement(NOON, {7: 5}), 101.0)
    own.applied(7, 4, NOON - 9 * SECOND, 102.0)
    assert own.of(7) == NOON - 9 * SECOND
    own.applied(7, 5, NOON - 8 * SECOND, 103.0)
    assert own.of(7) == NOON


def test_of_several_announcements_each_counts_when_its_head_is_reached() -> None:
    own = edge(seq=3)
    own.announced(Announcement(NOON, {7: 4}), 101.0)
    own.announced(Announcement(NOON + SECOND, {7: 4}), 101.5)
    own.announced(Announcement(NOON + 2 * SECOND, {7: 6}), 102.0)
    own.applied(7, 4, NOON - SECOND, 103.0)
    assert own.of(7) == NOON + SECOND
    own.applied(7, 6, NOON - SECOND, 104.0)
    assert own.of(7) == NOON + 2 * SECOND


def test_the_edge_never_runs_back() -> None:
    own = edge()
    own.announced(Announcement(NOON, {7: 0}), 101.0)
    own.announced(Announcement(NOON - SECOND, {7: 0}), 102.0)
    own.applied(7, 1, NOON - SECOND, 103.0)
    assert own.of(7) == NOON


def test_an_announcement_says_nothing_of_shards_it_does_not_name_or_that_are_not_ours() -> None:
    own = edge()
    own.announced(Announcement(NOON, {8: 0}), 101.0)
    assert (own.of(7), own.of(8)) == (None, None)
    own.applied(8, 1, NOON, 102.0)
    assert own.shards() == {7}


def test_how_long_the_edge_has_not_moved_is_known_of_whichever_shard_waits_longest() -> None:
    own = edge()
    own.begin(8, 0, 110.0)
    assert own.silence(112.0) == 12.0
    own.announced(Announcement(NOON, {7: 0}), 111.0)
    assert own.silence(112.0) == 2.0
    own.end(7)
    own.end(8)
    assert own.silence(112.0) == 0.0


def test_after_the_grace_without_news_a_deadline_is_announced_without_confirmation() -> None:
    own = edge()
    assert evidence(own, elapsed=129.9) is None
    assert evidence(own, elapsed=130.0) == "grace"
    assert evidence(own, elapsed=130.0, at_end=False) is None


def test_every_news_begins_the_grace_again() -> None:
    own = edge()
    own.applied(7, 1, NOON - SECOND, 120.0)
    assert evidence(own, elapsed=140.0) is None
    assert evidence(own, elapsed=150.0) == "grace"
    own.announced(Announcement(NOON - 2 * SECOND, {7: 1}), 149.0)  # no news: older than what is known
    assert evidence(own, elapsed=150.0) == "grace"


def test_what_is_settled_says_nothing_of_a_ticket_with_records_set_aside() -> None:
    own = edge()
    own.applied(7, 1, NOON, 101.0)
    assert evidence(own, parked=True) is None
    assert evidence(own, elapsed=1000.0, parked=True) is None


def test_a_shard_that_is_another_s_is_forgotten_and_begins_anew_when_it_comes_back() -> None:
    own = edge()
    own.applied(7, 4, NOON, 101.0)
    own.end(7)
    assert own.shards() == set()
    assert own.of(7) is None
    assert evidence(own, elapsed=1000.0) is None
    own.begin(7, 9, 200.0)
    assert own.of(7) is None
    assert evidence(own, elapsed=229.0) is None
    own.announced(Announcement(NOON, {7: 9}), 229.0)
    assert evidence(own, elapsed=229.0) == "settled"
