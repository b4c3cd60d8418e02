"""Tickets as JSON: folded from their facts, or from a row of the read model."""

import json
from collections.abc import Container, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import msgspec

from contracts.base import kind_of
from contracts.envelope import Fact
from intake import domain
from intake.domain import events as facts
from intake.domain.state import Situation, missing_information, status
from intake.mail import told, why_unread


def instant(text: str) -> datetime:
    """An instant of a cursor, in UTC."""
    return datetime.fromisoformat(text).astimezone(UTC)


def rfc3339(instant: datetime | None) -> str | None:
    """`2026-11-23T14:00:00.000000Z`."""
    return instant.isoformat(timespec="microseconds").replace("+00:00", "Z") if instant else None


def summary(row: Any) -> dict[str, Any]:
    """A ticket in a list."""
    return {
        "ticket_id": str(row["ticket_id"]),
        "number": row["number"],
        "account_id": str(row["account_id"]),
        "status": row["status"],
        "severity": row["severity"],
        "priority": row["priority"],
        "tier": row["tier"],
        "calendar": row["calendar"],
        "assignee": row["assignee"],
        "channel": row["channel"],
        "missing": json.loads(row["missing"]),
        "opened_at": rfc3339(row["opened_at"]),
        "updated_at": rfc3339(row["updated_at"]),
        "closed_at": rfc3339(row["closed_at"]),
        "closings": row["closings"],
        "version": row["version"],
    }


def titles(opened: Iterable[Fact]) -> dict[UUID, str]:
    """The title of each ticket."""
    return {fact.event.ticket_id: fact.event.title for fact in opened if isinstance(fact.event, facts.TicketOpened)}


def is_public(fact: Fact) -> bool:
    """Whether the requester may read it: all but the notes among staff, why they marked a message, and the addresses of
    those who take part."""
    match fact.event:
        case facts.MessagePosted(public=public):
            return public
        case event:
            return not isinstance(event, facts.MessageMarked | facts.ParticipantAdded | facts.ParticipantRemoved)


def mail_behind(history: Sequence[Fact], message_id: UUID, *, internal: bool) -> str | None:
    """The key of the mail by which a message came; None: there is no such message, or it came otherwise.

    Not `internal`: the mails of staff stay among them, for they quote what only staff are told.
    """
    for fact in history:
        match fact.event:
            case facts.TicketOpened(ticket_id=named, mail=mail) if named == message_id:
                return mail
            case facts.MessagePosted(message_id=named, mail=mail, author=author) if named == message_id:
                return mail if internal or author == "requester" else None
            case facts.InitialResponseGiven(message_id=named, mail=mail) if named == message_id:
                return mail if internal else None
    return None


def event(fact: Fact, *, internal: bool) -> dict[str, Any]:
    """A fact of the history; `internal`: with the ticket that a mail named without having a part in it, and with the
    addresses of others than the requester."""
    data = msgspec.to_builtins(fact.event)
    if not internal:
        hidden = ("related", "reply_to", *(("email",) if isinstance(fact.event, facts.MessagePosted) else ()))
        data |= dict.fromkeys(data.keys() & set(hidden))
    return {
        "type": kind_of(fact.event).name,
        "version": fact.version,
        "event_id": str(fact.event_id),
        "recorded_at": rfc3339(fact.recorded_at),
        "occurred_at": rfc3339(fact.meta.occurred_at),
        "actor": fact.meta.actor,
        "role": fact.meta.role,
        "data": data,
    }


