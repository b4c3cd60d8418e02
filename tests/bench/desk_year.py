"""A year of a desk's tickets as rows of `ticket_facts` and `clocks`: something to ask what-if about.

The mix, of a hundred tickets: 12 come incomplete, and 2 of these stay so; 4 are found incomplete later; of 12 the
severity is changed before the answer, of 2 the tier; 4 are withdrawn and 1 is merged; of the rest nearly all are
answered, resolved and closed, and 5 are opened again. Each has four messages. That makes eight facts a ticket.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

from sla_timer.facts.row import DETAILS, Flag, Row, bits

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
ACCOUNTS = 2_000
ALL = bits(DETAILS)
TIERS: Any = ("enlist", "enlist", "patrol", "command")
SEVERITIES: Any = (1, 2, 2, 3, 3, 3, 3, 4)


async def fill(connection: asyncpg.Connection, tickets: int) -> int:
    """Write the facts of so many tickets, and a clock for each; how many facts there are."""
    draw = random.Random(1)
    rows: list[Row] = []
    for number in range(tickets):
        rows += _life(draw, number)
    rows.sort(key=lambda row: row.recorded_at)
    await connection.copy_records_to_table("ticket_facts", records=rows, columns=Row._fields)
    clocks = [
        (row.ticket_id, "response", draw.choice(("met", "met", "met", "breached"))) for row in rows if row.said & 1
    ]
    await connection.copy_records_to_table(
        "clocks", records=list({row[0]: row for row in clocks}.values()), columns=("ticket_id", "metric", "state")
    )
    await connection.execute("ANALYZE ticket_facts")
    return len(rows)


def _life(draw: random.Random, number: int) -> Iterator[Row]:
    ticket, account = UUID(int=draw.getrandbits(128), version=4), UUID(int=draw.randrange(ACCOUNTS) + 1)
    at = BEGIN + timedelta(seconds=draw.randrange(365 * 86_400))
    severity, tier = draw.choice(SEVERITIES), draw.choice(TIERS)
    seq = number * 20

    def row(kind: str, **more: Any) -> Row:
        nonlocal seq, at
        seq, at = seq + 1, at + timedelta(seconds=draw.expovariate(1 / 5_400))
        return Row(ticket, seq, at, f"ticket.{kind}", **more)

    def terms() -> dict[str, Any]:
        return {"severity": severity, "tier": tier, "number": f"P-{number + 1}", "account_id": account}

    incomplete = draw.random() < 0.12
    yield row("opened", **terms(), said=ALL - 4 if incomplete else ALL, missing=4 if incomplete else 0)
    if incomplete:
        if draw.random() < 0.17:
            return
        yield row("information-completed", **terms(), said=4)
    if draw.random() < 0.04:
        yield row("information-requested", said=4, missing=4)
        yield row("information-completed", **terms(), said=4)
    yield row("message-posted", flags=int(Flag.PUBLIC))
    if draw.random() < 0.12:
        severity = draw.choice(SEVERITIES)
        yield row("severity-changed", severity=severity, tier=tier)
    if draw.random() < 0.02:
        tier = "command"
        yield row("entitlement-changed", severity=severity, tier=tier, account_id=account)
    if draw.random() < 0.05:
        yield row("closed", flags=int(Flag.WITHDRAWN)) if draw.random() < 0.8 else row("merged")
        return
    yield row("initial-response-given", **terms())
    for n in range(3):
        yield row("message-posted", **terms(), flags=int(Flag.UNDERWAY | (Flag.REQUESTER if n % 2 else Flag.PUBLIC)))
    yield row("resolved")
    yield row("closed")
    if draw.random() < 0.05:
        yield row("reopened", **terms(), flags=int(Flag.UNDERWAY))
