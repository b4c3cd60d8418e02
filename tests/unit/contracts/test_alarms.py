"""What an event changes of what its stream waits for, and what events from before meant by it."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest

from contracts.alarms import ALL_ALARMS, Alarm, Alarms, WallClock, alarm_asked_for, alarm_stream, between
from contracts.escalations import EscalationAcknowledged, EscalationExhausted, EscalationRaised, EscalationResolved
from contracts.later import Later
from contracts.names import shard_of_stream
from contracts.old_alarms import alarms_of, owner_of
from contracts.sla import AlarmRang, AlarmSet

TICKET = UUID("0193a1c0-0000-7000-8000-000000000001")
NOON = datetime(2026, 7, 14, 12, tzinfo=UTC)
LATER = Later(since=NOON, calendar="office", policy="p", support_time=timedelta(hours=1))
TEA, EGG = Alarm(name="tea", at=NOON), Alarm(name="egg", after=LATER)


def test_what_changes_is_what_is_set_and_what_is_cancelled() -> None:
    assert between((), ()) is None
    assert between((TEA, EGG), (EGG, TEA)) is None
    assert between((), (TEA,)) == Alarms(set=(TEA,))
    assert between((TEA, EGG), (EGG,)) == Alarms(cancelled=("tea",))
    assert between((TEA,), (Alarm(name="tea", after=LATER),)) == Alarms(set=(Alarm(name="tea", after=LATER),))


def test_two_alarms_of_a_stream_have_two_names() -> None:
    with pytest.raises(ValueError, match="'tea'"):
        between((), (TEA, Alarm(name="tea", after=LATER)))


@pytest.mark.parametrize("when", [{}, {"at": NOON, "after": LATER}])
def test_an_alarm_says_in_one_way_when_it_rings(when: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="in one way"):
        Alarm(name="tea", **when)


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"at": datetime(2026, 7, 14, 12)}, "not an instant in UTC"),  # noqa: DTZ001
        ({"at": NOON.astimezone(timezone(timedelta(hours=2)))}, "not an instant in UTC"),
        ({"at": datetime.max.replace(tzinfo=UTC)}, "beyond"),
        ({"at": NOON, "name": "*"}, "name"),
        ({"at": NOON, "name": "x" * 201}, "200 characters"),
    ],
)
def test_what_could_not_be_kept_is_refused_where_it_is_asked_for(when: dict[str, Any], words: str) -> None:
    with pytest.raises(ValueError, match=words):
        Alarm(**{"name": "tea"} | when)


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ({}, "one of the three"),
        ({"working_days": 2, "days": 2}, "one of the three"),
        ({"working_days": -2}, "not earlier"),
        ({"days": -1}, "not earlier"),
        ({"support_time": timedelta(seconds=-1)}, "not earlier"),
        ({"days": 1, "since": datetime(2026, 7, 14, 12)}, "UTC"),  # noqa: DTZ001
        ({"days": 1, "since": NOON.astimezone(timezone(timedelta(hours=2)))}, "UTC"),
    ],
)
def test_later_says_one_thing_and_of_the_future(terms: dict[str, Any], words: str) -> None:
    given: dict[str, Any] = {"since": NOON, "calendar": "office", "policy": "p", **terms}
    with pytest.raises(ValueError, match=words):
        Alarm(name="tea", after=Later(**given))


@pytest.mark.parametrize("owner", [f"escalation-{TICKET}-next-reply", f"hen-{TICKET}"])
def test_the_alarms_of_a_stream_lie_in_its_shard(owner: str) -> None:
    assert shard_of_stream(alarm_stream(owner)) == shard_of_stream(owner)
    assert alarm_stream(f"escalation-{TICKET}-next-reply") == f"alarm-{TICKET}-escalation-next-reply"
    assert alarm_stream(f"hen-{TICKET}") == f"alarm-{TICKET}-hen"


def test_what_rang_is_what_was_asked_for() -> None:
    wall_clock = WallClock(local="2026-07-15T09:00", zone="Europe/Berlin")
    for alarm in (TEA, EGG, Alarm(name="dawn", wall_clock=wall_clock)):
        of: dict[str, Any] = {"ticket_id": TICKET, "alarm": alarm.name, "due_at": NOON}
        assert alarm_asked_for(AlarmRang(**of, later=alarm.after, wall_clock=alarm.wall_clock)) == alarm
        assert alarm_asked_for(AlarmSet(**of, later=alarm.after, wall_clock=alarm.wall_clock)) == alarm


def raised(**next_one: Any) -> EscalationRaised:
    return EscalationRaised(
        ticket_id=TICKET,
        escalation="response",
        cause="breach",
        severity=1,
        breached_at=NOON,
        rung=0,
        role="engineer",
        **{"next_at": None} | next_one,
    )


def test_what_events_from_before_meant_by_their_alarms() -> None:
    name = "escalation-response-1"
    assert alarms_of(raised(next_at=NOON)) == Alarms(set=(Alarm(name=name, at=NOON),))
    assert alarms_of(raised(next_in=LATER)) == Alarms(set=(Alarm(name=name, after=LATER),))
    assert alarms_of(raised()) is None
    over = Alarms(cancelled=(ALL_ALARMS,))
    assert alarms_of(EscalationAcknowledged(ticket_id=TICKET, escalation="response", rung=0)) == over
    assert alarms_of(EscalationResolved(ticket_id=TICKET, escalation="response", cause="answered")) == over
    assert alarms_of(EscalationExhausted(ticket_id=TICKET, escalation="response")) is None


@pytest.mark.parametrize(
    ("alarm", "owner"),
    [
        ("escalation-next-reply-1", f"escalation-{TICKET}-next-reply"),
        ("escalation--1", None),
        ("escalation-response", None),
        ("review-1", None),
        ("", None),
    ],
)
def test_whose_an_old_alarm_is_follows_from_its_name(alarm: str, owner: str | None) -> None:
    assert owner_of(AlarmRang(ticket_id=TICKET, alarm=alarm, due_at=NOON)) == owner
    assert owner_of(AlarmRang(ticket_id=TICKET, alarm=alarm, due_at=NOON, owner="hen-x")) == "hen-x"
