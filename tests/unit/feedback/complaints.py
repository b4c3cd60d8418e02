"""Complaints as far as their tests begin with, and the steps that they take."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

from tests.unit.feedback.told import POLICIES, Story, received
from tests.unit.sla_timer.story import ny

from contracts.roles import Role
from feedback.domain.commands import (
    AcceptOutcome,
    Acknowledge,
    AddWords,
    DecideComplaint,
    DisputeOutcome,
    GiveOutcome,
    GiveUpdate,
    JoinComplaint,
    MakeUrgent,
    SplitOff,
    WithdrawComplaint,
)

TUESDAY, WEEK = ny("2026-07-14 10:00"), ny("2026-07-21 10:00")
THANKS = Acknowledge(by="engineer", text="Thank you; we have read it, and look into it.")
OUTCOME = GiveOutcome(by="vp", now=TUESDAY, found="It was forgotten.", measures="A checklist.", policies=POLICIES)
ACCEPT = AcceptOutcome(by="requester", complainant=True)
DISPUTE = DisputeOutcome(by="requester", complainant=True, text="That is no excuse.")
DECISION = DecideComplaint(by="ceo", decision="We refund the month.")
WITHDRAW = WithdrawComplaint(by="requester", complainant=True)
URGENT = MakeUrgent(by="requester", text="Our plant stands still.")
SPLIT = SplitOff(
    by="engineer", message_id=UUID(int=5), into=UUID(int=78), into_number="F-18", reason="It is another outage."
)
JOIN = JoinComplaint(by="support-manager", other=UUID(int=78), other_number="F-18", other_reviewer="vp", leads=True)
WORDS = AddWords(by="requester", complainant=True, message_id=UUID(int=5), channel="email", text="Hm.")


def update(next_at: datetime | date, by: Role = "support-manager") -> GiveUpdate:
    return GiveUpdate(
        by=by, now=TUESDAY, delays="the log files are large", needs="nothing", next_at=next_at, policies=POLICIES
    )


def complained(at: datetime = TUESDAY, **changes: Any) -> Story:
    """A complaint that was acknowledged at once."""
    story = Story(at)
    story.does(received(**changes))
    story.does(THANKS)
    return story


def with_outcome(at: datetime = TUESDAY) -> Story:
    story = complained(at)
    story.does(OUTCOME)
    return story


def in_arbitration() -> Story:
    story = with_outcome()
    story.does(DISPUTE)
    return story


def updates(story: Story) -> list[tuple[str, datetime]]:
    return [(outcome, due_at) for promise, outcome, due_at in story.judged if promise == "update"]
