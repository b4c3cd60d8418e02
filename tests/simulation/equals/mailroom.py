"""Intake's statements, in memory. They pass the real ones' tests: in integration/intake, _mailroom and _heeding."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tests.simulation.equals.series import in_memory

from intake import queries
from intake.numbers import TICKET_NUMBERS
from kit.memory import MemoryTx
from kit.memory.tables import Model
from kit.simulate.statements import InMemoryStatements

Rows = list[dict[str, Any]]


def _model(tx: MemoryTx, name: str) -> Model:
    return tx.tables.models.setdefault(name, {})


def _next_ordinal(tx: MemoryTx) -> int:
    """Like a sequence: what was drawn is never taken back."""
    row = _model(tx, "sequences").setdefault(("mails",), {"next": 1})
    row["next"] += 1
    drawn: int = row["next"] - 1
    return drawn


def owners_of_domains(tx: MemoryTx, now: float, domains: Sequence[str]) -> Rows:
    """The accounts whose mail comes from there."""
    rows = _model(tx, "account_domains").values()
    return [{name: row[name] for name in ("domain", "account_id")} for row in rows if row["domain"] in domains]


def known_by_address(tx: MemoryTx, now: float, digests: Sequence[bytes]) -> Rows:
    """As whom, and with which accounts, these addresses are known."""
    rows = [row for row in _model(tx, "subjects").values() if row["digest"] in digests]
    return [{name: row[name] for name in ("account_id", "subject_id")} for row in rows]


def message_ids(tx: MemoryTx, now: float, digests: Sequence[bytes]) -> Rows:
    """The tickets of these Message-IDs."""
    return [dict(row) for row in _model(tx, "mail_ids").values() if row["digest"] in digests]


def tickets_named(tx: MemoryTx, now: float, tickets: Sequence[UUID], named: Sequence[str]) -> Rows:
    """Those that there are, and those of which a mail is stored that will open them."""
    columns = ("ticket_id", "number", "account_id", "subject_id")
    there = [row for row in _model(tx, "tickets").values() if row["ticket_id"] in tickets or row["number"] in named]
    coming = [row for row in _stored(tx) if row["ticket_id"] in tickets and row["target"] == "ticket"]
    closed = [row.get("closed_at") is not None for row in there] + [False] * len(coming)
    changed = [row["updated_at"] for row in there] + [None] * len(coming)
    rows = [{name: row.get(name) for name in columns} for row in (*there, *coming)]
    return [row | {"closed": ended, "updated_at": at} for row, ended, at in zip(rows, closed, changed, strict=True)]


def latest_ticket_of(tx: MemoryTx, now: float, subjects: Sequence[UUID]) -> Rows:
    """The last that one of them opened."""
    part = {row["ticket_id"] for row in _model(tx, "participants").values() if _is_one(row, subjects)}
    every = _model(tx, "tickets").values()
    rows = [row for row in every if row["subject_id"] in subjects or row["ticket_id"] in part]
    rows.sort(key=lambda row: (row["opened_at"], row["ticket_id"]))
    return [{"ticket_id": row["ticket_id"]} for row in rows[-1:]]


def participations(tx: MemoryTx, now: float, tickets: Sequence[UUID], subjects: Sequence[UUID]) -> Rows:
    """In which of these tickets they take part, beside the requester."""
    rows = [row for row in _model(tx, "participants").values() if _is_one(row, subjects)]
    return [{name: row[name] for name in ("ticket_id", "subject_id")} for row in rows if row["ticket_id"] in tickets]


def _is_one(row: dict[str, Any], subjects: Sequence[UUID]) -> bool:
    return row["subject_id"] in subjects and bool(row["takes_part"])


def feedback_begun(tx: MemoryTx, now: float, feedback: Sequence[UUID]) -> Rows:
    """By whom, also those of which a mail is stored that will begin them."""
    there = [row for row in _model(tx, "feedback_mails").values() if row["feedback_id"] in feedback]
    coming = [row for row in _stored(tx) if row["ticket_id"] in feedback and row["target"] == "feedback"]
    every = (*there, *({**row, "feedback_id": row["ticket_id"]} for row in coming))
    return [{name: row[name] for name in ("feedback_id", "account_id", "subject_id")} for row in every]


def waiting_for_more(tx: MemoryTx, now: float, required: str) -> Rows:
    """Open tickets that wait for something that is not required."""
    names = set(json.loads(required))
    return [
        {name: row[name] for name in ("ticket_id", "version")}
        for row in _model(tx, "tickets").values()
        if row.get("closed_at") is None
        and row["status"] == "waiting-for-information"
        and not set(json.loads(row["missing"])) <= names
    ]


def mail_is_kept(tx: MemoryTx, now: float, keys: Sequence[str]) -> Rows:
    """A row if it is, under one of these keys."""
    return [{"?column?": 1}] if any((key,) in _model(tx, "mails") for key in keys) else []


def keep_mail(
    tx: MemoryTx,
    now: float,
    key: str,
    received_at: datetime,
    state: str,
    reason: str | None,
    target: str | None,
    ticket_id: UUID | None,
    account_id: UUID | None,
    subject_id: UUID | None,
    related: UUID | None,
    sealed_for: UUID | None,
    head: bytes,
    raw: bytes,
) -> Rows:
    """Unless there is one with this key."""
    row = {name: value for name, value in locals().items() if name not in ("tx", "now")}
    if (key,) not in _model(tx, "mails"):
        tx.write(_model(tx, "mails"), (key,), row | {"ordinal": _next_ordinal(tx)})
    return []


def keep_mail_ids(
    tx: MemoryTx,
    now: float,
    digests: Sequence[bytes],
    ticket_id: UUID,
    came: Sequence[bool],
    instead_of: UUID | None,
) -> Rows:
    """Each stays where it was first, but for a mail's own that belonged to another."""
    for digest, has_come in zip(digests, came, strict=True):
        known = _model(tx, "mail_ids").get((digest,))
        if known is None:
            tx.write(_model(tx, "mail_ids"), (digest,), {"digest": digest, "ticket_id": ticket_id, "came": has_come})
        elif has_come:
            moved = {"ticket_id": ticket_id} if known["ticket_id"] == instead_of else {}
            tx.write(_model(tx, "mail_ids"), (digest,), known | {"came": True} | moved)
    return []


