"""What must be true of feedback and complaints, worked out from feedback's facts alone (P17-P22)."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from tests.simulation.ending import Ending

from contracts.complaints import (
    ComplaintDecided,
    ComplaintWithdrawn,
    InformationAsked,
    MadeUrgent,
    OutcomeAccepted,
    OutcomeDisputed,
    OutcomeGiven,
    ReviewNoted,
    ReviewOpened,
    UpdateGiven,
)
from contracts.envelope import Fact
from contracts.escalations import EscalationResolved, RoleCalled
from contracts.feedback import (
    AcknowledgementReminded,
    CustomerTold,
    DeadlineScheduled,
    FeedbackAcknowledged,
    FeedbackAddedTo,
    FeedbackClassified,
    FeedbackReceived,
    LetterUndelivered,
    PromiseJudged,
)
from contracts.names import FEEDBACK, category_of

ANSWERS = (FeedbackAcknowledged, InformationAsked, UpdateGiven, OutcomeGiven, ComplaintDecided)
KEEPS: Mapping[str, tuple[type[Any], ...]] = {
    "acknowledgement": ANSWERS,
    "urgent": ANSWERS,
    "update": (UpdateGiven, OutcomeGiven, ComplaintDecided),
}
"""What keeps each promise."""
AFTER_DECISION = (FeedbackAddedTo, ReviewNoted, PromiseJudged, DeadlineScheduled, LetterUndelivered, CustomerTold)
"""What may still be recorded when the CEO has decided: words that are kept, verdicts, and what became of letters."""
LETTERS: Mapping[type[Any], str] = {
    FeedbackReceived: "feedback-received",
    InformationAsked: "feedback-question",
    UpdateGiven: "complaint-delayed",
    OutcomeGiven: "complaint-outcome",
    OutcomeDisputed: "complaint-disputed",
    ComplaintDecided: "complaint-decided",
    ComplaintWithdrawn: "complaint-withdrawn",
    AcknowledgementReminded: "feedback-reminder",
    ReviewOpened: "complaint-opened",
}
"""Of what one mail is written, to the customer or to staff."""


def _of_feedback(ending: Ending) -> Iterator[tuple[str, list[Fact]]]:
    """By stream what feedback has recorded, however it was said; what the mail door has of it is in its own log."""
    found: dict[str, list[Fact]] = defaultdict(list)
    for fact in ending.logs[FEEDBACK]:
        if category_of(fact.stream) == "feedback":
            found[fact.stream].append(fact)
    yield from found.items()


def _id_of(stream: str) -> str:
    return stream.partition("-")[2]


def _ends(promise: str, event: Any) -> str | None:
    """What an event makes of a promise."""
    if isinstance(event, KEEPS[promise]):
        return "kept"
    if isinstance(event, ComplaintWithdrawn) or (promise == "urgent" and isinstance(event, OutcomeAccepted)):
        return "cancelled"
    none = isinstance(event, FeedbackClassified) and event.kind != "complaint"
    return "cancelled" if none and promise != "acknowledgement" else None


def each_promise_has_its_verdict(ending: Ending) -> Iterable[str]:
    """One, once its time has come: by what was recorded before the deadline, and by nothing else."""
    for stream, facts in _of_feedback(ending):
        judged = Counter(fact.event.alarm for fact in facts if isinstance(fact.event, PromiseJudged))
        yield from (f"{stream} has {n} verdicts on {alarm}" for alarm, n in judged.items() if n > 1)
        verdicts = {fact.event.alarm: fact.event for fact in facts if isinstance(fact.event, PromiseJudged)}
        for made in (fact.event for fact in facts if isinstance(fact.event, DeadlineScheduled)):
            if made.deadline in KEEPS:
                expected = _verdict(made, facts, ending.now)
                verdict = verdicts.get(made.alarm)
                said = (verdict.outcome, verdict.at) if verdict else None
                if said != expected:
                    yield f"{stream}: {made.alarm} due at {made.due_at} is {said}, and should be {expected}"


def _verdict(made: DeadlineScheduled, facts: list[Fact], now: datetime) -> tuple[str, datetime] | None:
    (setting,) = [fact for fact in facts if fact.event_id == made.set_by]
    for fact in facts:
        if fact.version <= setting.version or fact.command_id == setting.command_id:
            continue
        outcome = _ends(made.deadline, fact.event)
        if outcome and fact.recorded_at < made.due_at:
            return outcome, fact.recorded_at
    if made.due_at > now:
        return None
    return "broken", max(made.due_at, setting.recorded_at)


def nothing_follows_the_decision(ending: Ending) -> Iterable[str]:
    """The CEO's decision is final."""
    for stream, facts in _of_feedback(ending):
        decided = False
        for fact in facts:
            if decided and not isinstance(fact.event, AFTER_DECISION):
                yield f"{stream}: {type(fact.event).__name__} follows the decision"
            decided = decided or isinstance(fact.event, ComplaintDecided)


