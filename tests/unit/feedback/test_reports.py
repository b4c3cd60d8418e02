"""Reports: whose figure a rating is, how it is rounded, and what is hidden; complaints by stage and age."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from tests.unit.sla_timer.story import ny, utc

from contracts.feedback import Rating
from feedback.report.complaints import Complaint, Promises, by_promise, by_renewals, by_stage
from feedback.report.figures import mean, percent
from feedback.report.period import Period, midnight, month_starts, months_between
from feedback.report.satisfaction import By, Closings, Row, Satisfaction, satisfaction
from feedback.report.sheet import sheet

NOON = ny("2026-07-14 12:00")
PERIOD = Period(since=None, until=None, zone="America/New_York", known_at=utc("2027-01-01 00:00"))


def closing(rating: Rating | None = None, **changes: Any) -> Closings:
    made = Closings(closed_at=NOON, severity=2, tier="enlist", engineer="sam", delivered=True, rating=rating)
    return replace(made, **changes)


def rated(engineer: str | None, *ratings: Rating) -> list[Closings]:
    return [closing(rating, engineer=engineer) for rating in ratings]


def report(closings: list[Closings], by: By) -> Satisfaction:
    return satisfaction(closings, PERIOD, by)


def shown(found: Satisfaction) -> dict[str, str | None]:
    """The averages by row; None: hidden."""
    return {row.group: row.average for row in (*found.rows, found.total)}


def test_percentages_are_cut_and_not_rounded() -> None:
    assert percent(19_999, 20_000) == "99.99"
    assert percent(999_999, 1_000_000) == "99.99", "100.00 only without a miss"
    assert (percent(3, 3), percent(2, 3), percent(0, 3), percent(0, 0)) == ("100.00", "66.66", "0.00", "–")
    assert (mean(13, 3), mean(0, 0)) == ("4.33", "–")


def test_the_response_rate_is_of_what_was_delivered() -> None:
    asked = [closing(5), closing(4), closing(), closing(delivered=False), closing(3, delivered=False)]
    total = report(asked, "month").total
    assert (total.asked, total.delivered, total.answered) == (5, 4, 3), "who answered had got it"
    assert (total.response_rate, total.average, total.ratings) == ("75.00", "4.00", (0, 0, 1, 1, 1))


def test_a_closing_counts_in_its_month_on_the_zone_s_clock() -> None:
    october = [closing(4, closed_at=utc("2026-11-01 03:30"))]
    assert [row.group for row in report(october, "month").rows] == ["2026-10"]
    both = [*october, closing(2, closed_at=utc("2027-01-02 12:00"))]
    rows = report(both, "month").rows
    assert [(row.group, row.average) for row in rows] == [
        ("2026-10", "4.00"),
        ("2026-11", "–"),
        ("2026-12", "–"),
        ("2027-01", "2.00"),
    ]
    assert report([], "month").rows == ()
    assert report([], "month").total.response_rate == "–"
    assert list(months_between("2026-12", "2027-01")) == ["2026-12", "2027-01"]


def test_months_begin_at_midnight_in_the_zone() -> None:
    starts = month_starts(utc("2026-10-01 03:30"), utc("2026-12-05 12:00"), "America/New_York")
    assert starts == [ny("2026-09-01 00:00"), ny("2026-10-01 00:00"), ny("2026-11-01 00:00"), ny("2026-12-01 00:00")]


def test_closings_that_are_alike_are_counted_together() -> None:
    total = report([closing(5, count=3), closing(1), closing(count=2, delivered=False)], "month").total
    assert (total.asked, total.delivered, total.answered, total.average) == (6, 4, 4, "4.00")


def test_a_date_begins_at_midnight_in_the_zone() -> None:
    assert midnight(date(2026, 11, 1), "America/New_York") == utc("2026-11-01 04:00")
    assert midnight(date(2026, 11, 2), "America/New_York") == utc("2026-11-02 05:00")
    with pytest.raises(ValueError, match="unknown zone"):
        midnight(NOON.date(), "Mars/Olympus")


def test_a_rating_is_the_figure_of_the_ticket_as_it_was_when_it_was_closed() -> None:
    closings = [closing(5, severity=1), closing(1, tier="patrol"), closing(3, severity=None, tier=None, engineer=None)]
    assert shown(report(closings, "severity")) == {
        "1": "5.00",
        "2": "1.00",
        "3": "–",
        "4": "–",
        "unknown": "3.00",
        "total": "3.00",
    }
    assert shown(report(closings, "tier")) == {
        "enlist": "5.00",
        "patrol": "1.00",
        "command": "–",
        "assessment": "–",
        "unknown": "3.00",
        "total": "3.00",
    }


def test_an_engineer_is_shown_from_five_answers_on_and_unassigned_is_a_row() -> None:
    closings = [*rated("ada", 5, 5, 5, 5, 5), *rated("bob", 1, 2), *rated("cyd", 2, 2), *rated(None, 4)]
    found = report(closings, "engineer")
    assert shown(found) == {"ada": "5.00", "bob": None, "cyd": None, "unassigned": "4.00", "total": "3.60"}
    bob = found.rows[1]
    assert bob == Row(group="bob", asked=2, delivered=2, answered=None, response_rate=None, ratings=None, average=None)
    assert (bob.hidden, found.rows[0].hidden) == (True, False)


def test_where_the_total_would_give_one_away_the_next_smallest_is_hidden_too() -> None:
    closings = [
        *[closing(5, engineer="ada")] * 9,
        *[closing(4, engineer="bob")] * 5,
        *rated("cyd", 1),
        closing(engineer="dan"),
    ]
    found = report(closings, "engineer")
    assert shown(found) == {"ada": "5.00", "bob": None, "cyd": None, "dan": None, "total": "4.40"}


def test_where_nothing_else_could_hide_one_the_total_is_hidden() -> None:
    assert shown(report([*rated("cyd", 1), closing(engineer="dan")], "engineer")) == {
        "cyd": None,
        "dan": None,
        "total": None,
    }
    assert shown(report([closing(engineer="dan")], "engineer")) == {"dan": None, "total": "–"}


def test_nobody_is_hidden_in_other_reports() -> None:
    assert not any(row.hidden for row in report(rated("cyd", 1), "month").rows)


def complaint(**changes: Any) -> Complaint:
    return replace(Complaint(received_at=NOON, stage="review", since=NOON, renewals=0), **changes)


def test_complaints_are_counted_by_stage_and_age() -> None:
    day = timedelta(days=1)
    known_at = NOON + 40 * day
    every = [
        complaint(received_at=known_at - 7 * day),
        complaint(received_at=known_at - 7 * day - timedelta(microseconds=1)),
        complaint(),
        complaint(stage="decided", since=NOON + 8 * day),
        complaint(stage="outcome"),
    ]
    rows = {row.group: dict(row.figures) for row in by_stage(every, known_at)}
    assert rows["review"] == {"complaints": 3, "up_to_7_days": 1, "up_to_28_days": 1, "older": 1}
    assert rows["decided"] == {"complaints": 1, "up_to_7_days": 0, "up_to_28_days": 1, "older": 0}, "until it ended"
    assert rows["outcome"]["older"] == 1
    assert rows["total"] == {"complaints": 5, "up_to_7_days": 1, "up_to_28_days": 2, "older": 2}
    assert [*rows] == ["review", "outcome", "arbitration", "settled", "decided", "withdrawn", "total"]


def test_promises_kept_are_of_those_kept_or_broken_and_the_columns_are_all_promises() -> None:
    counted = [
        Promises(promise="acknowledgement", outcome="kept", count=2),
        Promises(promise="acknowledgement", outcome="broken", count=1),
        Promises(promise="update", outcome="running", count=4),
        Promises(promise="update", outcome="cancelled", count=1),
    ]
    rows = {row.group: dict(row.figures) for row in by_promise(counted)}
    nothing = {"kept": 0, "broken": 0, "cancelled": 0, "running": 0}
    assert rows["acknowledgement"] == {**nothing, "kept": 2, "broken": 1, "attainment": "66.66"}
    assert rows["update"] == {**nothing, "running": 4, "cancelled": 1, "attainment": "–"}
    assert rows["urgent"] == {**nothing, "attainment": "–"}
    assert rows["total"] == {"kept": 2, "broken": 1, "cancelled": 1, "running": 4, "attainment": "66.66"}


def test_renewals_are_counted() -> None:
    rows = by_renewals([complaint(), complaint(renewals=2), complaint(renewals=3), complaint(renewals=5)])
    assert {row.group: tuple(row.figures.values()) for row in rows} == {
        "0": (1, 0),
        "1": (0, 0),
        "2": (1, 2),
        "3 or more": (2, 8),
        "total": (4, 10),
    }


def test_no_cell_is_a_formula() -> None:
    text = sheet(
        ["group", "asked"], [['=HYPERLINK("x")', 3], ["+1", None], ["-1", "–"], ["@SUM(1)", "a,b"], ["\tx", "＝1"]]
    )
    assert text == ('group,asked\r\n"\'=HYPERLINK(""x"")",3\r\n\'+1,\r\n\'-1,–\r\n\'@SUM(1),"a,b"\r\n\'\tx,\'＝1\r\n')
