"""sla-timer, wired."""

from datetime import datetime
from pathlib import Path

from contracts.names import ESCALATIONS, FEEDBACK, NOTIFICATIONS, SLA, TICKETS
from kit.process.host import Host
from kit.process.service import Service
from kit.store.values import Timer
from kit.timers.edge import Evidence
from kit.timers.timers import Ringing
from sla_timer import domain, http
from sla_timer.domain.commands import Ring
from sla_timer.domain.elapse import ALARM, OLD_ALARM
from sla_timer.enrich import look_up
from sla_timer.facts.backfill import keep_filling
from sla_timer.facts.row import rows_to_keep
from sla_timer.policy.versions import Policies
from sla_timer.projection import project
from sla_timer.publish import publish_configured
from sla_timer.react import hear, react
from sla_timer.react.asks import ASKS
from sla_timer.settings import Settings


def _ring(timer: Timer, evidence: Evidence, until: datetime) -> Ring:
    # Up to the deadline and no further: what happened since then has its own facts and timers.
    return Ring(at=timer.due_at, kind=timer.kind, generation=timer.generation, evidence=evidence, until=until)


def _is_verdict(timer: Timer) -> bool:
    return timer.kind != OLD_ALARM and not timer.kind.startswith(ALARM)


async def _fill(host: Host) -> None:
    await keep_filling(host.store, host.bus)


SERVICE = Service(
    name="sla-timer",
    summary="Deadlines: clocks, alarms and the policy they follow.",
    topic=SLA,
    decider=domain,
    migrations=Path(__file__).parents[1] / "migrations",
    settings=Settings,
    listens=(TICKETS, ESCALATIONS, NOTIFICATIONS, FEEDBACK),
    react=react,
    look_up=look_up,
    reacts_to=ASKS,
    react_to_alarms=hear,
    project=project,
    keep=rows_to_keep,
    routers=http.ROUTERS,
    policy=Policies(),
    fold_policy=Policies.published,
    ringing=Ringing(command=_ring, waits_for_edge=_is_verdict),
    before_consuming=publish_configured,
    parts=(_fill,),
)
