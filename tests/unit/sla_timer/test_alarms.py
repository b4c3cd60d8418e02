"""Alarms: other services say "later", and are told. They ring on the wall clock (semantics.md)."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from tests.unit.sla_timer.story import (
    DEFAULT,
    OFFICE,
    OFFICE_TEXT,
    TICKET,
    VENDOR,
    carried_out,
    ny,
    published,
    recorded,
    rung,
    utc,
)

from contracts.escalations import EscalationAcknowledged, EscalationRaised, EscalationResolved
from contracts.later import Later
from contracts.names import ESCALATIONS
from contracts.sla import AlarmCancelled, AlarmRang, AlarmSet
from sla_timer.domain import INITIAL, react, timers
from sla_timer.domain.alarm import instant_of
from sla_timer.domain.commands import Ring
from sla_timer.domain.elapse import Due
from sla_timer.domain.policies import Policies
from sla_timer.domain.state import Situation

NOON = utc("2026-07-14 12:00")
HALF_PAST, TWO = NOON + timedelta(minutes=30), NOON + timedelta(hours=2)
NONE = Policies()
STREAM = f"alarm-{TICKET}-escalation-response"


def raised(rung: int, next_at: Any) -> EscalationRaised:
    return EscalationRaised(
        ticket_id=TICKET,
        escalation="response",
        cause="breach",
        severity=1,
        breached_at=NOON,
        rung=rung,
        role="engineer",
        next_at=next_at,
    )


ACKNOWLEDGED = EscalationAcknowledged(ticket_id=TICKET, escalation="response", rung=0)
RESOLVED = EscalationResolved(ticket_id=TICKET, escalation="response", cause="answered")


def told(at: Any, event: Any, state: Situation, policies: Policies = NONE) -> tuple[list[Any], Situation]:
    log: list[Any] = []
    for stream, command in react(recorded(at, event, topic=ESCALATIONS), policies):
        assert stream == STREAM
        more, state = carried_out(command, state)
        log += [event for _, event in more]
    return log, state


def test_the_next_rung_rings_when_it_is_due_under_its_own_name() -> None:
    log, state = told(NOON, raised(0, HALF_PAST), INITIAL)
    assert log == [AlarmSet(ticket_id=TICKET, alarm="escalation-response-1", due_at=HALF_PAST)]
    assert timers(state) == (Due("alarm", HALF_PAST, 1),)
    rang, state = rung(state, HALF_PAST)
    event = AlarmRang(ticket_id=TICKET, alarm="escalation-response-1", due_at=HALF_PAST)
    assert rang == [("alarm:1", event)]
    assert timers(state) == ()
    log, state = told(HALF_PAST, raised(1, TWO), state)
    assert log == [AlarmSet(ticket_id=TICKET, alarm="escalation-response-2", due_at=TWO)]
    assert timers(state) == (Due("alarm", TWO, 2),)


def test_the_last_rung_asks_for_no_alarm() -> None:
    assert react(recorded(NOON, raised(3, None)), Policies()) == []


def test_an_acknowledged_or_resolved_escalation_has_no_alarm_any_more() -> None:
    for end in (ACKNOWLEDGED, RESOLVED):
        _, state = told(NOON, raised(0, HALF_PAST), INITIAL)
        log, state = told(NOON, end, state)
        assert log == [AlarmCancelled(ticket_id=TICKET, alarm="escalation-response-1")]
        assert timers(state) == ()
        assert told(NOON, end, state)[0] == []
        assert told(NOON, raised(0, HALF_PAST), state)[0] == []


def test_a_ring_of_an_alarm_set_otherwise_since_is_stale() -> None:
    _, state = told(NOON, raised(0, HALF_PAST), INITIAL)
    _, state = told(NOON, ACKNOWLEDGED, state)
    _, state = told(NOON, raised(1, TWO), state)
    assert carried_out(Ring(at=TWO, kind="alarm", generation=1), state)[0] == []


def test_a_ring_that_comes_too_early_is_ignored() -> None:
    _, state = told(NOON, raised(0, HALF_PAST), INITIAL)
    assert carried_out(Ring(at=NOON, kind="alarm", generation=1), state)[0] == []


def test_a_fact_at_or_after_an_alarm_lets_it_ring_first() -> None:
    _, state = told(NOON, raised(0, HALF_PAST), INITIAL)
    by_fact, _ = told(HALF_PAST, ACKNOWLEDGED, state)
    assert by_fact == [AlarmRang(ticket_id=TICKET, alarm="escalation-response-1", due_at=HALF_PAST)]
    _, state = rung(state, HALF_PAST)
    assert told(HALF_PAST, ACKNOWLEDGED, state)[0] == []


def test_a_second_climb_after_a_retraction_is_another_alarm() -> None:
    _, state = told(NOON, raised(0, HALF_PAST), INITIAL)
    _, state = told(NOON, RESOLVED, state)
    log, _ = told(TWO, raised(0, TWO + timedelta(minutes=30)), state)
    assert [type(event) for event in log] == [AlarmSet]


def later(**terms: Any) -> Later:
    return Later(**{"since": ny("2026-07-10 16:30"), "calendar": "office", "policy": OFFICE.latest, **terms})


def due(terms: Later) -> Any:
    [event], _ = told(NOON, replace(raised(0, None), next_in=terms), INITIAL, OFFICE)
    assert (event.alarm, event.later) == ("escalation-response-1", terms)
    return event.due_at


def test_so_much_support_time_later() -> None:
    assert due(later(support_time=timedelta(hours=1))) == ny("2026-07-13 09:30")
    assert due(later(support_time=timedelta(0))) == ny("2026-07-10 16:30")


def test_so_many_working_days_later_p17() -> None:
    assert due(later(working_days=2)) == ny("2026-07-14 16:30")
    assert due(later(since=ny("2026-07-10 18:00"), working_days=2)) == ny("2026-07-15 09:00")


def test_so_many_days_later_or_at_the_next_opening_p19() -> None:
    assert due(later(days=7)) == ny("2026-07-17 16:30")
    assert due(later(days=1)) == ny("2026-07-13 09:00")


def test_terms_of_a_policy_that_nobody_knows_are_those_of_the_one_in_force() -> None:
    assert due(later(policy="gone", support_time=timedelta(hours=1))) == ny("2026-07-13 09:30")


def test_terms_of_a_calendar_that_the_policy_named_does_not_know_are_those_of_whichever_does() -> None:
    """A clock may be counted by a newer version than the one that its promise follows."""
    newer = VENDOR.published(published(OFFICE_TEXT))
    terms = later(policy=VENDOR.latest, support_time=timedelta(hours=1))
    assert instant_of(terms, newer) == ny("2026-07-13 09:30")
    assert instant_of(terms, newer.published(published(DEFAULT))) == ny("2026-07-13 09:30")


def test_terms_of_a_calendar_that_no_policy_knows_are_elapsed_time() -> None:
    since = later().since
    assert due(later(calendar="gone", support_time=timedelta(hours=1))) == since + timedelta(hours=1)
    assert due(later(calendar="gone", working_days=2)) == since + timedelta(days=2)
    assert due(later(calendar="gone", days=7)) == since + timedelta(days=7)


def test_an_alarm_asked_for_in_terms_rings_with_them() -> None:
    terms = later(support_time=timedelta(hours=1))
    _, state = told(NOON, replace(raised(0, None), next_in=terms), INITIAL, OFFICE)
    [(_, rang)], _ = rung(state, ny("2026-07-13 09:30"))
    assert rang == AlarmRang(
        ticket_id=TICKET, alarm="escalation-response-1", due_at=ny("2026-07-13 09:30"), later=terms
    )
