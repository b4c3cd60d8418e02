"""escalation, wired."""

from pathlib import Path

from contracts.names import ESCALATIONS, FEEDBACK, SLA, TICKETS
from escalation import domain
from escalation.domain.ladder import SHIPPED, Ladders
from escalation.http import ROUTERS
from escalation.projection import project
from escalation.react import react
from escalation.react.asks import ASKS
from escalation.settings import Settings
from kit.process.service import Service

SERVICE = Service(
    name="escalation",
    summary="Who is called when a promise is broken or a customer complains, until someone takes it on.",
    topic=ESCALATIONS,
    decider=domain,
    migrations=Path(__file__).parents[1] / "migrations",
    settings=Settings,
    listens=(TICKETS, SLA, FEEDBACK),
    react=react,
    reacts_to=ASKS,
    project=project,
    routers=ROUTERS,
    policy=SHIPPED,
    fold_policy=Ladders.published,
    policy_in_shard=Ladders.in_shard,
)
