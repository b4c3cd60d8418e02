"""The calls about one complaint, as escalation makes them from the facts that it hears."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import reduce
from typing import Any
from uuid import UUID

from contracts.alarms import Alarm
from contracts.complaints import (
    ComplaintDecided,
    ComplaintJoined,
    ComplaintWithdrawn,
    InformationAsked,
    MadeUrgent,
    OutcomeAccepted,
    OutcomeDisputed,
    OutcomeGiven,
    ReviewerNamed,
    ReviewOpened,
    UpdateGiven,
)
from contracts.envelope import Meta, Recorded
from contracts.escalations import EscalationForestalled, EscalationResolved, RoleCalled
from contracts.feedback import FeedbackAcknowledged, FeedbackClassified, PromiseJudged
from contracts.ids import uuid5
from contracts.later import Delay
from contracts.names import FEEDBACK, SLA
from contracts.sla import AlarmRang, AlarmSet
from escalation.domain import INITIAL, alarms, decide, evolve
from escalation.domain.commands import AcknowledgeEscalation
from escalation.domain.ladder import Ladders
from escalation.react import react

COMPLAINT, CUSTOMER = UUID("0193a1c0-0000-7000-8000-0000000000c1"), UUID(int=2)
START = datetime(2026, 7, 14, 8, tzinfo=UTC)
DAY = timedelta(days=1)
LADDERS = Ladders({}, "v1", {"v1": "office"})
WORKING_DAY = Delay(calendar="office", policy="v1", working_days=1)

ABOUT: dict[str, Any] = {"feedback_id": COMPLAINT, "subject_id": CUSTOMER}
NUMBERED: dict[str, Any] = {"feedback_id": COMPLAINT, "number": "F-7"}
OPENED = ReviewOpened(**NUMBERED, since=START - DAY)
ACKNOWLEDGED = FeedbackAcknowledged(**ABOUT, text="We look into it.")
JOINS = ComplaintJoined(**NUMBERED, other=UUID(int=9), other_number="F-8", leads=False)
LEADS = ComplaintJoined(**NUMBERED, other=UUID(int=9), other_number="F-8", leads=True)
ASKED = InformationAsked(**ABOUT, question="Which invoice?")
UPDATE = UpdateGiven(
    **NUMBERED, subject_id=CUSTOMER, delays="The holidays.", needs="The invoice.", next_at=START + 9 * DAY, renewals=0
)
OUTCOME = OutcomeGiven(**ABOUT, found="It was our fault.", measures="A second pair of eyes.")
ACCEPTED = OutcomeAccepted(**ABOUT, cause="customer")
DISPUTED = OutcomeDisputed(**NUMBERED, subject_id=CUSTOMER, cause="customer")
DECIDED = ComplaintDecided(**ABOUT, decision="You get your money back.")
WITHDRAWN = ComplaintWithdrawn(**ABOUT)
PRAISE = FeedbackClassified(**ABOUT, kind="praise", cause="staff", reason="It is irony.")
COMPLAINS = FeedbackClassified(**ABOUT, kind="complaint", cause="staff", reason="It is none.")


def urgent(to: Any = "vp") -> MadeUrgent:
    return MadeUrgent(**NUMBERED, subject_id=CUSTOMER, to=to, text="The shop is closed!")


def named(reviewer: Any = "support-manager") -> ReviewerNamed:
    return ReviewerNamed(**NUMBERED, subject_id=CUSTOMER, reviewer=reviewer, reason="It is about the VP.")


def missed(times: int, at: datetime) -> PromiseJudged:
    """The promised update was missed, `times` in a row, at that instant."""
    return PromiseJudged(
        **NUMBERED, promise="update", alarm=f"update-{times}", outcome="broken", due_at=at, at=at, missed=times
    )


@dataclass
class Calls:
    """Hears facts of feedback and sla-timer, one a minute, and records what escalation does."""

    now: datetime = START
    streams: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    set_by: dict[Alarm, UUID] = field(default_factory=dict)

    def hear(self, *events: Any, topic: str = FEEDBACK, at: datetime | None = None) -> "Calls":
        """The next facts, recorded at that instant, or each a minute later."""
        for event in events:
            self.now = at or self.now + timedelta(minutes=1)
            fact = Recorded(
                topic=topic,
                shard=0,
                shard_seq=1,
                stream=f"feedback-{COMPLAINT}",
                version=1,
                event_id=COMPLAINT,
                command_id=COMPLAINT,
                recorded_at=self.now,
                event=event,
                meta=Meta(actor="feedback", role="service"),
            )
            for stream, command in react(fact, LADDERS):
                self._ask(stream.split("-", 6)[6], command)
        return self

    def acknowledge(self, name: str, by: str = "vp") -> "Calls":
        """Somebody in that role takes it on."""
        self._ask(name, AcknowledgeEscalation(by=by))
        return self

    def wants(self, name: str) -> Alarm | None:
        """The alarm that a stream waits for."""
        wanted = alarms(self.state(name))
        assert len(wanted) <= 1
        return wanted[0] if wanted else None

    def schedule(self, name: str, alarm: Alarm) -> "Calls":
        """sla-timer says when an alarm rings."""
        return self.hear(AlarmSet(**self._alarm(name, alarm), due_at=self.now + DAY), topic=SLA)

    def ring(self, name: str, alarm: Alarm) -> "Calls":
        """sla-timer rings it."""
        return self.hear(AlarmRang(**self._alarm(name, alarm), due_at=self.now), topic=SLA)

    def state(self, name: str) -> Any:
        """How the calls of that name stand."""
        return reduce(evolve, self.streams[name], INITIAL)

    def called(self, name: str) -> list[tuple[str, int]]:
        """Who was called, and the turn."""
        return [(event.role, event.turn) for event in self.streams[name] if isinstance(event, RoleCalled)]

    def ends(self, name: str) -> list[tuple[type[Any], str]]:
        """What ended the calls, and why."""
        ending = EscalationResolved | EscalationForestalled
        return [(type(event), event.cause) for event in self.streams[name] if isinstance(event, ending)]

    def _ask(self, name: str, command: Any) -> None:
        events = decide(command, self.state(name))
        self.streams[name] += events
        for n, _ in enumerate(events):
            for alarm in alarms(self.state(name)):
                self.set_by.setdefault(alarm, uuid5(COMPLAINT, f"{name} {len(self.streams[name])} {n}"))
        assert decide(command, self.state(name)) == [], "asked again it is already so"

    def _alarm(self, name: str, alarm: Alarm) -> dict[str, Any]:
        return {
            "ticket_id": COMPLAINT,
            "alarm": alarm.name,
            "later": alarm.after,
            "delay": alarm.delay,
            "owner": f"escalation-{COMPLAINT}-{name}",
            "set_by": self.set_by[alarm],
        }
