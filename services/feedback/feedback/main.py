"""feedback, wired."""

from pathlib import Path

from contracts.names import FEEDBACK, TICKETS
from feedback import domain, http, store
from feedback.domain.react import ASKS
from feedback.settings import Settings
from kit.service import Service

SERVICE = Service(
    name="feedback",
    summary="What customers say of the support they got.",
    topic=FEEDBACK,
    decider=domain,
    migrations=Path(__file__).parents[1] / "migrations",
    settings=Settings,
    listens=(TICKETS,),
    react=domain.react,
    reacts_to=ASKS,
    project=store.project,
    routers=http.routers,
    door=True,
)
