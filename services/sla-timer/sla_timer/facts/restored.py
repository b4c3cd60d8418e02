"""Turns a row back into a fact: good enough for the core's reactions, and only for them."""

from collections.abc import Mapping
from dataclasses import fields
from types import MappingProxyType
from typing import Any, Final
from uuid import UUID

from contracts.base import BY_CLASS, ERASED
from contracts.envelope import Fact, Meta, Recorded
from contracts.names import TICKETS
from contracts.tickets import Details, Underway
from sla_timer.facts.row import Flag, Row, named
from sla_timer.react.asks import ASKS

CLASSES: Final = {BY_CLASS[cls].name: cls for cls in ASKS}
FIELDS: Final = {cls: tuple(field.name for field in fields(cls)) for cls in ASKS}
UNREAD_FIELDS: Final[Mapping[str, Any]] = MappingProxyType(
    dict.fromkeys(("title", "description", "email", "body", "reason", "resolution"), ERASED)
    | dict.fromkeys(("subject_id", "message_id", "into"), UUID(int=0))
    | dict.fromkeys(
        ("claimed_at", "mail", "thread", "related", "policy", "language", "zone", "attachments", "reply_to", "unread")
    )
    | dict.fromkeys(("into_number", "other_number"), "")
    | {"account_version": 1, "channel": "portal", "priority": "normal", "details": Details(), "states": "plan"}
    | {"contact": False, "before": 4, "closing": 1, "machine": False, "own": False, "asks": "mail", "engineer": None}
    | {"severity_unread": False}
)
"""Fields of events that no reaction of the core reads (a test proves that), with the values they get here.

Reactions do read `policy`, the version by which a ticket was judged; but here the question is about another policy.
"""
NOBODY: Final = Meta(actor="sla-timer", role="service")
NO_ID: Final = UUID(int=0)


def restored(row: Row, place: int = 1) -> Fact:
    """The fact. `place`: its version in its stream, which no reaction reads either."""
    cls = CLASSES[row.type]
    known = _known(row)
    return Recorded(
        topic=TICKETS,
        shard=0,
        shard_seq=row.seq,
        stream=f"ticket-{row.ticket_id}",
        version=place,
        event_id=NO_ID,
        command_id=NO_ID,
        recorded_at=row.recorded_at,
        event=cls(**{name: known[name] if name in known else UNREAD_FIELDS[name] for name in FIELDS[cls]}),
        meta=NOBODY,
    )


def _known(row: Row) -> dict[str, Any]:
    flags = row.flags
    terms = {
        "severity": row.severity,
        "tier": row.tier,
        "calendar": row.calendar,
        "number": row.number,
        "account_id": row.account_id,
    }
    return terms | {
        "ticket_id": row.ticket_id,
        "missing": named(row.missing),
        "underway": Underway(**terms) if flags & Flag.UNDERWAY else None,  # type: ignore[arg-type]
        "author": "requester" if flags & Flag.REQUESTER else "staff",
        "public": bool(flags & Flag.PUBLIC),
        "awaits_reply": bool(flags & Flag.AWAITS_REPLY),
        "waiting": bool(flags & Flag.WAITING),
        "named": named(row.said),
        "cause": "withdrawn" if flags & Flag.WITHDRAWN else "resolved",
        "other": row.other,
        "received_at": row.received_at,
    }
