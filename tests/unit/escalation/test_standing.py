"""How a climb stands, for whoever opens the link in a call."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.unit.escalation.test_escalation import raised

from contracts.envelope import Fact, Meta, Recorded
from contracts.escalations import EscalationAcknowledged, EscalationResolved, EscalationScheduled, RoleCalled
from escalation.http.standing import standing

NOON = datetime(2026, 7, 13, 12, tzinfo=UTC)
TICKET = UUID(int=1)
ENGINEER, MANAGER = raised(0, "engineer", NOON), raised(1, "support-manager", None)
TAKEN = EscalationAcknowledged(ticket_id=TICKET, escalation="response", rung=0)
OVER = EscalationResolved(ticket_id=TICKET, escalation="response", cause="answered")
SCHEDULED = EscalationScheduled(ticket_id=TICKET, escalation="response", rung=0, next_at=NOON, set_by=TICKET)


def told(*events: Any) -> list[Fact]:
    """Facts whose event ids are their places, from 0."""
    return [
        Recorded(
            topic="t",
            shard=1,
            shard_seq=n,
            stream=f"escalation-{TICKET}-response",
            version=n + 1,
            event_id=UUID(int=n),
            command_id=UUID(int=n),
            recorded_at=NOON + timedelta(minutes=n),
            event=event,
            meta=Meta(actor=f"actor {n}", role="vp"),
        )
        for n, event in enumerate(events)
    ]


def places(events: list[Any], call: int) -> tuple[int, int | None, int | None] | None:
    """The places of the last call, the acknowledgement and the end."""
    found = standing(told(*events), UUID(int=call))
    if found is None:
        return None
    acknowledged, ended = (fact.event_id.int if fact else None for fact in (found.acknowledged, found.ended))
    return found.call.event_id.int, acknowledged, ended


@pytest.mark.parametrize(
    ("events", "call", "expected"),
    [
        ([ENGINEER], 0, (0, None, None)),
        ([ENGINEER], 7, None),
        ([], 0, None),
        ([SCHEDULED], 0, None),
        ([ENGINEER, SCHEDULED, MANAGER], 0, (2, None, None)),
        ([ENGINEER, MANAGER, TAKEN], 0, (1, 2, None)),
        ([ENGINEER, TAKEN, OVER], 0, (0, 1, 2)),
        ([ENGINEER, OVER, ENGINEER, TAKEN], 0, (0, None, 1)),
        ([ENGINEER, OVER, ENGINEER, TAKEN], 2, (2, 3, None)),
        ([TAKEN, OVER, ENGINEER], 2, (2, None, None)),
    ],
)
def test_the_climb_of_a_call_ends_with_its_own_end(
    events: list[Any], call: int, expected: tuple[int, int | None, int | None] | None
) -> None:
    assert places(events, call) == expected


def test_another_role_that_is_called_about_a_complaint_makes_it_open_again() -> None:
    def called(role: Any) -> RoleCalled:
        return RoleCalled(
            ticket_id=TICKET, escalation="review", reason="review", role=role, turn=0, number="F-7", since=NOON
        )

    found = standing(told(called("vp"), TAKEN, called("ceo")), UUID(int=0))
    assert found
    assert found.is_open
    assert found.call.event.role == "ceo"
    taken = standing(told(called("vp"), TAKEN), UUID(int=0))
    assert taken
    assert not taken.is_open
