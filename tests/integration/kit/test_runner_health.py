"""What ops can ask a running service, and what it says of each event it handles."""

import asyncio
from collections.abc import AsyncIterator
from uuid import UUID

import httpx2
import pytest
from prometheus_client.parser import text_string_to_metric_families
from tests.conftest import Factory
from tests.desk import TestDesk, desk, eventually
from tests.integration.intake.conftest import opened, register
from tests.stack import Addresses

from contracts.names import ESCALATIONS, SHARDS, TICKETS
from kit.process import health, run
from kit.process.process import Process
from kit.store.values import Closed


@pytest.fixture
async def made(
    stack: Addresses, database: Factory, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[TestDesk]:
    running: dict[str, Process] = {}
    _config = run._config

    def config(one: Process) -> object:
        running[one.service.name] = one
        return _config(one)

    monkeypatch.setattr(run, "_config", config)
    monkeypatch.setattr("kit.process.probe.LOOK_EVERY_SECONDS", 3600.0)
    async with desk(stack, database, prefix, monkeypatch, ["intake", "sla-timer"]) as one:
        one.running = running  # type: ignore[attr-defined]
        yield one


def parts(made: TestDesk, service: str) -> Process:
    found: Process = made.running[service]  # type: ignore[attr-defined]
    return found


async def ready(client: httpx2.AsyncClient) -> tuple[int, list[str]]:
    answer = await client.get("/readyz")
    return answer.status_code, answer.json()["troubles"]


async def test_the_probes_take_no_token_and_say_how_it_is(made: TestDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    timer = parts(made, "sla-timer")
    assert timer.consumer

    async def compared() -> bool:
        return None not in timer.lag().values()

    await eventually(compared)  # a service is ready before it has compared all shards with the broker
    async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{made.ports['sla-timer']}", timeout=10) as client:
        assert (await client.get("/livez")).json() == {"status": "alive"}
        assert (await client.get("/startupz")).json() == {"status": "started"}
        report = (await client.get("/readyz")).json()
        assert report["status"] == "ready"
        assert {one["topic"] for one in report["consumers"]} == set(timer.service.listens)

        timer.probe.skew = 1.2
        (trouble,) = (await ready(client))[1]
        assert trouble.startswith("the clock is 1.2 s away from that of the database at ")
        assert trouble.endswith("set both by the same time server")
        timer.probe.skew = -1.2
        assert (await ready(client))[0] == 503
        timer.probe.skew = 0.9
        assert await ready(client) == (200, [])

    nothing = Closed("", unsure=True, another=False)
    timer.recovery.closed = dict.fromkeys(range(SHARDS), nothing)
    assert "nothing can be recorded" in health.condition(timer)["troubles"][0]
    timer.recovery.closed = {7: nothing}
    assert health.condition(timer)["troubles"] == []
    timer.recovery.closed = {}
    with monkeypatch.context() as patch:
        assert timer.lag().keys() == set(timer.service.listens)
        patch.setattr(timer.recovery, "not_yet_compared", lambda: {7})
        assert set(timer.lag().values()) == {None}, "of what is not read nobody knows how much there is"

    timer.started = False
    assert health.condition(timer)["troubles"] == ["starting"]
    timer.waits_for = "the database is away"
    assert health.condition(timer)["troubles"] == ["starting: the database is away"]
    timer.started = True
    broker = timer.common.kafka
    with monkeypatch.context() as patch:
        patch.setattr(timer.consumer, "unsure", lambda: None)
        assert health.condition(timer)["troubles"] == [f"nothing has been fetched yet: is the broker at {broker} well?"]
        patch.setattr(timer.consumer, "unsure", lambda: 4.2)
        assert health.condition(timer)["troubles"] == [
            f"for 4 s it has not been known how far this service is behind: is the broker at {broker} well?"
        ]
    with monkeypatch.context() as patch:
        patch.setattr(
            timer.recovery, "not_yet_compared", lambda: set()
        )  # a slow machine may be comparing a shard just now
        patch.setattr(timer.ownership, "joined", True)
        patch.setattr(timer.reach, "reached", lambda: True)
        patch.setattr(timer.consumer, "lag", lambda: {(TICKETS, 3): 2, (TICKETS, 4): None, (ESCALATIONS, 3): 1})
        lags = {one["topic"]: one["lag"] for one in health.condition(timer)["consumers"]}
        assert (lags[TICKETS], lags[ESCALATIONS]) == (None, 1)
        exposed = timer.metrics.text().decode()
        assert f'punctual_consumer_lag{{service="sla-timer",topic="{TICKETS}"}}' not in exposed
        assert f'punctual_consumer_lag{{service="sla-timer",topic="{ESCALATIONS}"}} 1.0' in exposed
    with monkeypatch.context() as patch:
        patch.setitem(timer.consumer.backlog.broken, (TICKETS, 4), "event 7 is another")
        patch.setattr(timer.consumer, "holes", lambda: {(TICKETS, 3): 1.2, (TICKETS, 5): 4.0, (ESCALATIONS, 1): 2.0})
        patch.setattr(timer.consumer, "unproven", lambda: {(TICKETS, 9)})
        patch.setitem(timer.consumer.backlog.rewound, (TICKETS, 8), "it ends too early")
        patch.setattr(timer.consumer, "missing", lambda: {(TICKETS, 1), (TICKETS, 2)})
        report = health.condition(timer)
        assert report["status"] == "ready"
        assert report["warnings"] == [
            f"shard 4 of {TICKETS} stopped, its sender's log went back in time: event 7 is another",
            f"records of {TICKETS} came again in shards [9] that may be of another past: they are being compared",
            f"records of {ESCALATIONS} are missing in shards [1], for 2 s: is its relay at work?",
            f"records of {TICKETS} are missing in shards [3, 5], for 4 s: is its relay at work?",
            f"shards [8] of {TICKETS} are not what they were, and are read from the beginning: it ends too early",
            f"the broker has no {TICKETS}, or not all of it: shards [1, 2] are missing",
        ]
        exposed = timer.metrics.text().decode()
        for name, value in [("broken_shards", 1), ("holes", 3), ("hole_seconds", 4), ("unproven", 1), ("missing", 2)]:
            assert f'punctual_consumer_{name}{{service="sla-timer"}} {float(value)}' in exposed
    with monkeypatch.context() as patch:
        patch.setattr(timer.consumer, "stalled", lambda: True)
        assert health.condition(timer)["troubles"] == ["the consumer has records and applies none: its log says why"]
    with monkeypatch.context() as patch:
        patch.setattr(type(timer.consumer), "parked", {UUID(int=1), UUID(int=2)})
        patch.setattr(timer.book, "unreadable", {"ab12": "KeyError('ladders')"})
        report = health.condition(timer)
        assert report["warnings"] == [
            "records about 2 tickets or accounts are set aside: see `punctual parked list sla-timer`",
            "the policy ab12 can't be read here, so what it says is not obeyed: KeyError('ladders')",
        ]
        assert report["status"] == "ready"
    with monkeypatch.context() as patch:
        patch.setattr(timer.relay, "stalled_seconds", lambda: 21.0)
        report = health.condition(timer)
        assert report["warnings"] == [
            f"the broker at {broker} has taken nothing for 21 s; what is written waits in the log"
        ]
        assert report["status"] == "ready"  # requests are answered all the same
    with monkeypatch.context() as patch:
        patch.setattr(timer.edge, "silence", lambda elapsed: 6.0)
        report = health.condition(timer)
        assert report["warnings"] == [
            "the settled edge has not moved for 6 s: is a heartbeat heard? Verdicts wait for it"
        ]
        assert report["status"] == "ready"
    with monkeypatch.context() as patch:
        assert timer.timers
        patch.setattr(type(timer.timers), "shards", set(range(SHARDS)))
        patch.setattr(timer.auditor, "_overdue", {3: 61.0, 4: 75.0, 5: 59.0})
        assert health.condition(timer)["troubles"] == ["timers of shards [3, 4] have been overdue for 75 s"]
        patch.setattr(type(timer.timers), "shards", {1, 2, 3})
        report = health.condition(timer)
        assert report["troubles"] == ["timers of shards [3] have been overdue for 61 s"]
        assert report["warnings"] == ["timers of shards [4], which are another's, are overdue: does somebody own them?"]
    timer.stopping = True
    timer.started = False
    assert health.condition(timer)["status"] == "stopping"
    timer.stopping, timer.started = False, True


async def test_a_door_is_ready_whatever_its_consumer_does(made: TestDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    intake = parts(made, "intake")
    assert intake.consumer
    with monkeypatch.context() as patch:
        patch.setattr(intake.consumer, "unsure", lambda: None)
        patch.setattr(intake.consumer, "stalled", lambda: True)
        report = health.condition(intake)
    assert (report["status"], report["troubles"]) == ("ready", [])
    assert report["warnings"] == [
        f"nothing has been fetched yet: is the broker at {intake.common.kafka} well?",
        "the consumer has records and applies none: its log says why",
    ]


async def test_a_clock_that_is_wrong_appends_nothing_until_it_is_right_again(
    made: TestDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    intake = parts(made, "intake")
    customer = await register(made)
    wall = type(intake.clock).wall
    with monkeypatch.context() as patch:
        patch.setattr(type(intake.clock), "wall", lambda clock: wall(clock) + 5)
        await intake.probe.look()
        assert round(intake.probe.skew) == -5
        body = {"name": "Late", "tier": "patrol", "domains": ["late.example"]}
        async with asyncio.timeout(10):  # it is told at once, not after the fifteen seconds that an outage is sat out
            answer = await made.client("intake", "admin").post("/v1/accounts", json=body)
        assert (answer.status_code, answer.json()["type"].rpartition("/")[2]) == (503, "clock-wrong"), answer.text
    await intake.probe.look()
    assert intake.sound()
    await opened(customer.client)


async def test_metrics_are_prometheus_and_tell_of_lag_relay_timers_and_requests(made: TestDesk) -> None:
    customer = await register(made)
    await opened(customer.client)
    await made.client("intake").get("/v1/tickets/P-1")

    async def samples(service: str) -> dict[tuple[str, str], float]:
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{made.ports[service]}", timeout=10) as client:
            text = (await client.get("/metrics")).text
        return {
            (sample.name, sample.labels.get("topic") or sample.labels.get("route") or ""): sample.value
            for family in text_string_to_metric_families(text)
            for sample in family.samples
        }

    async def handled() -> bool:
        found = await samples("sla-timer")
        lag = found.get(("punctual_consumer_lag", "punctual.tickets.v1"))  # none while it is not known
        return lag == 0 and parts(made, "sla-timer").relay.sent > 64

    await eventually(handled)
    intake, timer = await samples("intake"), await samples("sla-timer")
    assert intake["punctual_relayed_events_total", ""] >= 2
    assert intake["punctual_http_request_seconds_count", "/v1/tickets"] == 1
    assert intake["punctual_http_request_seconds_count", "/v1/tickets/{number}"] == 1
    assert not [route for _, route in intake if "P-1" in route or "livez" in route]
    assert abs(intake["punctual_clock_skew_seconds", ""]) < 1
    assert timer["punctual_timer_overdue_seconds", ""] == 0
    assert timer["punctual_timer_audited_overdue_seconds", ""] == 0
    assert timer["punctual_timers_fired_total", ""] == timer["punctual_timers_unsettled_total", ""] == 0
    assert 0 <= timer["punctual_settled_edge_silence_seconds", ""] < 5
    assert timer["punctual_relay_waiting_seconds", ""] == 0
    assert timer["punctual_parked", ""] == 0
    assert timer["punctual_ready", ""] == intake["punctual_ready", ""] == 1
