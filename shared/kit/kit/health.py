"""Health: alive, started, ready, and the metrics."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse

from contracts.names import SHARDS
from kit.bus import Place
from kit.ownership import LEASE

if TYPE_CHECKING:
    from kit.consume import Consumer
    from kit.running import Running


def router_for(running: "Running") -> APIRouter:
    """The routes that ops ask; they take no token."""
    router = APIRouter(tags=["health"], include_in_schema=False)

    @router.get("/livez")
    async def livez() -> dict[str, str]:
        return {"status": "alive"}

    @router.get("/startupz")
    async def startupz() -> JSONResponse:
        return JSONResponse({"status": "started" if running.started else "starting"}, 200 if running.started else 503)

    @router.get("/readyz")
    async def readyz() -> JSONResponse:
        report = condition(running)
        return JSONResponse(report, 200 if report["status"] == "ready" else 503)

    @router.get("/metrics")
    async def metrics() -> Response:
        return Response(running.metrics.text(), media_type="text/plain; version=0.0.4")

    return router


PROBES = frozenset({"/livez", "/readyz", "/startupz", "/metrics"})
"""Asked every few seconds by machines: no trace and no figure of these."""
WORRYING = 20.0
"""Seconds without the broker after which we say so."""

UNSURE = 3.0
"""Seconds without knowing how far we are behind after which we say so: shards change hands in less."""

GIVEN_UP = 2 * LEASE
"""Seconds within which a replica that doesn't reach the broker gives its shards to one that does."""

UNSETTLED = 5.0
"""Seconds without news of the settled edge after which we say so."""


def condition(running: "Running") -> dict[str, Any]:
    """What `/readyz` says: whether work gets done, and what is in its way."""
    troubles, warnings = list(_troubles(running)), list(_warnings(running))
    # A door takes what comes, and keeps it, while its consumer is away: nobody is helped by its being shut.
    (warnings if running.service.door else troubles).extend(_consuming(running))
    consumer = running.consumer
    return {
        "status": "ready" if not troubles else ("stopping" if running.stopping else "not ready"),
        "service": running.service.name,
        "troubles": troubles,
        "warnings": warnings,
        "consumers": [{"topic": topic, "lag": lag} for topic, lag in running.lag().items()],
        "parked": len(consumer.parked) if consumer else 0,
    }


def _troubles(running: "Running") -> Iterator[str]:
    """Why requests can't be answered, or what they say not be kept."""
    if not running.started:
        yield f"starting: {running.waits_for}" if running.waits_for else "starting"
    if trouble := running.probe.trouble():
        yield trouble
    if len(running.recovery.closed) == SHARDS:
        yield "nothing can be recorded: every shard of the log is compared with what the broker has of it, or stopped"


def _consuming(running: "Running") -> Iterator[str]:
    """Why facts of others, and deadlines, have no effect."""
    consumer = running.consumer
    if not (consumer and running.started):
        return
    broker = f"is the broker at {running.common.kafka} well?"
    if (unsure := consumer.unsure()) is None:
        yield f"nothing has been fetched yet: {broker}"
    elif unsure > UNSURE:
        yield f"for {unsure:.0f} s it has not been known how far this service is behind: {broker}"
    if consumer.stalled():
        yield "the consumer has records and applies none: its log says why"
    if running.timers and (late := running.auditor.late(running.timers.shards)):
        yield f"timers of shards {sorted(late)} have been overdue for {max(late.values()):.0f} s"


def _warnings(running: "Running") -> Iterator[str]:
    """What somebody should see to while requests are still answered, and nothing is lost."""
    yield from running.recovery.warnings()
    if idle := running.ownership.idle:
        what = f"{idle} shards are held by a replica that doesn't reach the broker"
        yield f"{what}: they pass to one that does within {GIVEN_UP:.0f} s"
    if running.ownership.excluded:
        what = f"this replica doesn't reach the broker at {running.common.kafka}, and another one does"
        yield f"{what}: it has no share of the shards"
    consumer = running.consumer
    if consumer and (parked := len(consumer.parked)):
        command = f"`punctual parked list {running.service.name}`"
        yield f"records about {parked} tickets or accounts are set aside: see {command}"
    for version, reason in running.book.unreadable.items():
        yield f"the policy {version} can't be read here, so what it says is not obeyed: {reason}"
    for shard, refused in sorted(running.relay.refused.items()):
        what = f"its event {refused.seq}, {refused.type}: {refused.reason}"
        yield f"nothing is sent of shard {shard}, for the broker at {running.common.kafka} refuses {what}"
    if (waiting := running.relay.waiting()) > WORRYING:
        broker = running.common.kafka
        yield f"the broker at {broker} has taken nothing for {waiting:.0f} s; what is written waits in the log"
    if consumer:
        yield from _of(consumer)
    if running.timers and (silent := running.edge.silence(running.clock.elapsed())) > UNSETTLED:
        yield f"the settled edge has not moved for {silent:.0f} s: is a heartbeat heard? Verdicts wait for it"
    if running.timers and (late := running.auditor.late().keys() - running.timers.shards):
        yield f"timers of shards {sorted(late)}, which are another's, are overdue: does somebody own them?"


def _of(consumer: "Consumer") -> Iterator[str]:
    """What is wrong with what others send, topic by topic, from the first second on."""
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
