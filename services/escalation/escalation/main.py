"""escalation, wired."""

from pathlib import Path
from typing import Any

from contracts.names import ESCALATIONS, SLA, TICKETS
from contracts.sla import PolicyPublished
from escalation import domain, http, store
from escalation.domain.ladder import DEFAULT, Ladder
from escalation.domain.react import ASKS
from escalation.settings import Settings
from kit.service import Service


def _learn(policy: Any, published: PolicyPublished) -> Ladder:
    return Ladder.published(published.resolved)


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
    policy=DEFAULT,
    fold_policy=_learn,
)
