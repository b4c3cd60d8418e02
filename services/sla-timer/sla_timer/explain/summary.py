"""A proof in one paragraph, and its sum step by step."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sla_timer.domain.course import ZERO
from sla_timer.explain.history import History
from sla_timer.explain.standing import Standing
from sla_timer.explain.told import CANCELLED, RETRACTED, Says
from sla_timer.explain.words import lasting

UNIT = {"support": "support time", "elapsed": "elapsed time"}
UNKNOWN = "The breach was announced on the wall clock, for {}; late evidence may still retract it."
EVIDENCE = {
    "settled": "When the breach was announced, all that had been recorded before the deadline was known.",
    "grace": UNKNOWN.format("nothing more was heard of what had been recorded before the deadline"),
    "parked": UNKNOWN.format("a record about this ticket could not be read"),
}


def summary(clock: Standing, told: History, says: Says) -> str:
    """The paragraph."""
    return " ".join(_sentences(clock, told, says))


def _sentences(clock: Standing, told: History, says: Says) -> Iterator[str]:
    name = clock.number or f"Ticket {clock.ticket_id}"
    yield f"{name} has severity {clock.severity} at tier {clock.tier}." if clock.severity else f"{name}:"
    if any(one.why == "void" for one in told.before):
        yield "An earlier clock is void, because the information was found incomplete."
    if clock.target is not None:
        yield from _promised(clock, clock.target, told, says)
    if told.retracted:
        yield f"A breach was announced and is retracted, because {RETRACTED[told.retracted.cause]}."
    yield from _verdict(clock, says)
    if clock.evidence:
        yield EVIDENCE[clock.evidence]
    if clock.known_until:
        yield f"The calendar {clock.calendar} is known only until {clock.known_until}: the deadline may change."


def _promised(clock: Standing, target: timedelta, told: History, says: Says) -> Iterator[str]:
    owed = "There is no SLA, and an answer is hoped for" if clock.metric == "objective" else "An answer is promised"
    names = list(dict.fromkeys(leg.calendar for leg in told.clock.course)) if told.clock else []
    by = f", by the calendar {', then '.join(names)}" if clock.counts == "support" else ""
    yield f"{owed} in less than {lasting(target)} of {UNIT[clock.counts]}{by}."
    received, started = _at(clock.received_at, says), _at(clock.started_at, says)
    start = "at once" if started == received else f"with the next opening, {started}"
    yield f"All required information was there {received}; the clock started {start}."


def _verdict(clock: Standing, says: Says) -> Iterator[str]:
    used, due, now = lasting(clock.consumed), _at(clock.due_at, says), says(clock.at)
    answered = _at(clock.responded_at, says)
    match clock.state:
        case "waiting":
            yield "Required information is missing: no clock runs."
        case "met" if clock.due_at is None:
            yield f"The answer came {answered}, before any clock had started: met, with nothing used up."
        case "met":
            yield f"The answer came {answered}, with {used} used up and before the deadline, {due}: met."
        case "running" if not clock.remaining:
            yield f"The deadline, {due}, has passed; the verdict comes when all recorded before it is known."
        case "running":
            left = lasting(clock.remaining or ZERO)
            yield f"By {now}, {used} are used up ({clock.percent:g} %) and {left} remain: due {due}."
        case "cancelled":
            when, why = _at(clock.cancelled_at, says), CANCELLED[clock.cancelled_for or "severity"]
            yield f"The promise became void {when}, with {used} used up, because {why}."
        case "missed" | "breached":
            yield from _late(clock, says)


def _late(clock: Standing, says: Says) -> Iterator[str]:
    verdict = "breached" if clock.state == "breached" else "missed, which is never a breach"
    due, past = _at(clock.due_at, says), f"{lasting(_past(clock))} of {UNIT[clock.counts]}"
    if clock.breach_cause == "reclassified":
        yield f"By what was changed {_at(clock.breached_at, says)}, the deadline, {due}, had passed: {verdict}."
    else:
        yield f"The deadline, {due}, passed unanswered: {verdict}."
    if clock.responded_at:
        yield f"The answer came {says(clock.responded_at)}, {past} too late."
    else:
        yield f"By {says(clock.at)} nobody has answered, {past} past the deadline."


def arithmetic(clock: Standing, says: Says) -> list[str]:
    """The sum, T being the deadline."""
    if clock.target is None or clock.due_at is None:
        return [f"used up: {lasting(clock.consumed)}, for no clock had started"]
    target, used, past = lasting(clock.target), lasting(clock.consumed), _past(clock)
    lines = [f"T = {_at(clock.started_at, says)} + {target} of {UNIT[clock.counts]} = {says(clock.due_at)}"]
    if past < ZERO:
        lines.append(f"target {target} − used up {used} = {lasting(-past)} left")
    else:
        lines.append(f"used up {used} − target {target} = {lasting(past)} past T")
    if clock.responded_at:
        relation = "before T" if clock.state == "met" else "not before T"
        lines.append(f"answered {says(clock.responded_at)}, {relation}: {clock.state}")
    elif clock.state in ("breached", "missed"):
        lines.append(f"no answer before T: {clock.state}")
    return lines


def _past(clock: Standing) -> timedelta:
    return clock.consumed - (clock.target or ZERO)


def _at(instant: datetime | None, says: Says) -> str:
    return says(instant) if instant else ""
