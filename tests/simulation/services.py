"""The services as a run has them: their doors to the outside lead to simulated people and servers."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import cache
from importlib.metadata import entry_points
from typing import Any

from tests.simulation.poison import with_mistakes
from tests.simulation.scenario import Desk

from intake.mailroom import mailroom
from intake.watching import Watch, watch_mails
from kit.process.host import Host
from kit.process.service import Service
from kit.store.values import Timer
from kit.timers.edge import Evidence

LOOK_SECONDS = 0.2
"""The loop's seconds after which somebody looks for mails that wait."""


def services(desk: Callable[[], Desk], hasty: set[str]) -> list[Service]:
    """Those that are installed. Streams whose timers ring without the settled edge are noted in `hasty`."""
    every = [_noting(_connected(service, desk), hasty) for service in _installed()]
    return [with_mistakes(service, lambda: desk().releases) for service in every]


@cache
def _installed() -> list[Service]:
    return [point.load() for point in sorted(entry_points(group="punctual.services"), key=lambda point: point.name)]


def _connected(service: Service, desk: Callable[[], Desk]) -> Service:
    async def sends(host: Host) -> None:
        await desk().server.serve(host)

    async def receives(host: Host) -> None:
        await desk().door.serve(host)

    async def watches(host: Host) -> None:
        await Watch(
            store=host.store,
            writer=host.writer,
            clock=host.clock,
            gauges=host.gauges,
            notice=desk().door.notice,
            pause_seconds=LOOK_SECONDS,
        ).run()

    match service.name:
        case "notifier":
            return replace(service, finishing=(sends,))
        case "intake":
            others = (part for part in service.parts if part not in (mailroom, watch_mails))
            return replace(service, parts=(receives, watches, *others))
        case "sla-timer":
            return replace(service, parts=())  # what it keeps of facts is whole from the beginning
        case _:
            return service


def _noting(service: Service, hasty: set[str]) -> Service:
    if not (ringing := service.ringing):
        return service

    def command(timer: Timer, evidence: Evidence, now: datetime) -> Any:
        if evidence != "settled":
            hasty.add(timer.stream)
        return ringing.command(timer, evidence, now)

    return replace(service, ringing=replace(ringing, command=command))
