"""What the logs and the mailbox of a desk have, once it has come to rest."""

import asyncio
import json
import time
from dataclasses import replace

import asyncpg
import httpx2
from tests.faults.load import Load
from tests.faults.place import Place, Say
from tests.faults.verdicts import Mail, Said, Told, bare

SETTLE_LIMIT_SECONDS = 90.0
"""Seconds after the last request within which everything must have been said."""

EVENTS = """
SELECT substring(stream_id FROM '[0-9a-f]{8}-[0-9a-f-]{27}') AS ticket, type, recorded_at, data FROM events
WHERE type IN ('ticket.opened', 'ticket.initial-response-given', 'clock.started', 'sla.breached', 'sla.met',
               'sla.breach-retracted')
ORDER BY recorded_at
"""
MAILS = "SELECT ticket_id::text AS ticket, template, status, sent_at FROM notifications"
TO_COME = "SELECT count(*) FROM timers WHERE kind NOT LIKE 'alarm%'"
"""Deadlines and warnings. An alarm is escalation's, and due long after."""


async def at_rest(place: Place, load: Load, say: Say) -> Told:
    """What there is once all is said that will be, or when the time is over."""
    say(f"{len(load.tickets)} tickets; waiting until all is said")
    begun = time.monotonic()
    while True:
        # Asked before the logs are read: what rings in between is in them then.
        waiting = await number(place, "sla-timer", TO_COME)
        told = await read(place, load)
        took = time.monotonic() - begun
        if not (waiting or told.lacking() or told.waiting()) or took > SETTLE_LIMIT_SECONDS:
            break
        await asyncio.sleep(1)
    say(f"that took {took:.0f} s" if took <= SETTLE_LIMIT_SECONDS else f"given up after {took:.0f} s")
    return replace(told, bare=_bare(place), caught=await _caught(place) if told.mails else [])


async def read(place: Place, load: Load) -> Told:
    """What the logs have now."""
    return Told(list(load.tickets), await _events(place), mails=await _mails(place))


async def number(place: Place, service: str, query: str) -> int:
    """What a service's database answers."""
    ((answer,),) = await _rows(place, service, query)
    return int(answer)


async def _events(place: Place) -> list[Said]:
    rows = [row for name in ("intake", "sla-timer") for row in await _rows(place, name, EVENTS)]
    return [Said(row["ticket"], row["type"], row["recorded_at"], json.loads(row["data"])) for row in rows]


async def _mails(place: Place) -> list[Mail] | None:
    if "notifier" not in place.names:
        return None
    return [Mail(**row) for row in await _rows(place, "notifier", MAILS)]


def _bare(place: Place) -> list[str]:
    logs = [place.desk.stack.home.log / f"{name}.log" for name in place.names]
    return [line for log in logs for line in bare(log.read_text().splitlines())]


async def _rows(place: Place, service: str, query: str) -> list[asyncpg.Record]:
    connection = await asyncpg.connect(place.dsn(service))
    try:
        return list(await connection.fetch(query))
    finally:
        await connection.close()


async def _caught(place: Place) -> list[str]:
    """The Message-IDs of the mails that arrived."""
    mail = place.desk.stack.mail
    assert mail
    async with httpx2.AsyncClient(timeout=30, trust_env=False) as client:
        answer = await client.get(mail.url + "api/messages")
        return [one["message_id"] for one in answer.json()]
