"""A year of made-up tickets as stored events, personal texts sealed: something to replay."""

import random
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from contracts import tickets as facts
from contracts.base import kind_of
from contracts.codec import encode
from contracts.envelope import Meta
from contracts.names import shard_of
from contracts.sealing import seal

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
KEY = bytes(32)
COLUMNS = (
    *("shard", "shard_seq", "stream_id", "version", "event_id", "command_id"),
    *("type", "schema_version", "recorded_at", "data", "meta"),
)
TEXT = "The portal answers every request with an error since this morning, for all of our people. " * 4


async def fill(connection: asyncpg.Connection, tickets: int) -> int:
    """Write the log of that many tickets; how many events there are."""
    rows = sorted(_stored(tickets), key=lambda row: row[8])
    numbered, heads = [], Counter[int]()
    for shard, _, *rest in rows:
        heads[shard] += 1
        numbered.append((shard, heads[shard], *rest))
    await connection.copy_records_to_table("events", records=numbered, columns=COLUMNS)
    await connection.executemany("UPDATE heads SET seq = $2 WHERE shard = $1", list(heads.items()))
    await connection.execute("ANALYZE events")
    return len(numbered)


def _stored(tickets: int) -> Iterator[tuple[Any, ...]]:
    draw = random.Random(1)
    meta = Meta(
        actor="a-engineer", role="engineer", traceparent=f"00-{1:032x}-{1:016x}-01", seen={"punctual.sla.v1": 9}
    )
    envelope = msgspec.json.encode(meta).decode()
    for number in range(tickets):
        ticket = _id(draw)
        stream, at = f"ticket-{ticket}", BEGIN + timedelta(minutes=draw.uniform(0, 60 * 24 * 365))
        for version, event in enumerate(_life(draw, ticket, number), 1):
            kind, at = kind_of(event), at + timedelta(minutes=draw.uniform(1, 600))

            def sealed(_: UUID, field: str, text: str, stream: str = stream, version: int = version) -> str:
                return seal(KEY, text, stream=stream, version=version, field=field)

            data = encode(event, seal=sealed).decode()
            ids = (_id(draw), _id(draw))
            yield (shard_of(ticket), 0, stream, version, *ids, kind.name, kind.version, at, data, envelope)


def _life(draw: random.Random, ticket: UUID, number: int) -> Iterator[Any]:
    about: dict[str, Any] = {"ticket_id": ticket, "subject_id": _id(draw)}
    entitled: dict[str, Any] = {"tier": "patrol", "calendar": None}
    account = _id(draw)
    yield facts.TicketOpened(
        **about,
        **entitled,
        number=f"P-{number + 1}",
        account_id=account,
        account_version=1,
        channel="portal",
        severity=2,
        priority="high",
        details=facts.Details(product="Tidewater", product_version="2.11", os="Debian", os_version="12"),
        missing=(),
        title="The portal is down",
        description=TEXT,
        email="jo@kestrel.example",
    )
    yield facts.Assigned(ticket_id=ticket, engineer="eve", before=None)
    plan: dict[str, Any] = {"waiting": False, "states": "plan", "body": TEXT}
    yield facts.InitialResponseGiven(**about, **entitled, **plan, message_id=_id(draw), severity=2)
    for n in range(draw.randrange(4)):
        said: dict[str, Any] = {"public": True, "channel": "portal", "body": TEXT, "message_id": _id(draw)}
        yield facts.MessagePosted(**about, **said, contact=bool(n % 2), author="staff" if n % 2 else "requester")
    yield facts.SeverityChanged(**about, **entitled, before=2, severity=3, reason="One office only.")
    yield facts.Resolved(**about, resolution="Switched back to the old version.")
    yield facts.Closed(**about, account_id=account, number=f"P-{number + 1}", cause="resolved", closing=1)


def _id(draw: random.Random) -> UUID:
    return UUID(int=draw.getrandbits(128), version=4)
