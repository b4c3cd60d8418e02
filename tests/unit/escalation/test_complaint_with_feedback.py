"""Calls about complaints as feedback's own core has them: whoever has to act is called, by what feedback recorded."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.escalation.calls import Calls
from tests.unit.examples import histories
from tests.unit.feedback.told import POLICIES, Story, received
from tests.unit.sla_timer.story import ny

from contracts.feedback import PromiseJudged
from contracts.refusals import Refusal
from escalation.domain.state import Called
from feedback.domain.commands import (
    AcceptOutcome,
    Acknowledge,
    AddWords,
    AskInformation,
    Classify,
    DecideComplaint,
    DisputeOutcome,
    GiveOutcome,
    GiveUpdate,
    MakeUrgent,
    NameReviewer,
    WithdrawComplaint,
)
from feedback.domain.state import Feedback

TUESDAY = ny("2026-07-14 10:00")
SPANS = st.sampled_from([timedelta(), *(timedelta(hours=hours) for hours in (1, 5, 30, 100, 200, 800))])


def _outcome(by: Any) -> GiveOutcome:
    return GiveOutcome(by=by, now=TUESDAY, found="It was forgotten.", measures="A checklist.", policies=POLICIES)


STEPS: tuple[Any, ...] = (
    Acknowledge(by="engineer", text="We look into it.", kind="complaint"),
    AddWords(by="requester", complainant=True, message_id=UUID(int=5), channel="email", text="Hm."),
    AskInformation(by="engineer", question="Which invoice?"),
    Classify(by="vp", kind="praise", reason="It is irony."),
    Classify(by="engineer", kind="complaint", reason="It is none."),
    NameReviewer(by="ceo", reviewer="support-manager", reason="It is about the VP."),
    NameReviewer(by="ceo", reviewer="vp", reason="It isn't."),
    GiveUpdate(by="vp", now=TUESDAY, delays="the logs are large", needs="nothing", next_at=TUESDAY, policies=POLICIES),
    _outcome("vp"),
    _outcome("support-manager"),
    AcceptOutcome(by="requester", complainant=True),
    DisputeOutcome(by="requester", complainant=True, text="That is no excuse."),
    MakeUrgent(by="requester", text="Our plant stands still."),
    DecideComplaint(by="ceo", decision="We refund the month."),
    WithdrawComplaint(by="requester", complainant=True),
)
KINDS = st.sampled_from((None, "praise", "complaint"))
MOVES = st.lists(st.tuples(SPANS, st.sampled_from(STEPS)), max_size=20)


@settings(max_examples=histories(60), deadline=None)
@given(kind=KINDS, urgent=st.booleans(), moves=MOVES)
def test_at_every_stage_of_a_complaint_whoever_has_to_act_is_called(kind: Any, urgent: bool, moves: list[Any]) -> None:
    story, calls = Story(TUESDAY), Calls()
    story.does(received(kind, urgent=urgent))
    _heard(story, calls, 0)
    for span, step in moves:
        so_far = len(story.log)
        story.until(story.now + span)
        if isinstance(step, GiveUpdate):
            step = replace(step, next_at=story.now + timedelta(days=7))
        with suppress(Refusal):
            story.does(step)
        _heard(story, calls, so_far)


def _heard(story: Story, calls: Calls, so_far: int) -> None:
    """escalation hears what was recorded since, and calls accordingly."""
    for at, event in story.log[so_far:]:
        calls.hear(event, at=at)
    state = story.state
    assert isinstance(state, Feedback)
    stands = {name: isinstance(calls.state(name), Called) for name in ("review", "urgent", "update", "arbitration")}
    assert stands["review"] == (state.stage == "review")
    assert stands["arbitration"] == (state.stage == "arbitration")
    assert stands["urgent"] == state.urgent
    assert not stands["update"] or state.owes("update")
    if stands["review"]:
        assert calls.state("review").call.role == state.reviewer
    last = next((event for _, event in reversed(story.log) if getattr(event, "promise", None) == "update"), None)
    if stands["update"]:
        assert isinstance(last, PromiseJudged)
        assert calls.state("update").call.turn == last.missed - 1
