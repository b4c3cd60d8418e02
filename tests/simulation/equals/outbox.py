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
        first = not any(_lane(one) == _lane(row) and _turn(one) < _turn(row) for one in waiting)
        if due and free and first and not _carried(tx, row, "requested"):
            lease_of = {"leased_by": owner, "leased_until": now + lease.total_seconds()}
            return [_change(tx, UNTRIED | row, attempts=row.get("attempts", 0) + 1, **lease_of)]
    return []


UNTRIED: dict[str, Any] = {"attempts": 0, "in_terms": False, "held_in": None, "joined_with": None, "lacks": None}
"""What a row has before anybody tries to send it."""


def _lane(row: dict[str, Any]) -> str:
    found: str = row.get("held_in") or row["lane"]
    return found


def _carried(tx: MemoryTx, row: dict[str, Any], *statuses: str, but: UUID | None = None) -> bool:
    """Whether another mail carries it that is in one of these states."""
    carrier = row.get("joined_with")
    if carrier in (None, but, row["notification_id"]):
        return False
    other = _model(tx).get((carrier,))
    return other is not None and other["status"] in statuses


def _turn(row: dict[str, Any]) -> tuple[int, UUID]:
    return row["shard_seq"], row["notification_id"]


def joinable(tx: MemoryTx, now: float, carrier: UUID, at_most: int) -> Rows:
    """What a mail may carry of its lane: what nobody has in hand, or what it carried when it may have left."""
    own = _model(tx)[carrier,]
    joined = own.get("joined_with") == carrier
    found = [
        UNTRIED | row
        for row in _requested(tx)
        if _lane(row) == _lane(own) and row["notification_id"] != carrier
        if (row.get("joined_with") == carrier if joined else _free(tx, now, row, carrier))
    ]
    return sorted(found, key=lambda row: (row["requested_at"], row["notification_id"]))[:at_most]


def _free(tx: MemoryTx, now: float, row: dict[str, Any], carrier: UUID) -> bool:
    in_hand = row.get("leased_until") is not None and row["leased_until"] > now
    return not in_hand and not _carried(tx, row, "requested", "sent", but=carrier)


def join(tx: MemoryTx, now: float, carrier: UUID, carried: Sequence[UUID], lacks: Sequence[str | None]) -> Rows:
    """It carries these, and no others."""
    says = dict(zip(carried, lacks, strict=True))
    for row in _requested(tx):
        identity = row["notification_id"]
        if identity not in says and row.get("joined_with") != carrier:
            continue
        next_try_at = row.get("next_try_at") if identity == carrier else None
        joined_with = carrier if identity in says else None
        _change(tx, row, joined_with=joined_with, lacks=says.get(identity), next_try_at=next_try_at)
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


def _let_go(tx: MemoryTx, identity: UUID, owner: UUID, tried: int = 0, **values: Any) -> Rows:
    for row in _requested(tx):
        if row["notification_id"] == identity and row.get("leased_by") == owner:
            attempts = row["attempts"] + tried
            _change(tx, row, leased_by=None, leased_until=None, attempts=attempts, **values)
    return []


def _still(tx: MemoryTx, identity: UUID, in_terms: bool, joined: bool) -> dict[str, Any]:
    """What stays true of a mail that the server didn't take at this try."""
    row = _model(tx)[identity,]
    return {"in_terms": row["in_terms"] and in_terms, "joined_with": row.get("joined_with") if joined else None}


def defer(
    tx: MemoryTx,
    now: float,
    identity: UUID,
    owner: UUID,
    reason: str,
    later: timedelta,
    in_terms: bool,
    joined: bool,
) -> Rows:
    """Try again later."""
    still = _still(tx, identity, in_terms, joined)
    return _let_go(tx, identity, owner, reason=reason, next_try_at=now + later.total_seconds(), **still)


def give_back(
    tx: MemoryTx, now: float, identity: UUID, owner: UUID, later: timedelta | None, in_terms: bool, joined: bool
) -> Rows:
    """It was not tried."""
    next_try_at = now + later.total_seconds() if later else None
    return _let_go(tx, identity, owner, tried=-1, next_try_at=next_try_at, **_still(tx, identity, in_terms, joined))


def hold_back(tx: MemoryTx, now: float, identity: UUID, owner: UUID, later: timedelta, lane: str) -> Rows:
    """It is over the limit."""
    next_try_at = now + later.total_seconds()
    return _let_go(tx, identity, owner, tried=-1, next_try_at=next_try_at, held_in=lane, reason="rate-limited")


def missing(tx: MemoryTx, now: float, ticket: UUID) -> Rows:
    """What a ticket lacks."""
    row = tx.tables.models.get("wanted_information", {}).get((ticket,))
    return [{"missing": row["missing"]}] if row else []


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


def replies(tx: MemoryTx, now: float, subject: UUID | None, identity: UUID, at: datetime) -> Rows:
    """When the person's other automatic replies were sent, or are to be."""
    found: dict[object, datetime] = {}
    for row in _model(tx).values():
        counts = row.get("admitted", False) or row["status"] in ("sent", "failed", "bounced")
        if row.get("automatic") != "replied" or row["subject_id"] != subject or row["notification_id"] == identity:
            continue
        mail = row.get("message_id") or row["notification_id"]
        when = row.get("admitted_at") or row.get("sent_at") or row["requested_at"]
        if not counts or row["status"] == "suppressed" or when <= at - timedelta(hours=1):
            continue
        found[mail] = max(when, found.get(mail, when))
    return [{"at": when} for when in found.values()]


def others_held(tx: MemoryTx, now: float, subject: UUID | None, identity: UUID) -> Rows:
    """Whether others of the person wait for the end of the hour."""
    rows = (row for row in _requested(tx) if row["subject_id"] == subject and row["notification_id"] != identity)
    return [{"held": any(row.get("held_in") and row.get("joined_with") is None for row in rows)}]


def admitted(tx: MemoryTx, now: float, identity: UUID) -> Rows:
    """Whether it may be sent, as was decided before."""
    return [{"admitted": _model(tx)[identity,].get("admitted", False)}]


def admit(tx: MemoryTx, now: float, identity: UUID, at: datetime) -> Rows:
    """It may be sent."""
    _change(tx, _model(tx)[identity,], admitted=True, admitted_at=at)
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
    queries.HOLD_BACK: hold_back,
    queries.NEXT_INSTANT: next_instant,
    queries.LEAVE_IN_TERMS: leave_in_terms,
    queries.JOINABLE: joinable,
    queries.JOIN: join,
    queries.CARRIED_BY: carried_by,
    queries.WAS_SENT: was_sent,
    queries.IS_UNDELIVERABLE: is_undeliverable,
    queries.ONE_AT_A_TIME: one_at_a_time,
    queries.MISSING: missing,
    queries.REPLIES: replies,
    queries.OTHERS_HELD: others_held,
    queries.ADMITTED: admitted,
    queries.ADMIT: admit,
    queries.MAY_HAVE_LEFT: may_have_left,
}
