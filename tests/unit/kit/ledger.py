"""Views for the plumbing's tests: what was put into a ticket's jar on one topic, and taken out on another."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.envelope import Fact
from contracts.escalations import EscalationAcknowledged
from contracts.names import SLA, TICKETS
from kit.consume.views import Part, Parts, View

TABLES = """
CREATE TABLE ledger (ticket_id uuid PRIMARY KEY, given json, taken json, balance integer, last_at timestamptz);
CREATE TABLE ledger_pages (ticket_id uuid, page integer, given json, taken json, PRIMARY KEY (ticket_id, page));
"""


@dataclass(frozen=True, slots=True)
class Coins:
    """What a topic says: how many, how much, which, and when the last one came."""

    count: int = 0
    total: int = 0
    kinds: frozenset[int] = frozenset()
    first: dict[UUID, datetime] = field(default_factory=dict)
    last_at: datetime | None = None


def counted(coins: Coins, fact: Fact) -> Coins:
    """One coin more, but for the one that this version knows nothing to do with."""
    if fact.event.rung == 666:
        raise ZeroDivisionError("no such coin")
    return one_more(coins, fact)


def one_more(coins: Coins, fact: Fact) -> Coins:
    """One coin more, whichever."""
    coin = fact.event.rung
    return replace(
        coins,
        count=coins.count + 1,
        total=coins.total + coin,
        kinds=coins.kinds | {coin},
        first={fact.event.ticket_id: fact.recorded_at, **coins.first},
        last_at=fact.recorded_at,
    )


def balance(parts: Parts) -> Mapping[str, Any]:
    """What both topics say together."""
    given, taken = parts["given"], parts["taken"]
    instants = [part.last_at for part in (given, taken) if part.last_at]
    return {"balance": given.total - taken.total, "last_at": max(instants, default=None)}


def _parts(given: str, taken: str) -> Mapping[str, Part]:
    return {
        topic: Part(column=column, initial=Coins(), evolve=counted, heeds=[EscalationAcknowledged])
        for topic, column in ((given, "given"), (taken, "taken"))
    }


def ledger(given: str = TICKETS, taken: str = SLA) -> View:
    """A row for each ticket."""
    return View(table="ledger", parts=_parts(given, taken), joined=balance)


def pages(given: str = TICKETS, taken: str = SLA) -> View:
    """A row for the coins from 0 to 9, one for those from 10 to 19, and so on; none for those of no value."""
    return View(
        table="ledger_pages",
        parts=_parts(given, taken),
        key=lambda fact: {"page": fact.event.rung // 10} if fact.event.rung else None,
    )
