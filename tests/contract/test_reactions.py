"""What a service reads of others is what the table of its reactions, or a view, names: nothing else is decoded."""

from datetime import UTC, datetime
from importlib.metadata import entry_points
from typing import Any
from uuid import UUID

import pytest
from tests.contract.corpus import example

from contracts.base import BY_CLASS
from contracts.envelope import Meta, Recorded
from feedback.domain.policy import UNHEARD
from feedback.react import Correspondence
from intake.domain.commands import Entitlement
from intake.react import Terms
from kit.process.service import Service
from notifier.domain.policy import DEFAULT
from notifier.react.untold import Mailed

SERVICES: list[Service] = [point.load() for point in entry_points(group="punctual.services")]
DEPENDING = {"AlarmCancelled", "AlarmRang", "AlarmSet", "AnsweredLate", "BreachRetracted", "ClockCancelled"} | {
    "Closed",
    "ComplaintJoined",
    "FeedbackMailReceived",
    "FeedbackClassified",
    "InformationReceived",
    "LetterSuppressed",
    "MadeUrgent",
    "MessagePosted",
    "NotificationBounced",
    "NotificationFailed",
    "PromiseJudged",
    "Reopened",
    "Resolved",
    "SurveyAnswered",
}
"""What these ask for depends on what they say, and on whether a policy promises anything beyond an answer."""
CONTEXTS: dict[str, list[Any]] = {
    "feedback": [
        UNHEARD,
        1,
        Correspondence(received_at=datetime(2026, 7, 14, tzinfo=UTC), policies=UNHEARD, number="F-1000"),
    ],
    "notifier": [
        DEFAULT,
        Mailed(
            policy=DEFAULT,
            ticket_id=UUID(int=1),
            notification_id=UUID(int=4),
            template="answer",
            role=None,
            subject_id=UUID(int=5),
            requested_at=datetime(2026, 7, 14, tzinfo=UTC),
        ),
    ],
    "intake": [[UUID(int=3)], Terms(entitlement=Entitlement(account_version=2, tier="patrol", calendar=None))],
}


def answered(service: Service, cls: type[Any]) -> bool:
    kind = BY_CLASS[cls]
    fact = Recorded(
        topic=kind.topic,
        shard=7,
        shard_seq=1,
        stream=f"ticket-{UUID(int=1)}",
        version=1,
        event_id=UUID(int=2),
        command_id=UUID(int=3),
        recorded_at=None,  # type: ignore[arg-type]
        event=example(kind),
        meta=Meta(actor="somebody", role="service"),
    )
    return any(service.react(fact, context) for context in CONTEXTS.get(service.name, [service.policy]))


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_only_what_its_table_names_is_answered_and_all_of_it_comes_by_its_topics(service: Service) -> None:
    assert service.listens
    assert service.reacts_to
    viewed = {cls for view in service.views for part in view.parts.values() for cls in part.heeds}
    for cls, kind in BY_CLASS.items():
        assert cls in service.reacts_to or not answered(service, cls), cls
        assert cls not in service.reacts_to or kind.topic in service.listens, cls
        assert (kind.name in service.heeds) == (cls in service.reacts_to or cls in viewed)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.name)
def test_every_entry_of_a_table_has_an_answer_to_some_fact(service: Service) -> None:
    silent = {cls.__name__ for cls in service.reacts_to if not answered(service, cls)}
    assert silent <= DEPENDING
