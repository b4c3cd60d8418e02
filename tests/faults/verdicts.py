"""What the logs must say whatever was killed: every broken promise once, and no other. Pure."""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any


@dataclass(frozen=True, slots=True)
class Said:
    """An event of the log, as far as verdicts need it."""

    ticket: str
    type: str
    recorded_at: datetime
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Told:
    """What was asked, and what the logs of intake and sla-timer have. `tickets`: those whose opening was confirmed."""

    tickets: Sequence[str]
    events: Sequence[Said]

    bare: list[str] = field(default_factory=list)
    """Lines of their logs that are no JSON objects: whoever reads them by machine stumbles."""

    def count(self, type: str) -> int:
        """How many events of a type there are."""
        return sum(event.type == type for event in self.events)


def bare(lines: Iterable[str]) -> list[str]:
    """Those that are no JSON object."""
    return [line for line in lines if not _is_object(line)]


def _is_object(line: str) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except ValueError:
        return False


def faults_in(told: Told) -> list[str]:
    """What is wrong, ticket by ticket."""
    by_ticket: dict[str, list[Said]] = {ticket: [] for ticket in told.tickets}
    for event in told.events:
        by_ticket.setdefault(event.ticket, []).append(event)
    found = [f"{ticket}: {fault}" for ticket, events in by_ticket.items() for fault in _faults(events)]
    return found + [f"a line of a log is no JSON: {line}" for line in told.bare[:10]]


def _faults(events: Sequence[Said]) -> Iterator[str]:
    of = {kind: [event for event in events if event.type == kind] for kind in {event.type for event in events}}
    opened, started = of.get("ticket.opened", []), of.get("clock.started", [])
    if len(opened) != 1 or len(started) != 1:
        yield f"it was opened {len(opened)} times and its clock started {len(started)} times"
        return
    due_at = datetime.fromisoformat(started[0].data["due_at"])
    answers = of.get("ticket.initial-response-given", [])
    in_time = bool(answers) and answers[0].recorded_at < due_at
    breached, retracted = len(of.get("sla.breached", [])), len(of.get("sla.breach-retracted", []))
    met = len(of.get("sla.met", []))
    if len(answers) > 1:
        yield "it was answered twice"
    if in_time and (breached != retracted or met != 1):
        yield f"answered in time: {breached} breaches were announced, {retracted} retracted, and met {met} times"
    if not in_time and (breached - retracted != 1 or met):
        yield f"not answered in time: {breached} breaches were announced, {retracted} retracted, and met {met} times"
    if breached > 1 + retracted:
        yield f"its breach was announced {breached} times"
