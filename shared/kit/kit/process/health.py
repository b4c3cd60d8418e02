"""The routes for operations: alive, started, ready, and metrics."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from contracts.names import SHARDS
from kit.bus import Place
from kit.consume.consumer import Consumer
from kit.process.host import LiveHost
from kit.shards.ownership import LEASE_SECONDS


def router_for(host: LiveHost) -> APIRouter:
    """The routes for operations; they need no token."""
    router = APIRouter(tags=["health"], include_in_schema=False)

    @router.get("/livez")
    async def livez() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/startupz")
    async def startupz() -> JSONResponse:
        return JSONResponse({"status": "started" if host.started else "starting"}, 200 if host.started else 503)

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        report = condition(host)
        return JSONResponse(report, 200 if report["status"] == "ready" else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(host.metrics.text(), media_type="text/plain; version=0.0.4")

    return router


RELAY_WARNING_SECONDS = 20.0
"""Seconds without an acknowledgement of the broker until a warning."""

LAG_UNKNOWN_SECONDS = 3.0
"""Seconds with unknown lag until the service is not ready; a handover of shards takes less."""

SHARDS_HANDED_ON_SECONDS = 2 * LEASE_SECONDS
"""Seconds within which a replica that doesn't reach the broker hands its shards to one that does."""

EDGE_WARNING_SECONDS = 5.0
"""Seconds without a move of the settled edge until a warning."""


def condition(host: LiveHost) -> dict[str, Any]:
    """The report of `/readyz`: whether the service is ready, and what is wrong."""
    troubles, warnings = list(_troubles(host)), list(_warnings(host))
    # A door accepts and stores requests even while its consumer fails; to call it not ready would help nobody.
    (warnings if host.service.door else troubles).extend(_consuming(host))
    consumer = host.consumer
    return {
        "status": "ready" if not troubles else ("stopping" if host.stopping else "not ready"),
        "service": host.service.name,
        "troubles": troubles,
        "warnings": warnings,
        "consumers": [{"topic": topic, "lag": lag} for topic, lag in host.lag().items()],
        "parked": len(consumer.parked) if consumer else 0,
    }


def _troubles(host: LiveHost) -> Iterator[str]:
    """Why requests can't be answered or stored."""
    if not host.started:
        yield f"starting: {host.waits_for}" if host.waits_for else "starting"
    if trouble := host.probe.trouble():
        yield trouble
    if len(host.recovery.closed) == SHARDS:
        yield "nothing can be recorded: every shard of the log is compared with what the broker has of it, or stopped"


def _consuming(host: LiveHost) -> Iterator[str]:
    """Why others' facts, and deadlines, have no effect."""
    consumer = host.consumer
    if not (consumer and host.started):
        return
    broker = f"is the broker at {host.common.kafka} well?"
    if (unsure := consumer.unsure()) is None:
        yield f"nothing has been fetched yet: {broker}"
    elif unsure > LAG_UNKNOWN_SECONDS:
        yield f"for {unsure:.0f} s it has not been known how far this service is behind: {broker}"
    if consumer.stalled():
        yield "the consumer has records and applies none: its log says why"
    if host.timers and (late := host.auditor.late(host.timers.shards)):
        yield f"timers of shards {sorted(late)} have been overdue for {max(late.values()):.0f} s"


def _warnings(host: LiveHost) -> Iterator[str]:
    """What an operator should see to, although requests are answered and nothing is lost."""
    yield from host.recovery.warnings()
    if idle := host.ownership.idle:
        what = f"{idle} shards are held by a replica that doesn't reach the broker"
        yield f"{what}: they pass to one that does within {SHARDS_HANDED_ON_SECONDS:.0f} s"
    if host.ownership.excluded:
        what = f"this replica doesn't reach the broker at {host.common.kafka}, and another one does"
        yield f"{what}: it has no share of the shards"
    consumer = host.consumer
    if consumer and (parked := len(consumer.parked)):
        command = f"`punctual parked list {host.service.name}`"
        yield f"records about {parked} tickets or accounts are set aside: see {command}"
    for version, reason in host.book.unreadable.items():
        yield f"the policy {version} can't be read here, so what it says is not obeyed: {reason}"
    for shard, refused in sorted(host.relay.refused.items()):
        what = f"its event {refused.seq}, {refused.type}: {refused.reason}"
        yield f"nothing is sent of shard {shard}, for the broker at {host.common.kafka} refuses {what}"
    if (waiting := host.relay.stalled_seconds()) > RELAY_WARNING_SECONDS:
        broker = host.common.kafka
        yield f"the broker at {broker} has taken nothing for {waiting:.0f} s; what is written waits in the log"
    if consumer:
        yield from _of(consumer)
    if host.timers and (silent := host.edge.silence(host.clock.elapsed())) > EDGE_WARNING_SECONDS:
        yield f"the settled edge has not moved for {silent:.0f} s: is a heartbeat heard? Verdicts wait for it"
    if host.timers and (late := host.auditor.late().keys() - host.timers.shards):
        yield f"timers of shards {sorted(late)}, which are another's, are overdue: does somebody own them?"


def _of(consumer: Consumer) -> Iterator[str]:
    """What is wrong with the topics that the service consumes, from the first second on."""
    for (topic, shard), why in sorted(consumer.broken.items()):
        yield f"shard {shard} of {topic} stopped, its sender's log went back in time: {why}"
    for topic, shards in _by_topic(consumer.unproven()):
        yield f"records of {topic} came again in shards {shards} that may be of another past: they are being compared"
    if holes := consumer.holes():
        for topic, shards in _by_topic(holes):
            longest = max(holes[topic, shard] for shard in shards)
            yield f"records of {topic} are missing in shards {shards}, for {longest:.0f} s: is its relay at work?"
    for topic, shards in _by_topic(consumer.rewound):
        why = consumer.rewound[topic, shards[0]]
        yield f"shards {shards} of {topic} are not what they were, and are read from the beginning: {why}"
    for topic, shards in _by_topic(consumer.missing()):
        yield f"the broker has no {topic}, or not all of it: shards {shards} are missing"


def _by_topic(places: Iterable[Place]) -> list[tuple[str, list[int]]]:
    """The shards of each topic, in order."""
    return [(topic, [place[1] for place in group]) for topic, group in groupby(sorted(places), itemgetter(0))]
