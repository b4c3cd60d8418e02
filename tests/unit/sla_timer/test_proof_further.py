"""The proof of clocks that stand still, and of promises beyond a first answer, which may be owed again and again."""

import pytest
from tests.unit.sla_timer.explained import logged, proved, table_of
from tests.unit.sla_timer.story import (
    MORE,
    PAUSING,
    RESOLVED,
    RESPONDED,
    closed,
    completed,
    hours,
    ny,
    opened,
    reopened,
    severity_changed,
    underway,
    wrote,
)
from tests.unit.sla_timer.test_semantics_merged import absorbed

NINE, TEN, ELEVEN, NOON, ONE, TWO, FIVE = (
    ny(f"2026-07-14 {at}") for at in ("09:00", "10:00", "11:00", "12:00", "13:00", "14:00", "17:00")
)
ASKED = wrote("staff", awaits_reply=True)
CAME = wrote("requester")


def test_while_the_ticket_waits_for_its_requester_nothing_counts() -> None:
    log = logged([(TEN, opened(2)), (ELEVEN, ASKED), (ONE, CAME)], FIVE, PAUSING)
    proof = proved(log, TWO, policies=PAUSING)
    assert table_of(proof) == [("open", 1), ("paused", 0), ("open", 1)]
    assert proof.segments[1].why == "paused: waiting for the requester"
    assert (len(proof.rules), proof.clock.due_at) == (1, ny("2026-07-14 16:00"))
    assert [one.type for one in proof.events[:3]] == ["clock.started", "clock.paused", "clock.resumed"]


def test_a_clock_that_stands_still_has_no_deadline_and_keeps_what_is_left() -> None:
    proof = proved(logged([(TEN, opened(2)), (ELEVEN, ASKED)], FIVE, PAUSING), FIVE, policies=PAUSING)
    assert table_of(proof) == [("open", 1), ("paused", 0)]
    assert (proof.clock.state, proof.clock.due_at, proof.clock.remaining) == ("paused", None, hours(3))
    assert proof.clock.warnings == ()
    assert "stands still with 1h used up and 3h left" in proof.summary


def test_an_answer_while_the_clock_stands_still_is_met() -> None:
    log = logged([(TEN, opened(2)), (ELEVEN, ASKED), (ONE, RESPONDED)], FIVE, PAUSING)
    proof = proved(log, FIVE, policies=PAUSING)
    assert table_of(proof) == [("open", 1), ("paused", 0), ("over", 0)]
    assert (proof.clock.state, proof.clock.due_at) == ("met", None)
    assert "while the clock stood still with 1h used up: met" in proof.summary


def test_an_objective_that_stands_still_counts_neither() -> None:
    log = logged([(TEN, opened(4)), (ELEVEN, ASKED), (ONE, CAME)], FIVE, PAUSING)
    proof = proved(log, TWO, metric="objective", policies=PAUSING)
    assert table_of(proof) == [("elapsed", 1), ("paused", 0), ("elapsed", 1)]


def test_a_resolution_that_was_reopened_goes_on_and_says_what_it_was_meanwhile() -> None:
    history = [(TEN, opened(1)), (ELEVEN, RESPONDED), (NOON, RESOLVED), (ONE, reopened(underway()))]
    log = logged(history, FIVE, MORE, kind="resolution")
    settled = proved(log, ny("2026-07-14 12:30"), metric="resolution", policies=MORE)
    assert (table_of(settled), settled.clock.state) == ([("open", 2), ("over", 0)], "met")
    proof = proved(log, TWO, metric="resolution", policies=MORE)
    assert table_of(proof) == [("open", 2), ("paused", 0), ("open", 1)]
    assert (proof.segments[1].why, proof.clock.state) == ("settled, until it was reopened", "running")
    assert "A resolution is promised in less than 4h of support time" in proof.summary


def test_a_reply_owed_again_is_another_round_with_a_proof_of_its_own() -> None:
    asks, reply = wrote("requester", underway()), wrote("staff", underway())
    history = [(TEN, opened(1)), (TEN + hours(0.5), RESPONDED), (ELEVEN, asks), (NOON, reply), (ONE, asks)]
    log = logged(history, FIVE, MORE, kind="next-reply")
    first, second = (proved(log, at, metric="next-reply", policies=MORE) for at in (NOON, ny("2026-07-14 13:14")))
    assert (first.clock.round, first.clock.state, table_of(first)) == (1, "breached", [("open", 0.5), ("late", 0.5)])
    assert (second.clock.round, second.clock.state, table_of(second)) == (2, "running", [("open", 14 / 60)])
    assert (second.clock.received_at, second.clock.breached_at) == (ONE, None)
    assert [one.type for one in second.events] == ["clock.started"]
    assert "The requester wrote Tue 2026-07-14 13:00 -04:00" in second.summary


def test_a_breach_that_is_owed_no_longer_says_how_late_it_was_by_then() -> None:
    asks = wrote("requester", underway())
    history = [(TEN, opened(1)), (TEN + hours(0.5), RESPONDED), (ELEVEN, asks), (ONE, closed("resolved"))]
    proof = proved(logged(history, FIVE, MORE, kind="next-reply"), FIVE, metric="next-reply", policies=MORE)
    assert (proof.clock.state, proof.clock.breached_by) == ("breached", hours(1.5))
    assert table_of(proof) == [("open", 0.5), ("late", 1.5), ("over", 0)]
    assert "It is owed no longer since Tue 2026-07-14 13:00 -04:00" in proof.summary


def test_where_nothing_is_promised_at_a_severity_nothing_is_due_and_the_course_is_kept() -> None:
    history = [(TEN, opened(1)), (ELEVEN, severity_changed(1, 4)), (ONE, severity_changed(4, 1))]
    log = logged(history, FIVE, MORE, kind="resolution")
    unowed = proved(log, NOON, metric="resolution", policies=MORE)
    assert (unowed.clock.state, unowed.clock.due_at) == ("unowed", None)
    assert "At this severity no resolution is promised." in unowed.summary
    again = proved(log, ny("2026-07-14 13:30"), metric="resolution", policies=MORE)
    assert (again.clock.state, again.clock.due_at, table_of(again)) == ("running", TWO, [("open", 3.5)])


@pytest.mark.parametrize("missing", [(), ("os",)])
def test_an_earlier_start_from_a_merged_ticket_is_counted_from_there(missing: tuple[str, ...]) -> None:
    completion = [(ny("2026-07-14 10:30"), completed(2))] if missing else []
    log = logged([(TEN, opened(2, missing=missing)), *completion, (ELEVEN, absorbed(NINE))], FIVE)
    assert proved(log, ELEVEN - hours(0.1)).clock.started_at == ny(
        "2026-07-14 10:30" if missing else "2026-07-14 10:00"
    )
    proof = proved(log, ny("2026-07-14 11:30"))
    assert (table_of(proof), proof.clock.due_at) == ([("open", 2.5)], ONE)
    assert "counts from Tue 2026-07-14 09:00 -04:00, for the sake of a ticket that was merged" in proof.summary
    assert any("another ticket was merged into this one" in one.words for one in proof.events)
