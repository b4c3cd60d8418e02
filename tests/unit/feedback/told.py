"""Feedback told as a story on a wall clock: its core and sla-timer's, each hearing of the other at once.

story = Story(ny("2026-07-14 10:00"))
story.does(complaint())
story.until(ny("2026-07-16 10:00"))
story.judged  # [("acknowledgement", "broken", …)]
"""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

import pytest
from tests.unit.sla_timer.story import ACCOUNT, OFFICE, SUBJECT

from contracts.alarms import between
from contracts.feedback import Kind, PromiseJudged, Terms
from contracts.instants import LAST_INSTANT
from contracts.refusals import Refusal
from contracts.sla import AlarmCancelled, AlarmRang, AlarmSet
from feedback import domain
from feedback.domain.commands import HearAlarm, ReceiveFeedback
from feedback.domain.policy import Offer, Policies
from feedback.domain.state import Feedback
from sla_timer.domain import INITIAL
from sla_timer.domain import decide as decide_alarm
from sla_timer.domain.alarm import alarms_due
from sla_timer.domain.evolve import fold
from sla_timer.domain.state import StreamAlarms
from sla_timer.react import hear

FEEDBACK = UUID(int=77)
STREAM = f"feedback-{FEEDBACK}"
TERMS = Terms(
    policy=OFFICE.latest,
    calendar="office",
    acknowledge_working_days=2,
    review_days=7,
    urgent=timedelta(hours=4),
    silence_days=28,
    ahead_days=28,
    marking_working_days=2,
)
POLICIES = Policies({TERMS.policy: Offer(TERMS, OFFICE[OFFICE.latest].calendar("office"))}, TERMS.policy)


def received(kind: Kind | None = "complaint", **changes: Any) -> ReceiveFeedback:
    """What ann@ says on the page."""
    said = ReceiveFeedback(
        by="requester",
        now=LAST_INSTANT,
        feedback_id=FEEDBACK,
        number="F-17",
        channel="page",
        account_id=ACCOUNT,
        subject_id=SUBJECT,
        text="Three days without a word.",
        terms=TERMS,
        email="ann@acme.example",
        proposed=kind,
    )
    return replace(said, **changes)


@dataclass
class Story:
    """One piece of feedback, at an instant."""

    now: datetime
    state: Any = domain.INITIAL
    log: list[tuple[datetime, Any]] = field(default_factory=list)
    alarms: list[Any] = field(default_factory=list)

    def does(self, command: Any) -> list[Any]:
        """Carry out a command; what it leads to, without what sla-timer then says. Raises a Refusal."""
        if hasattr(command, "now"):
            command = replace(command, now=self.now)
        events, after = domain.decide(command, self.state), []
        for event in events:
            before, self.state = self.state, domain.evolve(self.state, event)
            after.append(between(domain.alarms(before), domain.alarms(self.state)))
        self.state = domain.dated(self.state, self.now)
        self.log += [(self.now, event) for event in events]
        self._is_read_anew()
        for event, alarms in zip(events, after, strict=True):
            for _, command in hear(STREAM, alarms, self._id(event), self.now, OFFICE) if alarms else ():
                self._hears(decide_alarm(command, fold(INITIAL, self.alarms)))
        return events

    def until(self, at: datetime) -> "Story":
        """Let time pass: what is due rings at its instant, before what happens then."""
        while True:
            waited = fold(INITIAL, self.alarms)
            rings = alarms_due(waited, at) if isinstance(waited, StreamAlarms) else []
            if not rings:
                self.now = max(self.now, at)
                return self
            first: Any = rings[0]
            self.now = max(self.now, first.due_at)
            self._hears([first])

    @property
    def events(self) -> list[Any]:
        """All events."""
        return [event for _, event in self.log]

    def of(self, kind: type[Any]) -> list[Any]:
        """The events of a class."""
        return [event for event in self.events if isinstance(event, kind)]

    @property
    def judged(self) -> list[tuple[str, str, datetime]]:
        """The verdicts: promise, outcome, T."""
        return [(one.promise, one.outcome, one.due_at) for one in self.of(PromiseJudged)]

    @property
    def due(self) -> dict[str, datetime]:
        """When what is open is due, by name."""
        state = self.state
        assert isinstance(state, Feedback)
        found = {name: one.terms[0].due_at for name, one in state.promises if one.alarms}
        return {**found, **{one.timer: one.due_at for one in state.timers if one.due_at}}  # type: ignore[dict-item]

    def _hears(self, events: list[Any]) -> None:
        self.alarms += events
        for event in events:
            assert isinstance(event, AlarmSet | AlarmRang | AlarmCancelled)
            heard = HearAlarm(event=event, policies=POLICIES)
            self.does(heard)
            assert domain.decide(heard, self.state) == [], f"{event} heard twice changes something"

    def _id(self, event: Any) -> UUID:
        return uuid5(FEEDBACK, str([id(each) for _, each in self.log].index(id(event))))

    def _is_read_anew(self) -> None:
        """Replay gives the same state, and so the same alarms."""
        state: Any = domain.INITIAL
        for at, event in self.log:
            state = domain.dated(domain.evolve(state, event), at)
        assert state == self.state
        assert domain.alarms(state) == domain.alarms(self.state)


def refusal(story: Story, command: Any) -> Refusal:
    """Why the command is refused; nothing is recorded of it."""
    before = len(story.log)
    with pytest.raises(Refusal) as refused:
        story.does(command)
    assert len(story.log) == before
    return refused.value
