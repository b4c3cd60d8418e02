"""A clock's proof in one paragraph."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from contracts.instants import ZERO
from contracts.sla import Metric
from kit.proof.arithmetic import beyond, unit
from kit.proof.words import FormatInstant, brief, shared
from sla_timer.history.clock_status import ClockStatus
from sla_timer.history.history import History
from sla_timer.proof.describe import CANCELLED, CHANGED, RETRACTED

UNCONFIRMED = (
    "The breach was announced without confirmation that everything recorded before the deadline had arrived "
    "({}); late evidence may still retract it."
)
EVIDENCE = {
    "settled": "When the breach was announced, all that had been recorded before the deadline was known.",
    "grace": UNCONFIRMED.format("no news came from intake for too long"),
    "parked": UNCONFIRMED.format("a record about this ticket could not be read"),
}


THING: dict[Metric, str] = {
    "response": "answer",
    "objective": "answer",
    "next-reply": "reply",
    "update": "update",
    "resolution": "resolution",
}
RECEIVED: dict[Metric, str] = {"next-reply": "The requester wrote", "update": "The last word before was given"}


def summary(clock: ClockStatus, history: History, says: FormatInstant) -> str:
    """The paragraph. `says`: how an instant is written."""
    return " ".join(_sentences(clock, history, says))


def _sentences(clock: ClockStatus, history: History, says: FormatInstant) -> Iterator[str]:
    name = clock.number or f"Ticket {clock.ticket_id}"
    has = "had" if history.ended_at or clock.state == "breached" else "has"  # it may have another by now
    yield f"{name} {has} severity {clock.severity} at tier {clock.tier}." if clock.severity else f"{name}:"
    if any(one.why == "void" for one in history.before):
        yield "An earlier clock is void, because the information was found incomplete."
    if clock.target is not None:
        yield from _promised(clock, clock.target, history, says)
    if history.retracted:
        said = (
            "A breach was announced and is" if clock.metric != "objective" else "It was announced as missed, which is"
        )
        yield f"{said} retracted, because {RETRACTED[history.retracted.cause]}."
    yield from _verdict(clock, history, says)
    if clock.evidence:
        yield EVIDENCE[clock.evidence]
    if clock.unknown_calendar is not None:
        counts = f", {clock.calendar}" if clock.calendar else ""
        yield (
            f"calendar: unknown. No policy knows the calendar {clock.unknown_calendar!r} that was agreed with the "
            f"account: the tier's counts{counts}."
        )
    if clock.known_until:
        yield f"The calendar {clock.calendar} is known only until {clock.known_until}: the deadline may change."


def _promised(clock: ClockStatus, target: timedelta, history: History, says: FormatInstant) -> Iterator[str]:
    owed = f"{_a(clock).capitalize()} is promised"
    if clock.metric == "objective":
        owed = "There is no SLA, and an answer is hoped for"
    names = list(dict.fromkeys(segment.calendar for segment in history.clock.segments)) if history.clock else []
    by = f", by the calendar {', then '.join(names)}" if clock.counts == "support" else ""
    yield f"{owed} in less than {brief(target)} of {unit(clock)}{by}."
    received, started = _at(clock.received_at, says), _at(clock.started_at, says)
    start = "at once" if started == received else f"with the next opening, {started}"
    if clock.started_at and clock.received_at and clock.started_at < clock.received_at:
        yield f"The clock counts from {started}, for the sake of a ticket that was merged into this one."
        return
    until = clock.responded_at or clock.cancelled_at or clock.at
    starts = "started"
    if clock.started_at and until < clock.started_at:
        starts = "starts" if clock.state == "running" else "was to start"
    since = RECEIVED.get(clock.metric, "All required information was there")
    by = (
        f", by the policy {history.completed_by}, which no longer requires what was missing"
        if history.completed_by
        else ""
    )
    yield f"{since} {received}{by}; the clock {starts} {start}."


def _verdict(clock: ClockStatus, history: History, says: FormatInstant) -> Iterator[str]:
    used, left = shared(clock.consumed, clock.remaining or ZERO)
    due, now = _at(clock.due_at, says), says(clock.at)
    came = f"The {THING[clock.metric]} came {_at(clock.responded_at, says)}"
    match clock.state:
        case "waiting":
            yield "Required information is missing: no clock runs."
        case "unowed":
            yield f"At this severity no {THING[clock.metric]} is promised."
        case "met" if clock.target is None:
            yield f"{came}, before any clock had started: met, with nothing used up."
        case "met" if clock.due_at is None:
            yield f"{came}, while the clock stood still with {used} used up: met."
        case "met":
            yield f"{came}, with {used} used up and before the deadline, {due}: met."
        case "paused":
            yield f"The ticket waits for its requester: the clock stands still with {used} used up and {left} left."
        case "running" if not clock.remaining:
            yield f"The deadline, {due}, has passed; the verdict comes when all recorded before it is known."
        case "running":
            yield f"By {now}, {used} are used up ({clock.percent:g} %) and {left} remain: due {due}."
        case "cancelled":
            when, why = _at(clock.cancelled_at, says), CANCELLED[clock.cancelled_for or "severity"]
            if clock.missed_at:
                yield f"Missed, which is never a breach, since {says(clock.missed_at)}."
            yield f"The promise became void {when}, with {used} used up, because {why}."
        case "missed" | "breached":
            yield from _late(clock, history, says)


def _late(clock: ClockStatus, history: History, says: FormatInstant) -> Iterator[str]:
    verdict = "breached" if clock.state == "breached" else "missed, which is never a breach"
    due, past = _at(clock.due_at, says), f"{brief(beyond(clock))} of {unit(clock)}"
    since = clock.breached_at or clock.missed_at
    if history.change and since and clock.due_at and since > clock.due_at:
        yield f"When {CHANGED[history.change]}, {says(since)}, the deadline, {due}, had passed already: {verdict}."
    else:
        yield f"The deadline, {due}, passed without {_a(clock)}: {verdict}."
    if clock.responded_at:
        yield f"The {THING[clock.metric]} came {says(clock.responded_at)}, {past} too late."
    elif clock.cancelled_at:
        yield f"It is owed no longer since {says(clock.cancelled_at)}, {past} past the deadline."
    else:
        yield f"By {says(clock.at)} there is no {THING[clock.metric]} yet, {past} past the deadline."


def _a(clock: ClockStatus) -> str:
    thing = THING[clock.metric]
    return f"{'an' if thing[0] in 'aeiou' else 'a'} {thing}"


def _at(instant: datetime | None, says: FormatInstant) -> str:
    return says(instant) if instant else ""
