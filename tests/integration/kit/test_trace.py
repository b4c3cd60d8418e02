"""One trace from the request to the mail: through the log, the broker, and three services as processes; and what time
brings about links back to it. An hour passes in five seconds: the first warning is due after half of one."""

import asyncio
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import asyncpg
import httpx2
from tests.conftest import Factory
from tests.desk import SECRET, eventually
from tests.integration.intake.conftest import TICKET
from tests.integration.kit.collector import collecting
from tests.integration.kit.serving import Serving, environment
from tests.integration.notifier.mailserver import MailServer
from tests.stack import Addresses

from kit.http.auth import Caller, issue

TRACE = "4bf92f3577b34da6a3ce929d0e0e4736"
SERVICES = ("intake", "sla-timer", "notifier")


def bearer(caller: Caller) -> dict[str, str]:
    return {"Authorization": "Bearer " + issue(SECRET, caller, now=time.time())}


async def traces(one: Serving, ticket_id: str) -> dict[str, set[str]]:
    """By event type, the trace ids in the log of that ticket."""
    connection = await asyncpg.connect(one.dsns.app)
    try:
        rows = await connection.fetch("SELECT type, meta FROM events WHERE stream_id LIKE '%' || $1 || '%'", ticket_id)
    finally:
        await connection.close()
    found: dict[str, set[str]] = {}
    for kind, meta in rows:
        found.setdefault(kind, set()).add((json.loads(meta).get("traceparent") or "--").split("-")[1])
    return found


async def test_a_trace_goes_from_the_request_through_the_log_and_the_broker_to_the_mail(
    stack: Addresses, database: Factory, prefix: str, tmp_path: Path
) -> None:
    dsns = {name: await database(name) for name in SERVICES}
    server = MailServer()
    await server.up()
    with collecting() as collector:
        env = environment(stack, prefix, dsns) | {
            "PUNCTUAL_OTLP_ENDPOINT": collector.url,
            "PUNCTUAL_NOTIFIER_SMTP_URL": f"smtp://127.0.0.1:{server.port}",
            "PUNCTUAL_CLOCK_SPEED": "720",
            "PUNCTUAL_CLOCK_EPOCH": "2026-07-13T13:00:00+00:00",
            "PUNCTUAL_CLOCK_SINCE": datetime.now(UTC).isoformat(),
        }
        desk = {name: Serving(name, env, tmp_path, dsns[name]) for name in SERVICES}
        try:
            for one in desk.values():
                await one.start()
            for one in desk.values():
                await one.ready()
            ticket_id = await _open(desk["intake"])

            async def mailed() -> bool:
                return bool(server.to("ann@customer.example"))

            await eventually(mailed, 30)
            (mail, *_) = server.to("ann@customer.example")
            assert mail["traceparent"].split("-")[1] == TRACE

            assert (await traces(desk["intake"], ticket_id))["ticket.opened"] == {TRACE}

            async def followed() -> bool:
                started = await traces(desk["sla-timer"], ticket_id)
                told = await traces(desk["notifier"], ticket_id)
                return "clock.started" in started and "notification.sent" in told

            await eventually(followed, 20)
            assert (await traces(desk["sla-timer"], ticket_id))["clock.started"] == {TRACE}
            told = await traces(desk["notifier"], ticket_id)
            # On a busy machine the first warning, which is of the timer's own trace, may have been told of by now.
            assert TRACE in told["notification.requested"] & told["notification.sent"]

            async def rang() -> bool:
                # On a machine that stood still for a while the deadline may ring without a warning before it.
                return bool({"sla.warning", "sla.breached"}.intersection(await traces(desk["sla-timer"], ticket_id)))

            await eventually(rang, 60)

            async def said() -> bool:
                return bool(desk["sla-timer"].lines("handled"))

            await eventually(said, 10)
            lines = [one for one in desk["sla-timer"].lines("handled") if one["type"].startswith("ticket.opened")]
            assert [(line["ticket"], line["trace_id"]) for line in lines] == [(ticket_id, TRACE)]
        finally:
            for one in desk.values():
                if one.process and one.process.returncode is None:
                    one.process.terminate()
            codes = await asyncio.gather(*(one.ended() for one in desk.values() if one.process))
            await server.down()
    assert codes == [0, 0, 0]
    names = collector.names(TRACE)
    assert "POST /v1/tickets" in names
    assert any(name.startswith("sla-timer follows ticket.opened") for name in names)
    assert any(name.startswith("notifier follows ticket.opened") for name in names)
    assert "send mail" in names
    assert ("sla-timer rings", TRACE) in collector.links
    assert {service for service, _, trace in collector.spans if trace == TRACE} == {
        f"punctual-{name}" for name in SERVICES
    }


async def _open(intake: Serving) -> str:
    async with httpx2.AsyncClient(base_url=intake.url, timeout=20) as client:
        body = {"name": "A customer", "tier": "patrol", "domains": ["customer.example"]}
        answer = await client.post("/v1/accounts", json=body, headers=bearer(Caller("ada", "admin")))
        ann = Caller("ann", "requester", answer.json()["account_id"], "ann@customer.example")
        headers = bearer(ann) | {"Idempotency-Key": str(uuid4()), "traceparent": f"00-{TRACE}-00f067aa0ba902b7-01"}
        answer = await client.post("/v1/tickets", json=TICKET | {"severity": 1}, headers=headers)
    assert answer.status_code == 201, answer.text
    ticket_id: str = answer.json()["ticket_id"]
    return ticket_id


async def test_a_collector_that_is_away_keeps_nobody_from_work_nor_from_ending(
    stack: Addresses, database: Factory, prefix: str, tmp_path: Path
) -> None:
    dsns = {"intake": await database("intake")}
    env = environment(stack, prefix, dsns) | {"PUNCTUAL_OTLP_ENDPOINT": "http://127.0.0.1:9"}
    intake = Serving("intake", env, tmp_path, dsns["intake"])
    await intake.start()
    try:
        await intake.ready()
        await _open(intake)
        assert intake.process
        begun = time.monotonic()
        intake.process.terminate()
        assert await intake.ended() == 0
        assert time.monotonic() - begun < 10
    finally:
        if intake.process and intake.process.returncode is None:
            intake.process.kill()
            await intake.process.wait()
