"""escalation, wired."""

from pathlib import Path

from contracts.names import ESCALATIONS, SLA, TICKETS
from escalation import domain, http, store
from escalation.domain.ladder import SHIPPED, Ladders
from escalation.domain.react import ASKS
from escalation.settings import Settings
from kit.service import Service

SERVICE = Service(
    name="escalation",
    summary="Who is called when a promise is broken, until someone takes it on.",
    topic=ESCALATIONS,
    decider=domain,
    migrations=Path(__file__).parents[1] / "migrations",
    settings=Settings,
    listens=(TICKETS, SLA),
    react=domain.react,
    reacts_to=ASKS,
    project=store.project,
    routers=(http.router,),
    policy=SHIPPED,
    fold_policy=Ladders.published,
    policy_in_shard=Ladders.in_shard,
)
