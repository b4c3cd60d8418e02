"""Intake, wired."""

from pathlib import Path

from contracts.names import TICKETS
from intake import domain
from intake.domain.policy import SHIPPED, Policy
from intake.enrich import enrich, look_up
from intake.heeding import heed_policies
from intake.http import ROUTERS
from intake.mailroom import mailroom, webhook
from intake.projection import project
from intake.react import ASKS, react
from intake.restored import adopted, ahead, answer
from intake.settings import Settings
from kit.personal.vault import subjects_of
from kit.process.service import Service

SERVICE = Service(
    name="intake",
    summary="Where help is asked for: accounts, tickets, and all that is said on them.",
    topic=TICKETS,
    decider=domain,
    migrations=Path(__file__).parent.parent / "migrations",
    settings=Settings,
    listens=(TICKETS,),
    linger=0.1,
    react=react,
    reacts_to=ASKS,
    look_up=look_up,
    project=project,
    enrich=enrich,
    routers=(*ROUTERS, webhook.router),
    long_bodies=(webhook.PATH,),
    door=True,
    makes_keys=subjects_of,
    receives_keys=False,
    answer_from_event=answer,
    after_adoption=adopted,
    before_adoption=ahead,
    heartbeat=True,
    policy=SHIPPED,
    fold_policy=Policy.published,
    hears_policies=True,
    parts=(mailroom, heed_policies),
)
