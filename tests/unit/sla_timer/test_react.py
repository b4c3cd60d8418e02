"""Whom a fact concerns: the streams it asks something of, and when it asks nothing."""

from dataclasses import replace

import pytest
from tests.unit.sla_timer.story import (
    DEFAULT,
    INFORMATION_REQUESTED,
    OFFICE,
    RESPONDED,
    STREAM,
    SUBJECT,
    TICKET,
    closed,
    completed,
    entitled,
    ny,
    opened,
    published,
    recorded,
    severity_changed,
)

from contracts.sla import ClockStarted
from contracts.tickets import Assigned, PriorityChanged, Resolved
from sla_timer.domain import INITIAL, decide, evolve, timers
from sla_timer.domain.commands import Ring
from sla_timer.domain.evolve import fold
from sla_timer.react import react
from sla_timer.react.asks import clock_of, response_clock

NOON = ny("2026-07-14 12:00")
CONCERNING = [
    opened(),
    opened(missing=("os",)),
    completed(),
    INFORMATION_REQUESTED,
    severity_changed(1, 2),
    entitled("patrol"),
    RESPONDED,
    closed("withdrawn"),
]


@pytest.mark.parametrize("event", CONCERNING, ids=lambda event: type(event).__name__)
def test_a_fact_that_can_change_the_clock_asks_something_of_it(event: object) -> None:
    [(stream, command)] = react(recorded(NOON, event), OFFICE)
    assert stream == STREAM
    assert command.at == NOON  # type: ignore[union-attr]


def test_a_clock_is_found_by_its_ticket_and_its_kind() -> None:
    assert response_clock(TICKET) == clock_of(TICKET, "response") == STREAM
    assert clock_of(TICKET, "update") == f"clock-{TICKET}-update"


@pytest.mark.parametrize("event", CONCERNING, ids=lambda event: type(event).__name__)
def test_history_brought_in_asks_nothing(event: object) -> None:
    assert react(recorded(NOON, event, occurred_at=NOON), OFFICE) == []


@pytest.mark.parametrize(
    "event",
    [
        closed("resolved"),
        Assigned(ticket_id=TICKET, engineer="tess", before=None),
        PriorityChanged(ticket_id=TICKET, subject_id=SUBJECT, before="low", priority="high", reason="assessed"),
        Resolved(ticket_id=TICKET, subject_id=SUBJECT, resolution="restarted"),
    ],
    ids=lambda event: type(event).__name__,
)
def test_other_facts_ask_nothing(event: object) -> None:
    assert react(recorded(NOON, event), OFFICE) == []


@pytest.mark.parametrize("event", CONCERNING[2:], ids=lambda event: type(event).__name__)
def test_a_fact_about_a_ticket_never_heard_of_changes_nothing_but_completion(event: object) -> None:
    [(_, command)] = react(recorded(NOON, event), OFFICE)
    assert len(decide(command, INITIAL)) == (1 if event == completed() else 0)


def test_a_ring_without_a_timer_changes_nothing() -> None:
    assert decide(Ring(at=NOON, kind="deadline", generation=0), INITIAL) == []
    assert timers(INITIAL) == ()


def test_a_fact_that_doesn_t_fit_changes_nothing() -> None:
    [(_, command)] = react(recorded(NOON, opened()), OFFICE)
    started = decide(command, INITIAL)
    running = fold(INITIAL, started)
    [(_, command)] = react(recorded(NOON, RESPONDED), OFFICE)
    [met] = decide(command, running)
    assert evolve(INITIAL, met) == INITIAL
    over = evolve(running, met)
    assert evolve(over, met) == over


def test_a_ticket_is_clocked_by_the_version_that_it_was_judged_by_whatever_was_published_meanwhile() -> None:
    """A door that has not heard of the newest yet, and one that has heard before this process did."""
    both = OFFICE.published(published(DEFAULT))
    older, newest = OFFICE.latest, both.latest
    for policies, named, follows in (
        (both, older, older),
        (both, newest, newest),
        (both, None, newest),
        (OFFICE, newest, older),  # not known here yet: kit looks for it first
    ):
        [(_, command)] = react(recorded(NOON, replace(opened(), policy=named)), policies)
        [started] = decide(command, INITIAL)
        assert isinstance(started, ClockStarted)
        assert started.versions.policy == follows


def test_what_is_missing_is_what_the_door_asked_for_and_a_later_policy_neither_adds_nor_takes_away() -> None:
    lenient = published(DEFAULT.replace("[product, product_version, os, os_version, description]", "[product]"))
    both = OFFICE.published(lenient)
    [(_, command)] = react(recorded(NOON, replace(opened(missing=("os",)), policy=OFFICE.latest)), both)
    [awaited] = decide(command, INITIAL)
    [(_, command)] = react(recorded(NOON, completed()), both)
    [started] = decide(command, evolve(INITIAL, awaited))
    assert isinstance(started, ClockStarted)
    assert started.versions.policy == lenient.version