def ticket(history: Sequence[Fact], *, internal: bool) -> dict[str, Any]:
    """A ticket with its words and messages; `history`: at least its opening.

    `internal`: with what only staff may read: their notes; which words they marked as feedback, and that feedback; and
    `related`, for its requester has no part in that ticket; and who else takes part. `unread`: why a part of the mail
    that opened it can't be read here, in words.
    """
    state: Any = domain.INITIAL
    for fact in history:
        state = domain.evolve(state, fact.event)
    known, opened = state.ticket, history[0].event
    shown = [fact for fact in history if internal or is_public(fact)]
    closed = [fact for fact in history if isinstance(fact.event, facts.Closed)]
    marked = {fact.event.message_id: fact.event.feedback_id for fact in shown if _is_marking(fact)}
    described = [text for fact in history if (text := getattr(fact.event, "description", None))]
    return {
        "ticket_id": str(known.ticket_id),
        "number": known.number,
        "account_id": str(known.account_id),
        "status": status(state),
        "missing": list(missing_information(state)),
        "severity": known.severity,
        "priority": known.priority,
        "tier": known.tier,
        "calendar": known.calendar,
        "assignee": known.assignee,
        "channel": opened.channel,
        "contact": known.contact,
        "title": opened.title,
        "description": "\n\n".join(described),
        "feedback_id": _feedback(marked, known.ticket_id),
        "email": opened.email,
        "attachments": told(opened.attachments),
        "unread": why_unread(opened.unread),
        "whole": _whole(known.number, known.ticket_id, opened.mail),
        "details": msgspec.to_builtins(known.details),
        "related": str(opened.related) if internal and opened.related else None,
        "opened_at": rfc3339(history[0].happened_at),
        "updated_at": rfc3339(history[-1].happened_at),
        "closed_at": rfc3339(closed[-1].happened_at) if status(state) == "closed" and closed else None,
        "closings": known.closings,
        "information_requests": _said(history, facts.InformationRequested, "missing", "reason"),
        "resolution": next(reversed(_said(history, facts.Resolved, "resolution")), None),
        "messages": [message for fact in shown if (message := _message(fact, known.number, marked, internal=internal))],
        "participants": _participants(history, known.participants) if internal else None,
        "version": history[-1].version,
    }


def _participants(history: Sequence[Fact], there: Container[UUID]) -> list[dict[str, Any]]:
    """Who takes part beside the requester, in the order in which they first came, each as they came last."""
    added = {fact.event.subject_id: fact for fact in history if isinstance(fact.event, facts.ParticipantAdded)}
    return [
        {
            "subject_id": str(subject),
            "email": fact.event.reply_to or fact.event.email,
            "because": fact.event.because,
            "outside": fact.event.outside,
            "since": rfc3339(fact.happened_at),
        }
        for subject, fact in added.items()
        if subject in there
    ]


def situation_of(state: Situation) -> dict[str, Any]:
    """The ticket's situation after a command, for the answer."""
    return {"status": status(state), "missing": list(missing_information(state))}


def _said(history: Sequence[Fact], kind: type[Any], *names: str) -> list[dict[str, Any]]:
    """When, by whom and what: each fact of this kind, with the named fields."""
    return [
        {"at": rfc3339(fact.happened_at), "actor": fact.meta.actor}
        | {name: msgspec.to_builtins(getattr(fact.event, name)) for name in names}
        for fact in history
        if isinstance(fact.event, kind)
    ]


def _is_marking(fact: Fact) -> bool:
    return isinstance(fact.event, facts.MessageMarked)


def _feedback(marked: Mapping[UUID, UUID], message_id: UUID) -> str | None:
    """The feedback that a message became, or the ticket's opening words."""
    return str(marked[message_id]) if message_id in marked else None


def _whole(number: str, message_id: UUID, mail: str | None) -> str | None:
    """Where all of the mail's text is, if a mail brought the message."""
    return f"/v1/tickets/{number}/messages/{message_id}/whole" if mail else None


def _message(fact: Fact, number: str, marked: Mapping[UUID, UUID], *, internal: bool) -> dict[str, Any] | None:
    said = fact.event
    match said:
        case facts.MessagePosted():
            mail = said.mail if internal or said.author == "requester" else None
            how = {"kind": "message", "author": said.author, "public": said.public, "channel": said.channel}
        case facts.InitialResponseGiven():
            mail = said.mail if internal else None
            how = {"kind": "initial-response", "author": "staff", "public": True, "states": said.states}
        case _:
            return None
    head = {"message_id": str(said.message_id), "at": rfc3339(fact.happened_at), "actor": fact.meta.actor}
    asks = {"awaits_reply": said.awaits_reply, "feedback_id": _feedback(marked, said.message_id)}
    came = {"attachments": told(said.attachments), "whole": _whole(number, said.message_id, mail)}
    return head | how | asks | came | {"body": said.body}
