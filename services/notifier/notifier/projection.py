"""Which row a fact changes: of notifications, which is also the outbox, of addresses that nothing is sent to, of the
instants that mails wait for, or of what tickets lack."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from contracts.envelope import Fact
from contracts.escalations import EscalationScheduled
from contracts.feedback import DeadlineScheduled
from contracts.names import ESCALATIONS, FEEDBACK, SLA, TICKETS, category_of
from contracts.notifications import (
    AddressCleared,
    AddressMarked,
    LetterRequested,
    LetterSuppressed,
    NotificationBounced,
    NotificationFailed,
    NotificationRequested,
    NotificationSent,
    NotificationSuppressed,
    Requested,
)
from contracts.sla import ClockStarted, ClockUnowed
from contracts.tickets import InformationCompleted, InformationReceived, InformationRequested, TicketOpened
from kit.consume.views import Part, Parts, View
from kit.decider import Put
from notifier.domain.gathering import GATHERED
from notifier.domain.next_instant import NAMED_DEADLINES


def project(fact: Fact, before: Any, after: Any) -> Iterable[Put]:
    """The row that a fact changes."""
    match fact.event:
        case AddressMarked() as marked:
            mark = {
                "ticket_id": marked.ticket_id,
                "notification_id": marked.notification_id,
                "reason": marked.reason,
                "marked_at": fact.happened_at,
                "cleared_at": None,
            }
            return [Put("undeliverable_addresses", {"subject_id": marked.subject_id}, mark)]
        case AddressCleared(subject_id=subject_id):
            return [Put("undeliverable_addresses", {"subject_id": subject_id}, {"cleared_at": fact.happened_at})]
    values = _values(fact, after)
    return [] if values is None else [Put("notifications", {"notification_id": fact.event.notification_id}, values)]


def _values(fact: Fact, after: Any) -> dict[str, Any] | None:
    match fact.event:
        case NotificationRequested() | LetterRequested() as requested:
            return {
                "ticket_id": requested.ticket_id,
                "number": requested.number,
                "template": requested.template,
                "role": requested.role,
                "assignee": requested.assignee,
                "subject_id": requested.subject_id,
                "automatic": requested.automatic,
                "status": "requested",
                "requested_at": fact.happened_at,
                "lane": _lane(requested, after),
                "shard_seq": fact.shard_seq,
            }
        case NotificationSent(message_id=message_id):
            return {"status": "sent", "reason": None, "sent_at": fact.happened_at, "message_id": message_id}
        case NotificationFailed(reason=reason, attempts=attempts):
            return {"status": "failed", "reason": reason, "attempts": attempts}
        case NotificationBounced(reason=reason):
            return {"status": "bounced", "reason": reason}
        case NotificationSuppressed() | LetterSuppressed() as suppressed:
            values: dict[str, Any] = {"status": "suppressed", "reason": suppressed.reason}
            if category_of(fact.stream) == "thread":  # it was never requested
                values |= {
                    "ticket_id": suppressed.ticket_id,
                    "template": suppressed.template,
                    "requested_at": fact.happened_at,
                }
            return values
        case _:
            return None


def _lane(requested: Requested, after: Any) -> str:
    """Whose mails leave one after the other: those to one recipient about one ticket, or reminders to one person."""
    if requested.template == GATHERED:
        return f"{requested.subject_id}/{GATHERED}"
    if requested.role is None and requested.subject_id != after.thread.subject_id:
        return f"{requested.ticket_id}/{requested.subject_id}"
    return f"{requested.ticket_id}/{requested.role or 'requester'}"


@dataclass(frozen=True, slots=True)
class NextInstant:
    """The instant that a mail names, once it is known."""

    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FirstAnswer:
    """What sla-timer says of the first answer when its clock begins: it is `promise`d or hoped for (`objective`) by the
    instant `at`, or `unowed`. `unknown_calendar`: the agreed one, of which no policy knows the hours."""

    at: datetime | None = None
    promise: str = ""
    unknown_calendar: str = ""

    @property
    def said(self) -> str | None:
        """The particulars of a mail, as stored; None: no clock has begun."""
        named = {"promise": self.promise, "unknown_calendar": self.unknown_calendar}
        return (
            msgspec.json.encode({name: said for name, said in named.items() if said}).decode() if self.promise else None
        )


def _called(known: NextInstant, fact: Fact) -> NextInstant:
    return NextInstant(fact.event.next_at)


def _due(known: NextInstant, fact: Fact) -> NextInstant:
    return NextInstant(fact.event.due_at)


def _begun(known: FirstAnswer, fact: Fact) -> FirstAnswer:
    unknown = fact.event.unknown_calendar or ""
    if isinstance(fact.event, ClockUnowed):
        return FirstAnswer(promise="unowed", unknown_calendar=unknown)
    return FirstAnswer(fact.event.due_at, fact.event.metric, unknown)


def _known(parts: Parts) -> Mapping[str, Any]:
    at = next((part.at for part in parts.values() if part.at), None)
    return {"next_at": at, "says": parts["sla"].said}


def _set_by(fact: Fact) -> Mapping[str, Any] | None:
    """The event that a mail is about; None: no mail names the instant."""
    match fact.event:
        case DeadlineScheduled(deadline=deadline) if deadline not in NAMED_DEADLINES:
            return None
        case (
            ClockStarted(metric="response" | "objective", changed_at=None)
            | ClockUnowed(metric="response", changed_at=None)
        ):
            cause = fact.meta.cause
            return {"set_by": cause.event_id} if cause and cause.event_id and not fact.imported else None
        case ClockStarted() | ClockUnowed():
            return None
        case _:
            return {"set_by": fact.event.set_by}


NEXT_INSTANTS = View(
    table="next_calls",
    parts={
        ESCALATIONS: Part(column="escalations", initial=NextInstant(), evolve=_called, heeds=[EscalationScheduled]),
        FEEDBACK: Part(column="feedback", initial=NextInstant(), evolve=_due, heeds=[DeadlineScheduled]),
        SLA: Part(column="sla", initial=FirstAnswer(), evolve=_begun, heeds=[ClockStarted, ClockUnowed]),
    },
    joined=_known,
    key=_set_by,
)
"""A row for each instant that sla-timer has worked out and a mail may name: when the rung after a call is called, until
when feedback is acknowledged or silence counts as settled, or by when an answer is promised. `set_by`: the event that
set its alarm, or that started the clock, which is the cause of the mail. `says`: further particulars of the mail."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a ticket lacks of the required information."""

    missing: tuple[str, ...] = ()


def _wanted(before: Wanted, fact: Fact) -> Wanted:
    return Wanted(() if isinstance(fact.event, InformationCompleted) else fact.event.missing)


def _missing(parts: Parts) -> Mapping[str, Any]:
    return {"missing": ",".join(parts["tickets"].missing)}


WANTED = View(
    table="wanted_information",
    parts={
        TICKETS: Part(
            column="tickets",
            initial=Wanted(),
            evolve=_wanted,
            heeds=[TicketOpened, InformationRequested, InformationReceived, InformationCompleted],
        )
    },
    joined=_missing,
)
"""A row for each ticket, for automatic replies that have waited: they say what it lacks by then."""
