"""The proof as a page: the picture says what the table says, and whatever stands in a proof does nothing there."""

import os
from dataclasses import replace
from datetime import datetime, timedelta
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.sla_timer.explained import logged, proved
from tests.unit.sla_timer.story import OFFICE, RESPONDED, closed, completed, hours, ny, opened
from tests.unit.sla_timer.test_proof_properties import NEWER, OLDER, histories

from kit.proof.picture import BOTTOM, GAP_PIXELS, HEIGHT, LEFT, RIGHT, TOP, WIDTH, Picture, extent, picture
from sla_timer.history import AsOf, metrics_of
from sla_timer.policy.promise import FURTHER_KINDS, Kind
from sla_timer.proof import Proof
from sla_timer.proof.page import page

PICTURE = Path(__file__).parents[3] / "docs" / "proof.svg"
WEDNESDAY, FRIDAY = ny("2026-11-25 16:00"), ny("2026-11-27 15:00")
LATE = proved(logged([(WEDNESDAY, opened(2)), (ny("2026-11-27 13:30"), RESPONDED)], FRIDAY), FRIDAY)
TEN, NOON = ny("2026-07-14 10:00"), ny("2026-07-14 12:00")
EMPTY = {"meta", "rect", "line", "polyline", "br"}


def drawn(proof: Proof) -> Picture:
    found = picture(proof)
    assert found
    return found


