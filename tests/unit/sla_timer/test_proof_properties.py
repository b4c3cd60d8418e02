"""Whatever befalls a ticket, and at whatever instant one asks: the proof adds up to what the core has on record."""

from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.sla_timer.explained import logged, proved
from tests.unit.sla_timer.story import (
    INFORMATION_RECEIVED,
    INFORMATION_REQUESTED,
    OFFICE_TEXT,
    PAUSING,
    RESOLVED,
    TICKET,
    closed,
    completed,
    entitled,
    ny,
    opened,
    published,
    reopened,
    responded,
    severity_changed,
    underway,
    with_further,
    wrote,
)
from tests.unit.sla_timer.test_semantics_merged import absorbed

from contracts.sla import ClockRescheduled, ClockResumed, ClockStarted
from contracts.tickets import Severity, Tier
from sla_timer.domain.clock.timeline import Timeline
from sla_timer.domain.commands import MigrateClock
from sla_timer.history import AsOf, metrics_of, read_history, status_at
from sla_timer.history.verdict import ClockSoFar
from sla_timer.policy.promise import FURTHER_KINDS, Kind
from sla_timer.policy.versions import Policies

TEXT = with_further(OFFICE_TEXT, pauses=True)
NEWER = PAUSING.published(published(TEXT.replace("2: {within: 4h", "2: {within: 3h").replace("17:00", "18:30")))
OLDER = Policies(NEWER.versions, PAUSING.latest)
"""Promises of every kind, all of them pausing: the version that is in force, and one that clocks are migrated to."""
BEGIN = ny("2026-11-20 08:00")

SEVERITIES: st.SearchStrategy[Severity] = st.sampled_from([1, 2, 3, 4])
TIERS: st.SearchStrategy[Tier] = st.sampled_from(["enlist", "patrol", "command", "assessment"])
CALENDARS = st.sampled_from([None, None, "office", "around-the-clock"])
UNDERWAY = st.builds(underway, SEVERITIES, TIERS, CALENDARS)
STEPS = st.integers(1, 3 * 86_400_000_000).map(lambda micros: timedelta(microseconds=micros))
FACTS: st.SearchStrategy[Any] = st.one_of(
    st.builds(severity_changed, SEVERITIES, SEVERITIES),
    st.builds(entitled, TIERS, CALENDARS),
    st.just(INFORMATION_REQUESTED),
    st.builds(completed, SEVERITIES, TIERS, CALENDARS),
    st.just("migrate"),
    st.builds(responded, SEVERITIES),
    st.just(closed("withdrawn")),
    st.just(closed("resolved")),
    st.builds(responded, SEVERITIES, awaits_reply=st.booleans()),
    st.builds(wrote, st.sampled_from(["staff", "requester"]), UNDERWAY, awaits_reply=st.booleans()),
    st.builds(reopened, UNDERWAY),
    st.builds(absorbed, st.sampled_from([None, BEGIN, BEGIN + timedelta(days=1)])),
    st.sampled_from([RESOLVED, INFORMATION_RECEIVED]),
)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[tuple[datetime, Any]], datetime]:
    """A ticket's facts, and an instant after them."""
    at = BEGIN + draw(STEPS)
    missing = draw(st.sampled_from([(), (), ("os",)]))
    history: list[tuple[datetime, Any]] = [(at, opened(draw(SEVERITIES), draw(TIERS), draw(CALENDARS), missing))]
    for _ in range(draw(st.integers(0, 6))):
        at += draw(STEPS) / draw(st.sampled_from([1, 10, 100]))
        told = draw(FACTS)
        history.append((at, MigrateClock(at=at, policies=NEWER) if told == "migrate" else told))
    return history, at + draw(STEPS)


@settings(max_examples=150, deadline=None)
@given(histories(), st.integers(0, 1_000), st.booleans(), st.sampled_from(("response", *FURTHER_KINDS)))
def test_the_proof_adds_up_to_what_is_on_record(
    drawn: tuple[list[tuple[datetime, Any]], datetime], part: int, silent: bool, kind: Kind
) -> None:
    history, until = drawn
    first = history[0][0]
    silence = (first + timedelta(seconds=1), first + (until - first) / 2) if silent else None
    log = logged(history, until, OLDER, silence, kind)
    for at in (until, history[0][0] + (until - history[0][0]) * part / 1_000):
        for known_at in (None, at):
            facts, _, _ = AsOf(at, at, known_at).of(log)
            for metric in metrics_of(facts):
                proof = proved(log, at, metric=metric, known_at=known_at, policies=NEWER)
                _agrees(read_history(facts, metric), proof.clock)


@settings(max_examples=150, deadline=None)
@given(histories(), st.integers(0, 1_000), st.sampled_from(("response", *FURTHER_KINDS)))
def test_what_if_s_verdict_of_a_clock_is_its_status(
    drawn: tuple[list[tuple[datetime, Any]], datetime], part: int, kind: Kind
) -> None:
    """The stream is folded twice: once in haste, for hundreds of thousands of tickets, and once for the proof."""
    history, until = drawn
    log = logged(history, until, OLDER, None, kind)
    at = history[0][0] + (until - history[0][0]) * part / 1_000
    facts, _, _ = AsOf(at, at).of(log)
    if not facts:
        return
    metric = facts[-1][0].event.metric
    told, clock = read_history(facts, metric), ClockSoFar()
    clock.apply(fact.event for fact, _ in facts)
    verdict, status = clock.verdict(), status_at(told, at, NEWER, TICKET, None)
    if not (told.ended_at and verdict.state == "waiting"):
        assert verdict.state == status.state
    assert verdict.breached_at == (status.breached_at if status.state == "breached" else None)
    if told.answer:
        assert (verdict.responded_at, verdict.elapsed) == (status.responded_at, told.answer.elapsed)
    if status.state in ("running", "breached", "missed"):
        assert (verdict.due_at, verdict.started_at) == (status.due_at, status.started_at)
        assert verdict.severity == status.severity


def _agrees(told: Any, clock: Any) -> None:
    """With the course that the core has, and with the deadline of the last event that set one."""
    if told.clock is None:
        return
    timeline, end = Timeline.of(told.clock, NEWER), min(told.ended_at or clock.at, clock.at)
    promise = told.clock.promise_by(NEWER)
    if clock.state == "unowed" or promise is None:
        assert clock.consumed == timeline.consumed(end)
        assert (clock.target, clock.due_at) == (None, None)
        return
    assert clock.consumed == timeline.elapsed(promise, end)
    setting = (ClockStarted, ClockRescheduled, ClockResumed)
    due_at = [fact.event.due_at for fact, _ in told.facts if isinstance(fact.event, setting)]
    assert clock.due_at in (None, due_at[-1])
    assert clock.due_at is not None or clock.state in ("paused", "met", "cancelled")
