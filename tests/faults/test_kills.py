"""One kill of each: the script of fifty rounds, in small. And that its judgement finds what it should."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from tests.faults.killing import rounds
from tests.faults.verdicts import Said, Told, bare, faults_in

from punctual.local.places import Home

DUE = datetime(2026, 11, 23, 12, tzinfo=UTC)
OPENED = Said("a", "ticket.opened", DUE - timedelta(hours=1), {})
STARTED = Said("a", "clock.started", DUE - timedelta(hours=1), {"due_at": "2026-11-23T12:00:00Z"})
BREACHED = Said("a", "sla.breached", DUE, {})
RETRACTED = Said("a", "sla.breach-retracted", DUE, {})
MET = Said("a", "sla.met", DUE, {})
ANSWERED = Said("a", "ticket.initial-response-given", DUE - timedelta(microseconds=1), {})
LATE = Said("a", "ticket.initial-response-given", DUE, {})


@pytest.mark.parametrize(
    "events",
    [
        [BREACHED],
        [LATE, BREACHED],
        [ANSWERED, MET],
        [ANSWERED, BREACHED, RETRACTED, MET],
    ],
)
def test_a_verdict_that_is_true_and_said_once_is_no_fault(events: list[Said]) -> None:
    assert faults_in(Told(["a"], [OPENED, STARTED, *events])) == []


@pytest.mark.parametrize(
    "events",
    [
        [],
        [BREACHED, BREACHED],
        [LATE, MET],
        [ANSWERED, BREACHED],
        [ANSWERED],
        [ANSWERED, MET, MET],
        [BREACHED, RETRACTED],
    ],
)
def test_a_verdict_that_is_lost_wrong_or_said_twice_is_found(events: list[Said]) -> None:
    assert faults_in(Told(["a"], [OPENED, STARTED, *events]))


def test_a_ticket_that_was_confirmed_and_is_not_there_is_found() -> None:
    assert faults_in(Told(["a"], []))
    assert faults_in(Told(["a"], [OPENED]))


def test_a_line_that_no_machine_can_read_is_found() -> None:
    assert bare(['{"event": "started"}', "Traceback (most recent call last):", "17", ""]) == [
        "Traceback (most recent call last):",
        "17",
        "",
    ]
    assert faults_in(Told([], [], ["Traceback"])) == ["a line of a log is no JSON: Traceback"]


@pytest.mark.slow
@pytest.mark.timeout(300)
async def test_one_kill_of_each_loses_no_breach_and_says_none_twice(tmp_path: Path) -> None:
    told = await rounds(Home(tmp_path / "faults"), 3, random.Random(1), say=print)
    assert faults_in(told) == []
    assert told.count("sla.breached")
    assert told.count("sla.met")
