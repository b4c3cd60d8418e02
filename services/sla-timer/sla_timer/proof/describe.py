"""The facts of a clock in sentences."""

from contracts.sla import (
    AnsweredLate,
    BreachRetracted,
    ClockAwaited,
    ClockCancelled,
    ClockEvent,
    ClockPaused,
    ClockRescheduled,
    ClockResumed,
    ClockStarted,
    ClockUnowed,
    ObjectiveMissed,
    SlaBreached,
    SlaMet,
    SlaWarning,
)
from kit.proof.words import FormatInstant, lasting

CHANGED = {
    "severity": "the severity was assessed anew",
    "entitlement": "the account's tier or agreed calendar changed",
    "policy": "an administrator had the clock follow another policy",
    "absorbed": "another ticket was merged into this one",
    "replaced": "the severity was assessed anew or the entitlement changed, and this promise took another's place",
}
CANCELLED = {
    "incomplete": "the information was found incomplete",
    "severity": "the severity was assessed anew or the entitlement changed, and with it the promise",
    "withdrawn": "the requester needs no answer any more",
    "merged": "the ticket was merged into another one",
    "closed": "the ticket was closed, and nothing is owed on it any more",
}
RETRACTED = {
    "answered-in-time": "an answer in time turned up late",
    "clock-changed": "a change from before the deadline turned up late",
}


def describe(event: ClockEvent, says: FormatInstant) -> str:
    """The sentence that tells an event. `says`: how an instant is written."""
    match event:
        case ClockAwaited():
            return "Required information is missing: no clock runs yet."
        case ClockStarted():
            return f"{_lacking(event)}The clock starts {says(event.started_at)}: {_promise(event, says)}."
        case ClockRescheduled(cause=cause):
            return f"Rescheduled, because {CHANGED[cause]}: {_promise(event, says)}."
        case ClockCancelled(cause=cause):
            return f"The promise is void, because {CANCELLED[cause]}."
        case ClockPaused(consumed=consumed):
            return f"The ticket waits for its requester: the clock stands still, with {lasting(consumed)} used up."
        case ClockResumed(cause=cause, due_at=due_at):
            due = f", due {says(due_at)}" if due_at else ""
            return (
                f"The {'requester wrote' if cause == 'requester' else 'ticket was reopened'}: the clock goes on{due}."
            )
        case ClockUnowed(severity=severity):
            return f"{_lacking(event)}At severity {severity} nothing of the kind is promised."
        case SlaWarning(percent=percent):
            return f"{percent} % of the target is used up."
        case SlaMet():
            return "Done in time." if event.due_at else "Done in time: no clock ran."
        case AnsweredLate(elapsed=elapsed):
            return f"Done after the deadline, with {lasting(elapsed)} used up."
        case SlaBreached(cause="deadline", evidence=evidence):
            return f"The deadline passed: a breach (evidence: {evidence})."
        case SlaBreached(due_at=due_at, evidence=evidence):
            return f"By what was changed, the deadline {says(due_at)} had passed: a breach (evidence: {evidence})."
        case BreachRetracted(cause=cause, metric=metric):
            return f"The {'breach' if metric != 'objective' else 'miss'} is retracted, because {RETRACTED[cause]}."
        case ObjectiveMissed():
            return "The objective passed: never a breach."


def _lacking(event: ClockStarted | ClockUnowed) -> str:
    version = event.completed_by
    return f"The policy {version} no longer requires the information that was missing. " if version else ""


def _promise(event: ClockStarted | ClockRescheduled, says: FormatInstant) -> str:
    by = f"{lasting(event.target)} by the calendar {event.calendar}"
    if event.unknown_calendar is not None:
        by += f" (agreed calendar: unknown, {event.unknown_calendar!r})"
    return f"severity {event.severity}, tier {event.tier}, {by}, due {says(event.due_at)}"
