"""feedback, wired."""

from pathlib import Path

from contracts.names import FEEDBACK, NOTIFICATIONS, SLA, TICKETS
from feedback import domain, http
from feedback.domain.policy import UNHEARD, Policies
from feedback.enrich import enrich, look_up_of
from feedback.keys import own_subjects
from feedback.projection import KNOWN_ACCOUNTS, KNOWN_TICKETS, SURVEY_MAILS, project
from feedback.react import ASKS, react
from feedback.restored import ahead
from feedback.settings import Settings
from kit.process.service import Service

SERVICE = Service(
    name="feedback",
    summary="What customers say of the support they got, and what became of it.",
    topic=FEEDBACK,
    decider=domain,
    migrations=Path(__file__).parents[1] / "migrations",
    settings=Settings,
    listens=(TICKETS, SLA, NOTIFICATIONS),
    react=react,
    reacts_to=ASKS,
    look_up_of=look_up_of,
    project=project,
    views=(KNOWN_TICKETS, KNOWN_ACCOUNTS, SURVEY_MAILS),
    enrich=enrich,
    routers=http.routers,
    makes_keys=own_subjects,
    before_adoption=ahead,
    policy=UNHEARD,
    fold_policy=Policies.published,
    policy_in_shard=Policies.in_shard,
    door=True,
)
