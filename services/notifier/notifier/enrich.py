"""Finds what a reaction needs and only the database knows, in the transaction of the fact."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.envelope import Fact
from contracts.replacing import replace
from contracts.tickets import DeliveryNoticeReceived
from kit.store import ShardClosed, Tx
from notifier.domain.policy import Policy
from notifier.react.untold import Mailed, NothingSent

OUT = ("requested", "sent")
"""The states of a mail that may come back: a server may have taken one that is not yet recorded as sent."""


async def look_up(tx: Tx, fact: Fact, policy: Policy) -> Policy | Mailed | NothingSent:
    """For a notice about a delivery, the mail that it is about if there is one, or that none went out; otherwise the
    policy.

    Raises ShardClosed while mails may be missing: those of a database that went back in time.
    """
    notice = fact.event
    if not isinstance(notice, DeliveryNoticeReceived):
        return policy
    if await tx.unsure():
        raise ShardClosed
    if notice.notification_id:
        rows = await tx.rows("notifications", [{"notification_id": notice.notification_id}])
    else:
        rows = await tx.select("notifications", {"ticket_id": notice.ticket_id, "role": None})
        rows = _latest(_to_one(rows, notice.subjects), policy, fact.happened_at)
        if not rows and notice.by == "recipient":
            return NothingSent(policy)
    found = [row for row in rows if row["ticket_id"] == notice.ticket_id and row["status"] in OUT]
    if not found:
        return policy
    named = found[0]
    carrier = named.get("joined_with") or named["notification_id"]
    joined = await tx.select("notifications", {"joined_with": carrier})
    others = (row for row in joined if row["notification_id"] != named["notification_id"] and row["status"] in OUT)
    return replace(_mailed(named, policy), carried=tuple(_mailed(row, policy) for row in others))


def _to_one(rows: Iterable[Any], subjects: Collection[UUID]) -> list[Any]:
    """Those to these persons. If it isn't known to whom, those to the requester, as long as nobody else got any."""
    found = [row for row in rows if row["subject_id"] in subjects or not subjects]
    return found if subjects or len({row["subject_id"] for row in found}) == 1 else []


def _latest(rows: Iterable[Any], policy: Policy, now: datetime) -> list[Any]:
    """The last that was sent, unless that is too long ago. If it has come back already, the notice is about that one,
    too: no earlier mail is blamed for it."""
    sent = [row for row in rows if row["sent_at"] and now - row["sent_at"] <= policy.bounces_within]
    return sorted(sent, key=lambda row: (row["sent_at"], row["notification_id"]))[-1:]


def _mailed(row: Any, policy: Policy) -> Mailed:
    return Mailed(
        policy=policy,
        ticket_id=row["ticket_id"],
        notification_id=row["notification_id"],
        template=row["template"],
        role=row["role"],
        subject_id=row["subject_id"],
        requested_at=row["requested_at"],
    )
