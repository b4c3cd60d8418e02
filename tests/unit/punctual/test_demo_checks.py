"""What the demo counts, and what it takes for right."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from kit.replay.replay import Difference, Rebuilt
from punctual.demo.actions import Action, Open, Rate, Respond, Ticket
from punctual.demo.checks import Evidence, checks
from punctual.demo.complaints import COMPLAINTS
from punctual.demo.figures import Figures, figures
from punctual.demo.people import ACCOUNTS
from punctual.demo.progress import Progress
from punctual.demo.verdicts import Promise
from punctual.replay.verify import Verified

NINE = datetime(2016, 3, 2, 9, tzinfo=UTC)
HOUR = timedelta(hours=1)
ID = UUID(int=1)


def ticket(*actions: Action, **more: Any) -> Ticket:
    opening = Open(at=NINE, severity=1, priority="urgent", title="It", description="is broken", details={})
    fixed: dict[str, Any] = {"person": "Ada", "email": "ada@x.example", "engineer": "eve", "way": "portal"}
    return Ticket(incident="INC1", account=ACCOUNTS[0], actions=(opening, *actions), **(fixed | more))


def promise(state: str, answered: datetime | None) -> Promise:
    return Promise("P-1", "INC1", state, NINE + HOUR, answered)


@pytest.mark.parametrize(
    ("state", "answered", "right"),
    [
        ("met", NINE, True),
        ("met", NINE + HOUR, False),
        ("met", None, False),
        ("breached", NINE + HOUR, True),
        ("breached", None, True),
        ("breached", NINE, False),
        ("running", None, False),
    ],
)
def test_a_verdict_is_right_if_it_follows_from_deadline_and_answer(
    state: str, answered: datetime | None, right: bool
) -> None:
    assert promise(state, answered).right(now=NINE + 2 * HOUR) is right


def test_a_clock_may_run_until_its_deadline() -> None:
    assert promise("running", None).right(now=NINE)


@pytest.mark.parametrize(
    ("minutes", "state", "fits"),
    [(0, "met", True), (0, "breached", False), (59, "breached", True), (61, "met", True), (180, "met", False)],
)
def test_an_answer_near_the_deadline_may_come_out_either_way(minutes: int, state: str, fits: bool) -> None:
    one = ticket(Respond(at=NINE + timedelta(minutes=minutes), states="plan", body="..."))
    assert promise(state, None).as_planned(one, timedelta(minutes=48)) is fits


def test_who_was_not_to_be_answered_was_not_answered_in_time() -> None:
    assert promise("breached", None).as_planned(ticket(), HOUR)
    assert not promise("met", NINE).as_planned(ticket(), HOUR)


def test_an_answer_before_the_clock_started_is_in_time_without_any_deadline() -> None:
    early = replace(promise("met", NINE), due_at=None)
    assert early.right(now=NINE)
    assert early.as_planned(ticket(Respond(at=NINE, states="plan", body="...")), HOUR)
    assert not replace(early, responded_at=None).right(now=NINE)
    assert not early.as_planned(ticket(), HOUR)


ROWS: dict[str, list[dict[str, Any]]] = {
    "tickets": [{"ticket_id": ID, "number": "P-1", "status": "closed", "closings": 1}],
    "clocks": [{"ticket_id": ID, "metric": "response", "state": "breached", "warned": 90}],
    "escalations": [
        {"ticket_id": ID, "status": "exhausted", "acknowledged_by": None, "cause": None},
        {"ticket_id": ID, "status": "resolved", "acknowledged_by": "demo-vp", "cause": "answered"},
    ],
    "notifications": [
        {"status": "sent", "template": "survey"},
        {"status": "sent", "template": "escalation"},
        {"status": "suppressed", "template": "sla-warning"},
    ],
    "surveys": [{"ticket_id": ID, "closing": 1, "rating": 4}],
    "feedback": [
        {"feedback_id": UUID(int=7), "kind": "complaint", "stage": "decided"},
        {"feedback_id": UUID(int=8), "kind": "complaint", "stage": "settled"},
        {"feedback_id": UUID(int=9), "kind": "praise", "stage": "none", "acknowledged_at": NINE},
    ],
    "feedback_promises": [
        {"feedback_id": UUID(int=7), "outcome": "kept"},
        {"feedback_id": UUID(int=8), "outcome": "kept"},
    ],
}


COMPLAINT = {"ticket_id": ID, "status": "acknowledged", "acknowledged_by": "ceo", "cause": None, "reason": "review"}
LADDERS = "ladders climb until somebody takes it on, answers, or nobody is left"


def test_figures_are_counted_from_rows() -> None:
    found = figures(ROWS)
    assert (found.tickets, found.open, found.closed, found.breached, found.warned) == (1, 0, 1, 1, 1)
    assert (found.escalated, found.acknowledged, found.exhausted) == (2, 1, 1)
    assert (found.mails, found.mails_overtaken, found.mails_failed) == (2, 1, 0)
    assert (found.surveys, found.ratings, found.average_rating) == (1, 1, 4.0)


def evidence(**other: Any) -> Evidence:
    one = ticket(Rate(at=NINE, closing=1, rating=4, comment=""), acknowledges="vp")
    progress = Progress(steps=sum(len(complaint.steps) for complaint in COMPLAINTS))
    for action in one.actions:
        progress.played(one, action, timedelta())
    known: dict[str, Any] = {
        "tickets": [one],
        "progress": progress,
        "verified": [Verified("intake", Rebuilt(), [])],
        "replay": figures(ROWS),
        "live": figures(ROWS),
        "rows": ROWS,
        "promises": [promise("breached", None)],
        "caught": [{"message_id": "<1@x>"}, {"message_id": "<2@x>"}],
        "mails_in": [],
        "now": NINE + 2 * HOUR,
        "speed": 2880.0,
    }
    return Evidence(**(known | other))


def fallen(**other: Any) -> list[str]:
    return [check.name for check in checks(evidence(**other)) if not check.held]


def test_a_day_in_order_passes_every_check() -> None:
    assert fallen() == []


def test_calls_about_complaints_are_no_ladders() -> None:
    assert fallen(rows=ROWS | {"escalations": [*ROWS["escalations"], COMPLAINT]}) == []


def _figures(**other: Any) -> Figures:
    return replace(figures(ROWS), **other)


@pytest.mark.parametrize(
    ("other", "name"),
    [
        ({"progress": Progress()}, "everybody could do what they wanted"),
        ({"live": _figures(tickets=2)}, "the five APIs tell the same figures as replay"),
        (
            {"verified": [Verified("intake", Rebuilt(), [Difference("tickets", {}, None, {})])]},
            "replaying the log gives every row of the live read models",
        ),
        ({"promises": [promise("met", None)]}, "each verdict agrees with what intake recorded"),
        ({"caught": [{"message_id": "<1@x>"}] * 2}, "the mail catcher has each mail of the log, once"),
        ({"mails_in": [{"state": "failed"}]}, "vacation notices open nothing, all other mails count"),
        ({"live": _figures(average_rating=3.0)}, "each rating given through a mail's link counts"),
        ({"rows": ROWS | {"escalations": ROWS["escalations"][1:]}}, LADDERS),
        ({"rows": ROWS | {"escalations": [*ROWS["escalations"][1:], COMPLAINT | {"status": "exhausted"}]}}, LADDERS),
        (
            {"rows": ROWS | {"surveys": ROWS["surveys"] * 2}, "live": _figures(surveys=2)},
            "each closing was asked about once",
        ),
        (
            {"rows": ROWS | {"feedback": [ROWS["feedback"][0] | {"stage": "review"}, *ROWS["feedback"][1:]]}},
            "one complaint is heard up to the CEO, the other accepted, and each promise kept",
        ),
        (
            {"rows": ROWS | {"feedback_promises": [ROWS["feedback_promises"][0] | {"outcome": "broken"}]}},
            "one complaint is heard up to the CEO, the other accepted, and each promise kept",
        ),
        (
            {"rows": ROWS | {"feedback": [*ROWS["feedback"], {"feedback_id": UUID(int=6), "kind": None}]}},
            "somebody acknowledges each word beside a rating",
        ),
    ],
)
def test_what_is_out_of_order_falls(other: dict[str, Any], name: str) -> None:
    assert name in fallen(**other)
