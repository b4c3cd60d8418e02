"""Which timers may ring: those that are due, in order, each shard up to the first that has to wait."""

from datetime import UTC, datetime, timedelta

from kit.store.values import Evidence, Timer
from kit.timers.window import Window

START = datetime(2026, 11, 23, 9, tzinfo=UTC)


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def timer(stream: str, due: float, shard: int = 0, kind: str = "deadline", generation: int = 1) -> Timer:
    return Timer(shard, stream, kind, generation, at(due))


def settled(timer: Timer) -> Evidence | None:
    return "settled"


def nothing(timer: Timer) -> Evidence | None:
    return None


def never(timer: Timer) -> bool:
    return False


def holding(*timers: Timer) -> Window:
    window = Window()
    for one in timers:
        window.push(one)
    return window


def streams(taken: list[tuple[Timer, Evidence]]) -> list[str]:
    return [timer.stream for timer, _ in taken]


def test_what_is_due_rings_the_earliest_first_and_what_is_not_stays() -> None:
    window = holding(timer("b", 2), timer("a", 1), timer("c", 3))
    assert streams(window.take(at(2), 10, settled, never)) == ["a", "b"]
    assert window.upcoming(settled) == at(3)


def test_one_that_comes_due_between_two_looks_is_still_to_come() -> None:
    window = holding(timer("a", 1))
    assert window.take(at(0.999), 10, settled, never) == []
    assert window.upcoming(settled) == at(1)


def test_a_timer_is_held_once_and_again_once_it_was_taken() -> None:
    window = holding(timer("a", 1), timer("a", 1))
    assert streams(window.take(at(1), 10, settled, never)) == ["a"]
    assert window.take(at(1), 10, settled, never) == []
    window.push(timer("a", 1))
    assert streams(window.take(at(1), 10, settled, never)) == ["a"]


def test_no_more_are_taken_than_asked_for_and_the_rest_comes_next() -> None:
    window = holding(*(timer(str(n), n) for n in range(5)))
    assert streams(window.take(at(9), 2, settled, never)) == ["0", "1"]
    assert streams(window.take(at(9), 2, settled, never)) == ["2", "3"]


def test_a_shard_that_has_to_wait_holds_no_other_up_however_many_wait_in_it() -> None:
    window = holding(*(timer(f"waiting-{n}", 0) for n in range(50)), timer("other", 1, shard=1))

    def only_the_other(one: Timer) -> Evidence | None:
        return "settled" if one.shard == 1 else None

    assert streams(window.take(at(1), 10, only_the_other, never)) == ["other"]
    assert window.overdue(at(4)) == timedelta(seconds=4)


def test_what_waited_rings_in_order_as_far_as_it_may() -> None:
    window = holding(*(timer(str(n), n) for n in range(4)))
    assert window.take(at(9), 10, nothing, never) == []

    def until_two(one: Timer) -> Evidence | None:
        return "settled" if one.due_at <= at(2) else None

    assert streams(window.take(at(9), 10, until_two, never)) == ["0", "1", "2"]
    assert window.overdue(at(9)) == timedelta(seconds=6)
    assert streams(window.take(at(9), 10, settled, never)) == ["3"]
    assert window.overdue(at(9)) == timedelta()


def test_one_that_comes_late_takes_its_place_among_those_that_wait() -> None:
    window = holding(timer("later", 2))
    window.take(at(9), 10, nothing, never)
    window.push(timer("earlier", 1))
    window.take(at(9), 10, nothing, never)
    assert streams(window.take(at(9), 10, settled, never)) == ["earlier", "later"]


def test_a_parked_ticket_waits_for_itself_alone() -> None:
    window = holding(timer("parked", 0), timer("other", 1))

    def but_the_parked(one: Timer) -> Evidence | None:
        return None if one.stream == "parked" else "settled"

    window.take(at(9), 10, nothing, never)
    assert streams(window.take(at(9), 10, but_the_parked, lambda one: one.stream == "parked")) == ["other"]
    assert window.overdue(at(9)) == timedelta(seconds=9)


def test_cleared_it_holds_nothing_and_knows_no_horizon() -> None:
    window = holding(timer("a", 1))
    window.horizon = at(10)
    window.clear()
    assert window.take(at(9), 10, settled, never) == []
    assert not window.horizon


def test_those_that_come_due_soon_are_seen_without_being_taken() -> None:
    window = holding(*(timer(str(n), n) for n in (5, 1, 4, 2, 3, 6)))
    assert sorted(one.stream for one in window.soon(at(4))) == ["1", "2", "3", "4"]
    assert streams(window.take(at(2), 10, settled, never)) == ["1", "2"]


def test_what_waits_for_the_edge_wakes_nobody_by_coming_due() -> None:
    def alarms(timer: Timer) -> Evidence | None:
        return "settled" if timer.kind == "alarm" else None

    window = Window(lambda timer: timer.kind == "deadline")
    window.push(timer("verdict", 1))
    assert window.upcoming(alarms) is None
    assert window.upcoming(settled) == at(1)
    window.push(timer("alarm", 2, kind="alarm"))
    assert window.upcoming(alarms) == at(2)
    assert [one.stream for one in window.soon(at(1))] == ["verdict"]
    assert streams(window.take(at(3), 10, settled, never)) == ["verdict", "alarm"]
    assert window.overdue(at(3)) == timedelta()