def every_open_matter_has_a_deadline_or_somebody_was_told(ending: Ending) -> Iterable[str]:
    """Nothing waits without anybody knowing of it."""
    for stream, facts in _of_feedback(ending):
        events = [fact.event for fact in facts]
        if (awaited := _awaited(events)) in (None, "telling"):
            continue
        due = any(isinstance(one, DeadlineScheduled) and _is_ahead(one, awaited, ending.now) for one in events)
        judged = {(one.promise, one.outcome) for one in events if isinstance(one, PromiseJudged)}
        if not due and (awaited, "broken") not in judged:
            yield f"{stream} waits for {awaited}, nothing is due, and nobody was told"


def _is_ahead(scheduled: DeadlineScheduled, awaited: str, now: datetime) -> bool:
    return scheduled.deadline == awaited and scheduled.due_at > now


def _awaited(events: list[Any]) -> str | None:
    """By which deadline something must happen next; None: nothing must; `telling`: a person was told to tell them."""
    first = "acknowledgement" if events and events[0].email is not None else None
    awaited = first
    for event in events:
        first = None if isinstance(event, ANSWERS) else first
        match event:
            case ReviewOpened() | OutcomeDisputed():
                awaited = "update"
            case OutcomeGiven():
                awaited = "silence"
            case LetterUndelivered(letter="complaint-outcome") if awaited == "silence":
                awaited = "telling"
            case CustomerTold() if awaited == "telling":
                awaited = "silence"
            case OutcomeAccepted() | ComplaintDecided() | ComplaintWithdrawn():
                awaited = None
            case FeedbackClassified() if event.kind != "complaint":
                awaited = first
            case FeedbackAcknowledged() if awaited == "acknowledgement":
                awaited = None
    return awaited


def everybody_hears_of_each_step_once(ending: Ending) -> Iterable[str]:
    """One mail of each, sent or suppressed; and of each broken promise."""
    for stream, facts in _of_feedback(ending):
        thread = ending.by_stream[f"thread-{_id_of(stream)}"]
        told = Counter((fact.event.cause, fact.event.template) for fact in thread if hasattr(fact.event, "template"))
        due = Counter(
            (fact.event_id, template)
            for fact in facts
            if (template := LETTERS.get(type(fact.event)) or _of_some(fact.event))
        )
        for cause, template in due:
            if told[cause, template] != 1:
                yield f"{stream}: {template} because of {cause} is told {told[cause, template]} times"
        templates = {*LETTERS.values(), "feedback-promise-broken", "complaint-urgent"} - {"complaint-opened"}
        for cause, template in told:
            if template in templates and (cause, template) not in due:
                yield f"{stream}: {template} because of {cause}, which is no fact"


def a_person_is_told_of_letters_that_reached_nobody(ending: Ending) -> Iterable[str]:
    """Of each, before feedback hears of it; of one that was tried again after that, too."""
    for stream, facts in _of_feedback(ending):
        gone = sum(isinstance(fact.event, LetterUndelivered) for fact in facts)
        thread = ending.by_stream[f"thread-{_id_of(stream)}"]
        told = sum(getattr(fact.event, "template", None) == "letter-undeliverable" for fact in thread)
        if told < gone:
            yield f"{stream}: {gone} letters reached nobody, and of {told} a person was told"


def _of_some(event: Any) -> str | None:
    """Of what is not always told: an urgent request, unless it joins another; and a broken promise, but for the first
    update that is missed, of which the Support Manager is called instead."""
    if isinstance(event, MadeUrgent):
        return None if event.joins else "complaint-urgent"
    if not isinstance(event, PromiseJudged) or event.outcome != "broken":
        return None
    return None if event.promise == "update" and event.missed == 1 else "feedback-promise-broken"


def who_has_to_act_is_called(ending: Ending) -> Iterable[str]:
    """A review calls its reviewer until there is an outcome; a dispute the CEO until the decision."""
    for stream, facts in _of_feedback(ending):
        for name, cause in (("review", ReviewOpened), ("arbitration", OutcomeDisputed)):
            calls = [fact.event for fact in ending.by_stream[f"escalation-{_id_of(stream)}-{name}"]]
            begun = sum(isinstance(fact.event, cause) for fact in facts)
            first = [event for event in calls if isinstance(event, RoleCalled) and event.turn == 0]
            ended = [event for event in calls if isinstance(event, EscalationResolved)]
            if (begun == 0) != (not first) or len(first) < begun:
                yield f"{stream} had {begun} times to call about its {name}, and did so {len(first)} times"
            if len(ended) > len(first):
                yield f"{stream}: calls about its {name} ended {len(ended)} times"
