"""What the logs must say whatever was killed: every broken promise once, and no other. Pure."""

import json
from collections import Counter
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
class Mail:
    """What notifier's outbox has of a mail. `sent_at`: None until the mail server has taken it."""

    ticket: str
    template: str
    status: str
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What was asked, and what the logs of intake and sla-timer have. `tickets`: those whose opening was confirmed."""

    tickets: Sequence[str]
    events: Sequence[Said]

    bare: list[str] = field(default_factory=list)
    """Lines of their logs that are no JSON objects: whoever reads them by machine stumbles."""
    mails: Sequence[Mail] | None = None
    """None where nobody sends any."""
    caught: Sequence[str] = ()
    """The Message-IDs of the mails that arrived."""

    def count(self, type: str) -> int:
        """How many events of a type there are."""
        return sum(event.type == type for event in self.events)

    def lacking(self) -> bool:
        """Whether something that follows by itself has not followed yet, but for mails' being sent."""
        clocks = self.count("clock.started") < len(self.tickets)
        return clocks or (
            self.mails is not None
            and any(len(self.written(template)) < self.count(type) for type, template in WRITES.items())
        )

    def waiting(self) -> bool:
        """Whether a mail has not been sent yet."""
        return any(mail.status == "requested" for mail in self.mails or ())

    def written(self, template: str) -> list[Mail]:
        """The mails of a kind."""
        return [mail for mail in self.mails or () if mail.template == template]


WRITES = {
    "ticket.opened": "ticket-received",
    "ticket.initial-response-given": "answer",
    "sla.breached": "sla-breached",
}
"""Which mail follows from an event, once."""
HOLDS = frozenset({"ticket-received", "answer"})
"""Mails that are true for ever, so that each of them is sent."""


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
    found = [
        f"{ticket}: {fault}"
        for ticket, (events, mails) in _by_ticket(told).items()
        for fault in (*_faults(events), *(_unwritten(events, mails) if told.mails is not None else ()))
    ]
    found += [f"the mail {one} arrived {times} times" for one, times in Counter(told.caught).items() if times > 1]
    return found + [f"a line of a log is no JSON: {line}" for line in told.bare[:10]]


def untrue(told: Told, since: datetime) -> list[str]:
    """Warnings and calls that were sent from an instant on about tickets that had been answered before it."""
    answered = {
        one.ticket for one in told.events if one.type == "ticket.initial-response-given" and one.recorded_at < since
    }
    return [
        f"{mail.ticket}: {mail.template} was sent, which had not been true for long"
        for mail in told.mails or ()
        if mail.template in ("sla-warning", "escalation")
        and mail.ticket in answered
        and mail.sent_at is not None
        and mail.sent_at >= since
    ]


def _by_ticket(told: Told) -> dict[str, tuple[list[Said], list[Mail]]]:
    found: dict[str, tuple[list[Said], list[Mail]]] = {ticket: ([], []) for ticket in told.tickets}
    for event in told.events:
        found.setdefault(event.ticket, ([], []))[0].append(event)
    for mail in told.mails or ():
        found.setdefault(mail.ticket, ([], []))[1].append(mail)
    return found


def _unwritten(events: Sequence[Said], mails: Sequence[Mail]) -> Iterator[str]:
    for type, template in WRITES.items():
        owed = sum(event.type == type for event in events)
        written = [mail for mail in mails if mail.template == template]
        if len(written) != owed:
            yield f"{len(written)} mails {template} were written for {owed} events {type}"
        if template in HOLDS and any(mail.status != "sent" for mail in written):
            yield f"the mail {template} is {' and '.join(mail.status for mail in written)}"
    if stuck := [mail.template for mail in mails if mail.status in ("requested", "failed")]:
        yield f"these mails never left: {', '.join(stuck)}"


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
