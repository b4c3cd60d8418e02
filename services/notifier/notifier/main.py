"""notifier, wired."""

from pathlib import Path

from contracts.names import ESCALATIONS, FEEDBACK, NOTIFICATIONS, SLA, TICKETS
from kit.process.service import Service
from notifier import domain
from notifier.domain.policy import DEFAULT
from notifier.enrich import look_up
from notifier.http import ROUTERS
from notifier.projection import NEXT_INSTANTS, WANTED, project
from notifier.react import REACTS_TO, react
from notifier.restored import adopted, ahead
from notifier.senders.mail import send
from notifier.settings import Settings

SERVICE = Service(
    name="notifier",
    summary="What is told to whom, and proof that it was sent.",
    topic=NOTIFICATIONS,
    decider=domain,
    migrations=Path(__file__).parents[1] / "migrations",
    settings=Settings,
    listens=(TICKETS, SLA, ESCALATIONS, FEEDBACK),
    react=react,
    reacts_to=REACTS_TO,
    look_up=look_up,
    project=project,
    views=(NEXT_INSTANTS, WANTED),
    routers=ROUTERS,
    policy=DEFAULT,
    finishing=(send,),
    after_adoption=adopted,
    before_adoption=ahead,
)
