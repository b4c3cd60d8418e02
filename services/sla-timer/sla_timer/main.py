"""sla-timer, wired."""

from datetime import datetime
from pathlib import Path

from contracts.names import ESCALATIONS, FEEDBACK, NOTIFICATIONS, SLA, TICKETS
from kit.running import Running
from kit.service import Service
from kit.settled import Evidence
from kit.stored import Timer
from kit.timers import Ringing
from sla_timer import domain, http, store
from sla_timer.domain.commands import Ring
from sla_timer.domain.elapse import ALARM, OLD_ALARM
from sla_timer.domain.policies import Policies
from sla_timer.domain.react import ASKS
from sla_timer.facts.filling import keep_filling
from sla_timer.facts.row import kept
from sla_timer.prepare import look_up
from sla_timer.publish import publish_configured
from sla_timer.settings import Settings


def _ring(timer: Timer, evidence: Evidence, until: datetime) -> Ring:
    # Up to the deadline and no further: what happened since then has its own facts and timers.
    return Ring(at=timer.due_at, kind=timer.kind, generation=timer.generation, evidence=evidence, until=until)


def _is_verdict(timer: Timer) -> bool:
    return timer.kind != OLD_ALARM and not timer.kind.startswith(ALARM)


async def _fill(running: Running) -> None:
    await keep_filling(running.store, running.bus)


SERVICE = Service(
    name="sla-timer",
    summary="Deadlines: clocks, alarms and the policy they follow.",
    topic=SLA,
    decider=domain,
    migrations=Path(__file__).parents[1] / "migrations",
    settings=Settings,
    listens=(TICKETS, ESCALATIONS, NOTIFICATIONS, FEEDBACK),
    react=domain.react,
    look_up=look_up,
    reacts_to=ASKS,
    hear=domain.hear,
    project=store.project,
    keep=kept,
    routers=http.ROUTERS,
    policy=Policies(),
    fold_policy=Policies.published,
    ringing=Ringing(command=_ring, waits=_is_verdict),
    before=publish_configured,
    parts=(_fill,),
)
