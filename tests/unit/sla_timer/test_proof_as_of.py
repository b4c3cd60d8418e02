"""Two questions: what had happened by an instant, and what was known at one."""

from datetime import datetime, timedelta

import pytest
from tests.unit.sla_timer.explained import GRACE, SOON, fact, logged, proved, table_of
from tests.unit.sla_timer.story import OFFICE, RESPONDED, hours, ny, opened, responded, severity_changed

from contracts.sla import ObjectiveMissed
from sla_timer.history import AsOf

TEN, HALF_PAST, ELEVEN, NOON, FIVE = (ny(f"2026-07-14 {at}") for at in ("10:00", "10:30", "11:00", "12:00", "17:00"))

RETRACTED = logged([(TEN, opened(1)), (HALF_PAST, RESPONDED)], FIVE, silence=(TEN + SOON, NOON))
"""Answered at half past ten; but nobody heard of it until noon, and a breach was announced at eleven."""


def state(at: datetime, known_at: datetime | None = None) -> str:
    return proved(RETRACTED, at, known_at=known_at).clock.state


def test_the_log_of_that_story_has_a_breach_and_its_retraction() -> None:
    assert [type(one.event).__name__ for one in RETRACTED][-3:] == ["SlaBreached", "BreachRetracted", "SlaMet"]


def test_as_of_any_instant_a_breach_that_never_was_is_in_no_answer_that_knows_better() -> None:
    assert state(HALF_PAST - SOON) == "running"
    for at in (HALF_PAST, ELEVEN - SOON, ELEVEN, ELEVEN + GRACE, NOON, FIVE):
        assert state(at) == "met"


def test_as_known_between_the_announcement_and_the_retraction_it_was_breached() -> None:
    known = ELEVEN + GRACE
    assert state(known, known) == "breached"
    assert state(ELEVEN, known) == "breached"
    assert state(ELEVEN - SOON, known) == "running"
    assert state(NOON, NOON) == "breached"
    assert state(NOON + SOON, NOON + SOON) == "met"


def test_as_known_before_the_announcement_it_ran() -> None:
    assert state(ELEVEN + SOON, ELEVEN + GRACE - SOON) == "running"


def test_the_proof_that_knows_of_the_retraction_tells_of_it_and_what_it_was() -> None:
    proof = proved(RETRACTED, FIVE)
    assert "A breach was announced and is retracted, because an answer in time turned up late." in proof.summary
    assert (table_of(proof), proof.clock.evidence) == ([("open", 0.5), ("over", 0)], None)
    before = proved(RETRACTED, NOON, known_at=NOON)
    assert (before.clock.evidence, table_of(before)) == ("grace", [("open", 1), ("late", 1)])
    assert "late evidence may still retract it" in before.summary


def test_what_is_told_happened_when_intake_recorded_it_and_is_known_since_the_clock_heard_of_it() -> None:
    met = proved(RETRACTED, FIVE).events[-1]
    assert (met.happened_at, met.recorded_at) == (HALF_PAST, NOON + SOON)


def test_a_change_heard_of_late_counts_from_when_it_was_recorded() -> None:
    log = logged([(TEN, opened(1)), (HALF_PAST, severity_changed(1, 2))], FIVE, silence=(TEN + SOON, NOON))
    assert proved(log, ELEVEN + hours(0.5)).clock.due_at == ny("2026-07-14 14:00")
    assert proved(log, HALF_PAST - SOON).clock.due_at == ELEVEN
    assert proved(log, NOON, known_at=NOON).clock.state == "breached"


def test_a_promise_in_anothers_place_is_there_from_the_change_on_and_not_from_its_start() -> None:
    log = logged([(TEN, opened(2)), (HALF_PAST, severity_changed(2, 4))], FIVE)
    assert proved(log, HALF_PAST - SOON).clock.state == "running"
    assert proved(log, HALF_PAST, metric="objective").clock.state == "running"


def test_an_objective_missed_by_a_change_happened_with_the_change() -> None:
    thursday = TEN + timedelta(days=2)
    log = logged([(TEN, opened(2, "command")), (thursday, severity_changed(2, 4))], thursday)
    log = [one for one in log if not isinstance(one.event, ObjectiveMissed)]
    late = ObjectiveMissed(
        ticket_id=log[-1].event.ticket_id, metric="objective", due_at=TEN + hours(24), versions=log[-1].event.versions
    )
    missed = [*log, fact(late, len(log) + 1, thursday)]
    found, _, _ = AsOf(thursday).of(missed)
    assert found[-1][1] >= log[-1].recorded_at - SOON


def test_what_there_is_has_happened_even_where_another_clock_runs_ahead() -> None:
    log = logged([(TEN, opened(1))], TEN + SOON)
    found, at, known_at = AsOf(TEN - timedelta(seconds=1)).of(log)
    assert (len(found), at, known_at) == (1, TEN, TEN + SOON)


@pytest.mark.parametrize("at", [NOON, FIVE, FIVE + hours(24)])
def test_an_objective_answered_late_stays_missed(at: datetime) -> None:
    log = logged([(TEN, opened(4)), (TEN + hours(25), responded(4))], TEN + hours(50), OFFICE)
    expected = "running" if at < TEN + hours(24) else "missed"
    assert proved(log, at, metric="objective").clock.state == expected