class Checked(HTMLParser):
    """Every element that is opened is closed, in order."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        if tag not in EMPTY:
            self.open.append(tag)
        assert not [name for name, _ in attrs if name.startswith("on") or name in ("src", "href")]

    def handle_endtag(self, tag: str) -> None:
        if tag not in EMPTY:
            assert self.open.pop() == tag


def test_the_line_rises_where_time_counts_crosses_the_promise_at_the_deadline_and_goes_on_in_red() -> None:
    found = drawn(LATE)
    assert [block.kind for block in found.blocks] == ["counts", "closed", "closed", "closed", "counts", "late", "over"]
    ground, roof = HEIGHT - BOTTOM, TOP
    assert found.due
    assert (found.used[0], found.used[-1]) == ((LEFT, ground), (found.due.x, found.target_y))
    assert (found.late[0], found.late[-1][1]) == (found.used[-1], roof)
    assert [y for _, y in found.used[1:5]] == [found.used[1][1]] * 4
    assert (found.target, found.due.text, found.ahead) == ("promised: 4h", "deadline Fri 12:00", ())


def test_times_of_day_stand_where_counting_begins_or_ends() -> None:
    labels = [label.text for label in drawn(LATE).labels]
    assert labels[:3] == ["Wed 16:00", "Fri 13:30", "Fri 09:00"]
    years = drawn(proved(logged([(TEN, opened(3))], TEN), TEN + timedelta(days=800), rows=60))
    assert [label.text for label in years.labels][:2] == ["2026-07-14", "2028-09-21"]


def test_of_a_clock_that_runs_the_deadline_to_come_is_drawn_too() -> None:
    found = drawn(proved(logged([(TEN, opened(2))], NOON), NOON))
    assert found.due
    assert (found.due.x, found.due.text) == (WIDTH - RIGHT, "deadline")
    assert found.ahead == [found.used[-1], (WIDTH - RIGHT, found.target_y)]
    assert found.blocks[-1].x + found.blocks[-1].width == found.used[-1][0]


def test_of_what_came_after_the_end_only_a_little_is_drawn() -> None:
    years = TEN + timedelta(days=900)
    found = drawn(proved(logged([(TEN, opened(2)), (NOON, RESPONDED)], years), years))
    lived, over = found.blocks
    assert (lived.kind, over.kind) == ("counts", "over")
    assert lived.width > 8 * over.width > 0
    assert found.due is None


def test_a_ticket_that_waits_has_a_picture_without_a_line_and_one_of_no_age_has_none() -> None:
    waiting = proved(logged([(TEN, opened(2, missing=("os",)))], NOON), NOON)
    assert ([block.kind for block in drawn(waiting).blocks], drawn(waiting).used) == (["waits"], ())
    newborn = proved(logged([(TEN, opened(2))], TEN), TEN)
    assert picture(newborn) is None
    assert "<svg" not in page(newborn)


def test_the_page_says_all_that_the_proof_says() -> None:
    text = page(LATE).replace("&#39;", "'")
    for said in (LATE.summary, *LATE.arithmetic, *(cause.words for cause in LATE.events), "holiday: 2026-11-26"):
        assert said in text
    assert all(str(cause.event_id) in text for cause in LATE.events)
    assert LATE.rules[0].policy in text
    assert "This proof does not hold" not in text
    assert "This proof does not hold: It is wrong." in page(replace(LATE, disagreements=["It is wrong."]))


def test_whatever_words_a_proof_has_they_stay_words() -> None:
    evil = "</p><script>alert(1)</script>"
    rule = replace(LATE.rules[0], policy_name=evil, calendar=f'"{evil}')
    segment = replace(LATE.segments[0], why=f'" onload="{evil}')
    text = page(replace(LATE, summary=evil, rules=[rule], segments=[segment, *LATE.segments[1:]], arithmetic=[evil]))
    assert "script" not in Checked(text).seen
    assert "http" not in text.replace('xmlns="http://www.w3.org/2000/svg"', "")


def test_the_picture_in_the_readme_is_the_one_that_the_page_has() -> None:
    text = page(LATE)
    svg = text[text.index("<svg") : text.index("</svg>") + len("</svg>")]
    if os.environ.get("WRITE_PICTURE"):
        PICTURE.write_text(svg, encoding="utf-8")
    assert PICTURE.read_text(encoding="utf-8") == svg, "run this test with WRITE_PICTURE=1"


@settings(max_examples=60, deadline=None)
@given(histories(), st.integers(0, 1_000), st.sampled_from(("response", *FURTHER_KINDS)))
def test_whatever_befalls_a_ticket_the_picture_fits_its_frame(
    drawn: tuple[list[tuple[datetime, Any]], datetime], part: int, kind: Kind
) -> None:
    history, until = drawn
    log = logged(history, until, OLDER, None, kind)
    at = history[0][0] + (until - history[0][0]) * part / 1_000
    facts, _, _ = AsOf(at, at, None).of(log)
    for metric in metrics_of(facts):
        proof = proved(log, at, metric=metric, policies=NEWER)
        Checked(page(proof))
        if found := picture(proof):
            _fits(found)


def _fits(found: Picture) -> None:
    ends = [block.x + block.width for block in found.blocks]
    starts = [block.x for block in found.blocks[1:]]
    assert found.blocks[0].x == LEFT
    assert all(abs(end - start) < 0.2 for end, start in zip(ends, starts, strict=False))
    assert ends[-1] <= WIDTH - RIGHT + 0.1
    for line in (found.used, found.late, found.ahead):
        assert [x for x, _ in line] == sorted(x for x, _ in line)
        assert all(LEFT <= x <= WIDTH - RIGHT and TOP <= y <= HEIGHT - BOTTOM for x, y in line)
        assert [-y for _, y in line] == sorted(-y for _, y in line)
    extents = sorted(map(extent, found.labels))
    assert all(one[1] + GAP_PIXELS < other[0] for one, other in pairwise(extents))
    assert not extents or (extents[0][0] >= 0 and extents[-1][1] <= WIDTH)


def test_void_and_paused_and_cancelled_clocks_have_pages_too() -> None:
    history = [(TEN, opened(2, missing=("os",))), (TEN + hours(0.5), completed(2)), (NOON, closed("withdrawn"))]
    text = page(proved(logged(history, FRIDAY), FRIDAY, policies=OFFICE))
    assert '<span class="state cancelled">cancelled</span>' in text
    assert '<i class="waits"></i>waits' in text