def _stored(tx: MemoryTx) -> Rows:
    rows = [row for row in _model(tx, "mails").values() if row["state"] == "stored"]
    return sorted(rows, key=lambda row: row["ordinal"])


def mails_to_perform(tx: MemoryTx, now: float, limit: int, but: list[UUID]) -> Rows:
    """The next of each ticket but these."""
    first: dict[UUID, dict[str, Any]] = {}
    for row in _stored(tx):
        first.setdefault(row["ticket_id"], row)
    columns = ("key", "reason", "target", "ticket_id", "account_id", "subject_id", "related", "sealed_for", "head")
    return [{name: row[name] for name in columns} for row in first.values() if row["ticket_id"] not in but][:limit]


def piece_of_raw_mail(tx: MemoryTx, now: float, key: str, begins: int, size: int) -> Rows:
    """Some of its bytes, sealed; counted from 1."""
    return [{"substring": _model(tx, "mails")[key,]["raw"][begins - 1 : begins - 1 + size]}]


def mail_is_done(tx: MemoryTx, now: float, key: str, state: str, reason: str | None) -> Rows:
    """What became of it, once."""
    row = _model(tx, "mails")[key,]
    if row["state"] == "stored":
        tx.write(_model(tx, "mails"), (key,), row | {"state": state, "reason": reason})
    return []


def waits_for_a_person(row: dict[str, Any]) -> bool:
    """Whether nobody has seen to it yet, and somebody should."""
    return row["state"] in ("unmatched", "failed") or (
        row["state"] == "ignored" and row["reason"] in queries.WEAK_SIGNS
    )


def waiting_mails(tx: MemoryTx, now: float) -> Rows:
    """How many wait for a person in which state, and since when."""
    rows = sorted(filter(waits_for_a_person, _model(tx, "mails").values()), key=lambda row: row["ordinal"])
    counts = {state: sum(row["state"] == state for row in rows) for state in ("unmatched", "failed", "ignored")}
    since = min((row["received_at"] for row in rows), default=None)
    return [counts | {"since": since, "oldest": rows[0]["key"] if rows else None}]


def last_notice(tx: MemoryTx, now: float) -> Rows:
    """The last that somebody was told of them."""
    rows = _model(tx, "mail_notices").values()
    return [dict(max(rows, key=lambda row: row["ordinal"]))] if rows else []


def mails_by_state(tx: MemoryTx, now: float) -> Rows:
    """How many have which."""
    counts = Counter(row["state"] for row in _model(tx, "mails").values())
    return [{"state": state, "mails": count} for state, count in counts.items()]


def locked_mail(tx: MemoryTx, now: float, key: str) -> Rows:
    """One, to see to it: nothing else happens to it meanwhile."""
    columns = ("key", "state", "target", "ticket_id", "account_id", "sealed_for", "head")
    row = _model(tx, "mails").get((key,))
    return [{name: row[name] for name in columns}] if row else []


def discard_mail(tx: MemoryTx, now: float, key: str, reason: str, by: str) -> Rows:
    """Nothing is to come of it."""
    gone = {"state": "discarded", "reason": reason, "handled_by": by}
    row = _model(tx, "mails")[key,]
    tx.write(_model(tx, "mails"), (key,), row | gone | {"target": None, "ticket_id": None, "account_id": None})
    return []


MAILROOM: InMemoryStatements = {
    queries.OWNERS_OF_DOMAINS: owners_of_domains,
    queries.KNOWN_BY_ADDRESS: known_by_address,
    queries.MESSAGE_IDS: message_ids,
    queries.TICKETS_NAMED: tickets_named,
    queries.LATEST_TICKET_OF: latest_ticket_of,
    queries.PARTICIPATIONS: participations,
    queries.FEEDBACK_BEGUN: feedback_begun,
    queries.TICKETS_WAITING_FOR_MORE: waiting_for_more,
    queries.MAIL_EXISTS: mail_is_kept,
    queries.STORE_MAIL: keep_mail,
    queries.STORE_MAIL_IDS: keep_mail_ids,
    queries.MAILS_TO_PROCESS: mails_to_perform,
    queries.RAW_MAIL_PIECE: piece_of_raw_mail,
    queries.MAIL_IS_DONE: mail_is_done,
    queries.LOCKED_MAIL: locked_mail,
    queries.DISCARD_MAIL: discard_mail,
    queries.WAITING_MAILS: waiting_mails,
    queries.LAST_NOTICE: last_notice,
    queries.MAILS_BY_STATE: mails_by_state,
    **in_memory(TICKET_NUMBERS),
}
