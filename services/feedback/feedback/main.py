"""feedback, wired."""

from pathlib import Path

from contracts.names import FEEDBACK, TICKETS
from feedback import domain, http
from feedback.projection import project
from feedback.react import ASKS, react
from feedback.settings import Settings
from kit.process.service import Service

SERVICE = Service(
    name="feedback",
    summary="What customers say of the support they got.",
    topic=FEEDBACK,
    decider=domain,
    migrations=Path(__file__).parents[1] / "migrations",
    settings=Settings,
    listens=(TICKETS,),
    react=react,
    reacts_to=ASKS,
    project=project,
    routers=http.routers,
    door=True,
)
