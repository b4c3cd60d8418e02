"""Notifier's statements, in memory. They pass the same tests as the real ones: integration/notifier/test_outbox.py."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from kit.memory import MemoryTx
from kit.memory.tables import Model
from kit.simulate.statements import InMemoryStatements
from notifier import queries

Rows = list[dict[str, Any]]


def _model(tx: MemoryTx) -> Model:
    return tx.tables.models.setdefault("notifications", {})


def _requested(tx: MemoryTx) -> Rows:
    rows = [row for row in _model(tx).values() if row["status"] == "requested"]
    return sorted(rows, key=lambda row: (row["requested_at"], row["shard_seq"]))


def _change(tx: MemoryTx, row: dict[str, Any], **values: Any) -> dict[str, Any]:
    tx.write(_model(tx), (row["notification_id"],), row | values)
    return row | values


def claim(tx: MemoryTx, now: float, owner: UUID, lease: timedelta) -> Rows:
    """The next mail that is due, whose lane has no earlier one, and which nobody has in hand."""
    waiting = _requested(tx)
    if any((closed := tx.tables.closed(shard)) and closed.unsure for shard in tx.tables.log):
        return []
    for row in waiting:
        due = row.get("next_try_at") is None or row["next_try_at"] <= now
        free = row.get("leased_until") is None or row["leased_until"] <= now
        first = not any(one["lane"] == row["lane"] and _turn(one) < _turn(row) for one in waiting)
        if due and free and first:
            values = {"attempts": row.get("attempts", 0) + 1, "in_terms": row.get("in_terms", False)}
            return [_change(tx, row, leased_by=owner, leased_until=now + lease.total_seconds(), **values)]
    return []


def _turn(row: dict[str, Any]) -> tuple[int, UUID]:
    return row["shard_seq"], row["notification_id"]


def joinable(tx: MemoryTx, now: float, carrier: UUID, at_most: int) -> Rows:
    """What a mail may carry of its lane: what nobody has in hand, or what it carried at the first try."""
    own = _model(tx)[carrier,]
    joined = own.get("joined_with") == carrier
    found = [
        {"attempts": 0, "in_terms": False} | row
        for row in _requested(tx)
        if row["lane"] == own["lane"] and row["notification_id"] != carrier
        if (
            row.get("joined_with") == carrier
            if joined
            else row.get("leased_until") is None or row["leased_until"] <= now
        )
    ]
    return sorted(found, key=lambda row: (row["requested_at"], row["notification_id"]))[:at_most]


def join(tx: MemoryTx, now: float, carrier: UUID, carried: Sequence[UUID]) -> Rows:
    """It carries these, and no others."""
    for row in _requested(tx):
        if row["notification_id"] in carried:
            _change(tx, row, joined_with=carrier)
        elif row.get("joined_with") == carrier:
            _change(tx, row, joined_with=None)
    return []


def carried_by(tx: MemoryTx, now: float, identity: UUID) -> Rows:
    """The mail that carried it."""
    carrier = _model(tx)[identity,].get("joined_with")
    if carrier is None or carrier == identity:
        return []
    row = _model(tx).get((carrier,))
    return [{"message_id": row["message_id"]}] if row and row["status"] == "sent" else []


def was_sent(tx: MemoryTx, now: float, identity: UUID) -> Rows:
    """Whether a mail server took it."""
    row = _model(tx).get((identity,))
    return [{"sent": row["status"] == "sent"}] if row else []


def keep(tx: MemoryTx, now: float, owner: UUID, lease: timedelta, mine: list[UUID]) -> Rows:
    """Renew leases."""
    for row in _requested(tx):
        if row["notification_id"] in mine and row.get("leased_by") in (owner, None):
            _change(tx, row, leased_by=owner, leased_until=now + lease.total_seconds())
    return []


def hold(tx: MemoryTx, now: float, lease: timedelta, these: list[UUID] | None) -> Rows:
    """Somebody may have them in hand."""
    for row in _requested(tx):
        if these is None or row["notification_id"] in these:
            _change(tx, row, leased_by=None, leased_until=now + lease.total_seconds())
    return []


def _let_go(tx: MemoryTx, identity: UUID, owner: UUID, in_terms: bool, tried: int = 0, **values: Any) -> Rows:
    for row in _requested(tx):
        if row["notification_id"] == identity and row.get("leased_by") == owner:
            attempts = row["attempts"] + tried
            _change(
                tx,
                row,
                leased_by=None,
                leased_until=None,
                attempts=attempts,
                in_terms=row["in_terms"] and in_terms,
                **values,
            )
    return []


def defer(tx: MemoryTx, now: float, identity: UUID, owner: UUID, reason: str, later: timedelta, in_terms: bool) -> Rows:
    """Try again later."""
    return _let_go(tx, identity, owner, in_terms, reason=reason, next_try_at=now + later.total_seconds())


def give_back(tx: MemoryTx, now: float, identity: UUID, owner: UUID, later: timedelta | None, in_terms: bool) -> Rows:
    """It was not tried."""
    next_try_at = now + later.total_seconds() if later else None
    return _let_go(tx, identity, owner, in_terms, tried=-1, next_try_at=next_try_at)


def next_instant(tx: MemoryTx, now: float, ticket: UUID, cause: UUID) -> Rows:
    """What a mail waits for."""
    row = tx.tables.models.get("next_calls", {}).get((ticket, cause))
    return [{"next_at": row["next_at"], "says": row.get("says")}] if row else []


def leave_in_terms(tx: MemoryTx, now: float, identity: UUID) -> Rows:
    """It is about to be offered so."""
    _change(tx, _model(tx)[identity,], in_terms=True)
    return []


def is_undeliverable(tx: MemoryTx, now: float, subject: UUID) -> Rows:
    """Whether nothing is sent to the person."""
    row = tx.tables.models.setdefault("undeliverable_addresses", {}).get((subject,))
    return [{"undeliverable": row is not None and row["cleared_at"] is None}]


def one_at_a_time(tx: MemoryTx, now: float, subject: UUID | None) -> Rows:
    """Transactions are one at a time here."""
    return []


def replies(tx: MemoryTx, now: float, subject: UUID | None, at: datetime, identity: UUID) -> Rows:
    """How many other automatic replies the person gets within an hour of this one."""
    hour = timedelta(hours=1)
    return [
        {
            "replies": sum(
                row.get("automatic") == "replied"
                and row["subject_id"] == subject
                and row["notification_id"] != identity
                and (row.get("admitted", False) or row["status"] in ("sent", "failed", "bounced"))
                and row["status"] != "suppressed"
                and at - hour < row["requested_at"] < at + hour
                for row in _model(tx).values()
            )
        }
    ]


def admitted(tx: MemoryTx, now: float, identity: UUID) -> Rows:
    """Whether it may be sent, as was decided before."""
    return [{"admitted": _model(tx)[identity,].get("admitted", False)}]


def admit(tx: MemoryTx, now: float, identity: UUID) -> Rows:
    """It may be sent."""
    _change(tx, _model(tx)[identity,], admitted=True)
    return []


def may_have_left(tx: MemoryTx, now: float, identities: Sequence[UUID]) -> Rows:
    """Whether one of these was sent, or offered without a known outcome."""
    rows = [row for row in _model(tx).values() if row["notification_id"] in identities]
    return [{"left": any(not (row["status"] == "suppressed" and row["attempts"] <= 1) for row in rows)}]


OUTBOX: InMemoryStatements = {
    queries.CLAIM: claim,
    queries.KEEP: keep,
    queries.HOLD: hold,
    queries.DEFER: defer,
    queries.GIVE_BACK: give_back,
    queries.NEXT_INSTANT: next_instant,
    queries.LEAVE_IN_TERMS: leave_in_terms,
    queries.JOINABLE: joinable,
    queries.JOIN: join,
    queries.CARRIED_BY: carried_by,
    queries.WAS_SENT: was_sent,
    queries.IS_UNDELIVERABLE: is_undeliverable,
    queries.ONE_AT_A_TIME: one_at_a_time,
    queries.REPLIES: replies,
    queries.ADMITTED: admitted,
    queries.ADMIT: admit,
    queries.MAY_HAVE_LEFT: may_have_left,
}
