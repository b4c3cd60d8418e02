"""Alarms: other services say "later", and are told. They ring as soon as they are due (SEMANTICS.md)."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.unit.sla_timer.story import (
    DEFAULT,
    OFFICE,
    OFFICE_TEXT,
    TICKET,
    VENDOR,
    after_rings,
    carried_out,
    ny,
    published,
    utc,
)

from contracts.alarms import ALL_ALARMS, Alarm, Alarms, WallClock
from contracts.instants import LAST_INSTANT
from contracts.later import Later
from contracts.sla import AlarmCancelled, AlarmRang, AlarmSet
from sla_timer.domain import INITIAL, timers
from sla_timer.domain.alarm import instant_of
from sla_timer.domain.commands import Ring
from sla_timer.domain.elapse import Due
from sla_timer.domain.evolve import fold
from sla_timer.domain.state import Situation
from sla_timer.policy.versions import Policies
from sla_timer.react import hear

NOON = utc("2026-07-14 12:00")
HALF_PAST, TWO = NOON + timedelta(minutes=30), NOON + timedelta(hours=2)
NONE = Policies()
OWNER = f"review-{TICKET}-1"
STREAM = f"alarm-{TICKET}-review-1"
FIRST, SECOND = UUID(int=1), UUID(int=2)


def after_alarms(
    at: datetime,
    state: Situation,
    *alarms: Alarm,
    cancelled: tuple[str, ...] = (),
    set_by: UUID = FIRST,
    policies: Policies = NONE,
) -> tuple[list[Any], Situation]:
    """What follows from an event of the owner that changes its alarms so."""
    log: list[Any] = []
    for stream, command in hear(OWNER, Alarms(set=alarms, cancelled=cancelled), set_by, at, policies):
        assert stream == STREAM
        more, state = carried_out(command, state)
        log += [event for _, event in more]
    return log, state


def alarm(name: str, at: datetime) -> Alarm:
    return Alarm(name=name, at=at)


def was_set(name: str, at: datetime, set_by: UUID = FIRST) -> AlarmSet:
    return AlarmSet(ticket_id=TICKET, alarm=name, due_at=at, owner=OWNER, set_by=set_by)


def rang(name: str, at: datetime, set_by: UUID = FIRST) -> AlarmRang:
    return AlarmRang(ticket_id=TICKET, alarm=name, due_at=at, owner=OWNER, set_by=set_by)


def was_cancelled(name: str, set_by: UUID | None = FIRST) -> AlarmCancelled:
    return AlarmCancelled(ticket_id=TICKET, alarm=name, owner=OWNER, set_by=set_by)


def test_an_alarm_rings_when_it_is_due_and_names_the_event_that_set_it() -> None:
    log, state = after_alarms(NOON, INITIAL, alarm("review", HALF_PAST))
    assert log == [was_set("review", HALF_PAST)]
    assert timers(state) == (Due("alarm-review", HALF_PAST, 1),)
    log, state = after_rings(state, HALF_PAST)
    assert log == [("alarm:1", rang("review", HALF_PAST))]
    assert timers(state) == ()


def test_a_stream_may_wait_for_several_things_at_once() -> None:
    _, state = after_alarms(NOON, INITIAL, alarm("late", TWO), alarm("early", HALF_PAST))
    assert timers(state) == (Due("alarm-late", TWO, 1), Due("alarm-early", HALF_PAST, 2))
    log, state = after_rings(state, TWO)
    assert log == [("alarm:2", rang("early", HALF_PAST)), ("alarm:1", rang("late", TWO))]
    assert timers(state) == ()


def test_one_set_again_replaces_the_one_of_that_name_and_no_other() -> None:
    _, state = after_alarms(NOON, INITIAL, alarm("review", HALF_PAST), alarm("other", TWO))
    log, state = after_alarms(NOON, state, alarm("review", TWO), set_by=SECOND)
    assert log == [was_set("review", TWO, SECOND)]
    assert set(timers(state)) == {Due("alarm-other", TWO, 2), Due("alarm-review", TWO, 3)}


def test_what_is_cancelled_does_not_ring() -> None:
    _, state = after_alarms(NOON, INITIAL, alarm("review", HALF_PAST), alarm("other", TWO))
    log, state = after_alarms(NOON, state, cancelled=("review", "unheard-of"))
    assert log == [was_cancelled("review")]
    assert timers(state) == (Due("alarm-other", TWO, 2),)
    assert after_alarms(NOON, state, cancelled=("review",))[0] == []
    assert after_alarms(NOON, state, cancelled=(ALL_ALARMS,))[0] == [was_cancelled("other")]


def test_a_cancellation_names_the_event_that_had_set_what_is_cancelled() -> None:
    _, state = after_alarms(NOON, INITIAL, alarm("review", HALF_PAST))
    _, state = after_alarms(NOON, state, alarm("review", TWO), set_by=SECOND)
    assert after_alarms(NOON, state, cancelled=("review",), set_by=UUID(int=3))[0] == [was_cancelled("review", SECOND)]


def test_what_is_cancelled_and_set_at_once_is_set() -> None:
    _, state = after_alarms(NOON, INITIAL, alarm("review", HALF_PAST))
    log, state = after_alarms(NOON, state, alarm("review", TWO), cancelled=("review",), set_by=SECOND)
    assert log == [was_set("review", TWO, SECOND)]
    assert after_alarms(NOON, state, alarm("review", TWO), cancelled=("review",), set_by=SECOND)[0] == []


def test_a_cancellation_at_or_after_the_instant_lets_it_ring_first() -> None:
    _, state = after_alarms(NOON, INITIAL, alarm("review", HALF_PAST))
    by_fact, _ = after_alarms(HALF_PAST, state, cancelled=("review",))
    assert by_fact == [rang("review", HALF_PAST)]
    _, state = after_rings(state, HALF_PAST)
    assert after_alarms(HALF_PAST, state, cancelled=("review",))[0] == []


def test_the_same_name_and_instant_set_again_rings_again() -> None:
    _, state = after_alarms(NOON, INITIAL, alarm("review", HALF_PAST))
    _, state = after_rings(state, HALF_PAST)
    log, state = after_alarms(TWO, state, alarm("review", HALF_PAST), set_by=SECOND)
    assert log == [was_set("review", HALF_PAST, SECOND)]
    assert after_rings(state, TWO)[0] == [("alarm:2", rang("review", HALF_PAST, SECOND))]


def test_one_that_is_heard_of_twice_is_set_once() -> None:
    _, state = after_alarms(NOON, INITIAL, alarm("review", HALF_PAST))
    assert after_alarms(NOON, state, alarm("review", HALF_PAST))[0] == []
    assert after_alarms(NOON, state, alarm("review", HALF_PAST), set_by=SECOND)[0] == [
        was_set("review", HALF_PAST, SECOND)
    ]
    _, state = after_rings(state, HALF_PAST)
    assert after_alarms(TWO, state, alarm("review", HALF_PAST))[0] == []


def test_a_ring_that_comes_too_early_is_ignored() -> None:
    _, state = after_alarms(NOON, INITIAL, alarm("review", HALF_PAST))
    assert carried_out(Ring(at=NOON, kind="alarm-review", generation=1), state)[0] == []


def test_an_alarm_from_before_there_were_several_goes_on() -> None:
    """Its timer has no name, and the next one replaces it, as the next rung did."""
    old = AlarmSet(ticket_id=TICKET, alarm="escalation-response-1", due_at=HALF_PAST)
    state = fold(INITIAL, [old])
    log, after = carried_out(Ring(at=HALF_PAST, kind="alarm", generation=1), state)
    assert log == [("alarm:1", AlarmRang(ticket_id=TICKET, alarm="escalation-response-1", due_at=HALF_PAST))]
    assert timers(after) == ()
    next_one = AlarmSet(ticket_id=TICKET, alarm="escalation-response-2", due_at=TWO)
    assert timers(fold(state, [next_one])) == (Due("alarm", TWO, 2),)
    assert after_alarms(NOON, state, alarm("escalation-response-1", HALF_PAST))[0] == []
    assert after_alarms(NOON, state, cancelled=("escalation-response-1",))[0] == [
        was_cancelled("escalation-response-1", None)
    ]


def later(**terms: Any) -> Later:
    return Later(**{"since": ny("2026-07-10 16:30"), "calendar": "office", "policy": OFFICE.latest, **terms})


def due(terms: Later | WallClock, policies: Policies = OFFICE) -> tuple[datetime, str | None]:
    """When it is set for, and why otherwise than asked."""
    wall_clock = terms if isinstance(terms, WallClock) else None
    asked = Alarm(name="review", after=None if wall_clock else terms, wall_clock=wall_clock)  # type: ignore[arg-type]
    [event], state = after_alarms(NOON, INITIAL, asked, policies=policies)
    assert (event.later, event.wall_clock) == (asked.after, asked.wall_clock)
    if event.due_at != LAST_INSTANT:
        [(_, ring)], _ = after_rings(state, event.due_at)
        assert (ring.later, ring.wall_clock, ring.due_at) == (asked.after, asked.wall_clock, event.due_at)
    return event.due_at, event.fallback


def test_so_much_support_time_later() -> None:
    assert due(later(support_time=timedelta(hours=1))) == (ny("2026-07-13 09:30"), None)
    assert due(later(support_time=timedelta(0))) == (ny("2026-07-10 16:30"), None)


def test_so_many_working_days_later_p17() -> None:
    assert due(later(working_days=2)) == (ny("2026-07-14 16:30"), None)
    assert due(later(since=ny("2026-07-10 18:00"), working_days=2)) == (ny("2026-07-15 09:00"), None)


def test_so_many_days_later_or_at_the_next_opening_p19() -> None:
    assert due(later(days=7)) == (ny("2026-07-17 16:30"), None)
    assert due(later(days=1)) == (ny("2026-07-13 09:00"), None)


def test_terms_of_a_policy_that_nobody_knows_are_those_of_the_one_in_force() -> None:
    assert due(later(policy="gone", support_time=timedelta(hours=1))) == (ny("2026-07-13 09:30"), None)


def test_terms_of_a_calendar_that_the_policy_named_does_not_know_are_those_of_whichever_does() -> None:
    """A clock may be counted by a newer version than the one that its promise follows."""
    newer = VENDOR.published(published(OFFICE_TEXT))
    terms = Alarm(name="review", after=later(policy=VENDOR.latest, support_time=timedelta(hours=1)))
    assert instant_of(terms, NOON, newer) == (ny("2026-07-13 09:30"), None)
    assert instant_of(terms, NOON, newer.published(published(DEFAULT))) == (ny("2026-07-13 09:30"), None)


@pytest.mark.parametrize("policies", [OFFICE, NONE], ids=["no policy knows it", "no policy was published"])
def test_terms_of_an_unknown_calendar_are_elapsed_time_and_that_is_said(policies: Policies) -> None:
    since = later().since
    for terms, span in (
        ({"support_time": timedelta(hours=1)}, timedelta(hours=1)),
        ({"working_days": 2}, timedelta(days=2)),
        ({"days": 7}, timedelta(days=7)),
    ):
        assert due(later(calendar="gone", **terms), policies) == (since + span, "unknown-calendar")


def test_terms_that_lead_nowhere_park_nothing() -> None:
    for far in ({"support_time": timedelta(days=900_000_000)}, {"working_days": 10**9}, {"days": 10**9}):
        assert due(later(**far)) == (LAST_INSTANT, "no-such-instant")
    assert due(later(days=2_913_000), NONE) == (LAST_INSTANT, "unknown-calendar")


@pytest.mark.parametrize("policies", [OFFICE, NONE], ids=["the zone is the policy's", "the zone is the library's"])
@pytest.mark.parametrize(
    ("local", "at"),
    [
        ("2026-07-15T09:00", "2026-07-15 13:00"),
        ("2026-03-08T02:30", "2026-03-08 07:00"),  # skipped: the first instant after the gap
        ("2026-11-01T01:30", "2026-11-01 05:30"),  # said twice: the first of the two
    ],
)
def test_by_a_clock_on_a_wall(local: str, at: str, policies: Policies) -> None:
    assert due(WallClock(local=local, zone="America/New_York"), policies) == (utc(at), None)


def test_a_clock_on_a_wall_that_makes_no_sense_parks_nothing() -> None:
    assert due(WallClock(local="2026-07-15T09:00", zone="Europe/Atlantis")) == (utc("2026-07-15 09:00"), "unknown-zone")
    for zone in ("America", "a" * 300):
        assert due(WallClock(local="2026-07-15T09:00", zone=zone), NONE) == (utc("2026-07-15 09:00"), "unknown-zone")
    assert due(WallClock(local="2026-07-15T09:00", zone="../etc")) == (utc("2026-07-15 09:00"), "no-such-instant")
    for local in ("soon", "2026-07-15T09:00Z", "9999-12-31T23:59"):
        assert due(WallClock(local=local, zone="America/New_York"), NONE)[1] == "no-such-instant"
