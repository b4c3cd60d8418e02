"""A promise that is no clock's is proved in the same form as one that is, and shown by the same means."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from itertools import pairwise
from typing import get_args

import pytest
from pydantic import TypeAdapter
from rich.console import Console
from tests.unit.kit.acknowledged import DUE, TARGET, ny, proof

from contracts.instants import ZERO
from contracts.proof import Proof
from contracts.sla import Metric
from kit.proof.console import show
from kit.proof.page import page
from kit.proof.picture import BOTTOM, HEIGHT, LEFT, TOP, picture
from kit.proof.text import rows, text

FRIDAY, NOON = ny("2026-11-27 11:00"), ny("2026-11-30 12:00")
KEPT = proof(NOON, acknowledged=FRIDAY)
BROKEN = proof(NOON)
LATE = proof(ny("2026-12-01 12:00"), acknowledged=NOON)
RUNNING = proof(FRIDAY)
EVERY = pytest.mark.parametrize("shown", [KEPT, BROKEN, LATE, RUNNING], ids=["kept", "broken", "late", "running"])


def hours(of: float) -> timedelta:
    return timedelta(hours=of)


@EVERY
def test_its_stretches_follow_one_another_and_what_they_count_adds_up(shown: Proof) -> None:
    assert all(one.until == other.since for one, other in pairwise(shown.segments))
    assert sum((one.counted for one in shown.segments), ZERO) == shown.promise.consumed == shown.segments[-1].total


def test_of_a_kept_promise_the_sum_says_what_was_left() -> None:
    assert KEPT.promise.consumed == hours(9)
    assert KEPT.arithmetic == [
        "T = Wed 2026-11-25 10:00 -05:00 + 2 working days = Mon 2026-11-30 10:00 -05:00",
        "target 16h − used up 9h = 7h left",
        "acknowledgement Fri 2026-11-27 11:00 -05:00, before T: met",
    ]


def test_of_a_broken_promise_the_sum_says_how_far_it_is_past_the_deadline() -> None:
    assert BROKEN.promise.breached_by == hours(2)
    assert BROKEN.arithmetic[1:] == ["used up 18h − target 16h = 2h past T", "no acknowledgement before T: breached"]
    assert LATE.arithmetic[2] == "acknowledgement Mon 2026-11-30 12:00 -05:00, not before T: breached"


def test_the_text_has_the_paragraph_the_sum_the_table_the_rules_and_the_facts_with_their_causes() -> None:
    said = text(BROKEN)
    for line in (BROKEN.summary, *BROKEN.arithmetic):
        assert line in said
    assert rows(BROKEN)[2] == ("Thu 2026-11-26 00:00 -05:00", "Fri 2026-11-27 00:00", "–", "7h", "holiday: 2026-11-26")
    assert rows(BROKEN)[-1][2:] == ("2h", "18h", "open, past the deadline")
    assert "calendar office 77aa, policy 1f3a (shipped), time zones of 2026.6" in said
    assert "2026-11-30 15:00:00Z  feedback.acknowledgement-missed: Nobody acknowledged it." in said
    assert "because of feedback.received 00000000, because of mail 9f86d081" in said
    assert "DOES NOT HOLD" not in said


def test_the_picture_rises_to_the_promise_at_the_deadline_and_goes_on_in_red() -> None:
    found = picture(BROKEN)
    assert found
    assert found.due
    assert [one.kind for one in found.blocks] == [
        *["counts", *["closed"] * 3] * 1,
        "counts",
        "closed",
        "counts",
        "late",
    ]
    assert (found.used[0], found.used[-1]) == ((LEFT, HEIGHT - BOTTOM), (found.due.x, found.target_y))
    assert (found.late[-1][1], found.target) == (TOP, "promised: 16h")


def test_the_picture_of_a_promise_that_was_kept_has_no_red() -> None:
    found = picture(KEPT)
    assert found
    assert (list(found.late), found.blocks[-1].kind) == ([], "over")


def test_the_picture_of_one_that_runs_goes_on_to_the_deadline() -> None:
    found = picture(RUNNING)
    assert found
    assert found.due
    assert found.ahead == [found.used[-1], (found.due.x, found.target_y)]


@EVERY
def test_the_page_says_all_of_it_under_the_heading_that_it_is_given(shown: Proof) -> None:
    said = page(shown, "F-7: acknowledgement")
    state = shown.promise.state
    assert f'<h1>F-7: acknowledgement <span class="state {state}">{state}</span></h1>' in said
    for words in (shown.summary, *shown.arithmetic, *(one.words for one in shown.events), "holiday: 2026-11-26"):
        assert words in said
    drawn = picture(shown)
    assert drawn
    for block in drawn.blocks:
        assert f'<rect class="{block.kind}" x="{block.x}"' in said


@EVERY
def test_neither_page_nor_text_speaks_of_what_a_clock_alone_has(shown: Proof) -> None:
    for said in (page(shown, "F-7: acknowledgement"), text(shown)):
        assert not [word for word in (*get_args(Metric), "severity", "tier", "ticket", "P-") if word in said]


@EVERY
def test_a_terminal_shows_all_that_the_text_says(shown: Proof) -> None:
    console = Console(width=200, record=True, file=StringIO())
    show(console, replace(shown, summary="[bold]is no markup", disagreements=["It is wrong."]))
    said = console.export_text()
    for words in ("[bold]is no markup", *shown.arithmetic, *(one.words for one in shown.events), "holiday: 2026-11-26"):
        assert words in said
    assert "This proof does not hold: It is wrong." in said


def test_a_promise_that_never_began_to_count_is_shown_too() -> None:
    before = Proof(
        promise=proof(FRIDAY).promise,
        as_known_at=FRIDAY,
        summary="It waits.",
        arithmetic=[],
        segments=[],
        rules=[],
        events=[],
        disagreements=[],
    )
    assert "nothing: counting had not started" in text(before)
    assert "<svg" not in page(before, "F-7: acknowledgement")


def test_a_table_that_is_cut_short_adds_up_to_the_same_on_both_sides_of_the_deadline() -> None:
    at = ny("2026-12-01 17:00")
    whole, short = proof(at), proof(at, rows=5)
    assert len(short.segments) < len(whole.segments)
    assert short.segments[-1].total == whole.segments[-1].total == short.promise.consumed
    [merged] = [one for one in short.segments if one.reason == "merged"]
    assert (merged.until <= DUE, merged.merged) == (True, 3)
    assert sum((one.counted for one in short.segments if one.until <= DUE), ZERO) == TARGET


def test_as_json_it_goes_out_and_comes_back() -> None:
    form = TypeAdapter(Proof)
    assert form.validate_json(form.dump_json(LATE)) == LATE
