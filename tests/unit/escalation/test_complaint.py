"""Who is called about a complaint, and what ends that: each fact, in every order in which it may be heard."""

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.escalation.calls import (
    ACCEPTED,
    ACKNOWLEDGED,
    ASKED,
    COMPLAINS,
    COMPLAINT,
    DAY,
    DECIDED,
    DISPUTED,
    JOINS,
    LEADS,
    OPENED,
    OUTCOME,
    PRAISE,
    START,
    UPDATE,
    WITHDRAWN,
    WORKING_DAY,
    Calls,
    missed,
    named,
    urgent,
)

from contracts.escalations import (
    EscalationAcknowledged,
    EscalationForestalled,
    EscalationResolved,
    EscalationScheduled,
    RoleCalled,
)
from escalation.domain.refusals import NoOpenEscalation, NotCalled, NotStaff

NAMES = ("review", "urgent", "update", "arbitration")
MISSED = missed(1, START)
CAUSES: dict[str, Any] = {"review": OPENED, "urgent": urgent(), "update": MISSED, "arbitration": DISPUTED}
ENDS: dict[str, set[Any]] = {
    "review": {OUTCOME, DECIDED, WITHDRAWN, PRAISE, JOINS},
    "urgent": {ACKNOWLEDGED, ASKED, UPDATE, OUTCOME, ACCEPTED, DECIDED, WITHDRAWN, PRAISE},
    "update": {UPDATE, OUTCOME, DISPUTED, DECIDED, WITHDRAWN, PRAISE},
    "arbitration": {DECIDED, WITHDRAWN, PRAISE},
}
FACTS = (ACKNOWLEDGED, ASKED, UPDATE, OUTCOME, ACCEPTED, DISPUTED, DECIDED, WITHDRAWN, PRAISE, COMPLAINS, JOINS, LEADS)


def ring(calls: Calls, name: str) -> Calls:
    """The alarm that it waits for is set, and rings."""
    alarm = calls.wants(name)
    assert alarm
    return calls.schedule(name, alarm).ring(name, alarm)


def test_a_complaint_calls_the_vp_at_once_and_again_each_working_day() -> None:
    calls = Calls().hear(OPENED)
    first = calls.now
    assert calls.streams["review"] == [
        RoleCalled(
            ticket_id=COMPLAINT,
            escalation="review",
            reason="review",
            role="vp",
            turn=0,
            number="F-7",
            since=first,
            next_in=WORKING_DAY,
        )
    ]
    ring(ring(calls, "review"), "review")
    assert calls.called("review") == [("vp", 0), ("vp", 1), ("vp", 2)]
    assert {event.since for event in calls.streams["review"] if isinstance(event, RoleCalled)} == {first}


def test_when_the_role_is_called_again_is_recorded_once_that_is_known() -> None:
    calls = Calls().hear(OPENED)
    alarm, due_at = calls.wants("review"), calls.now + DAY
    assert alarm
    calls.schedule("review", alarm).schedule("review", alarm)
    scheduled = EscalationScheduled(
        ticket_id=COMPLAINT, escalation="review", rung=0, next_at=due_at, set_by=calls.set_by[alarm]
    )
    assert calls.streams["review"][1:] == [scheduled]


@pytest.mark.parametrize("by", ["vp", "ceo"])
def test_once_it_is_acknowledged_nobody_is_called_again(by: str) -> None:
    calls = Calls().hear(OPENED)
    alarm = calls.wants("review")
    assert alarm
    calls.schedule("review", alarm).acknowledge("review", by)
    assert calls.wants("review") is None
    calls.ring("review", alarm).acknowledge("review", by)
    acknowledged = EscalationAcknowledged(ticket_id=COMPLAINT, escalation="review", rung=0)
    assert calls.streams["review"][2:] == [acknowledged]


def test_an_acknowledgement_after_the_alarm_is_of_the_second_call() -> None:
    calls = ring(Calls().hear(OPENED), "review").acknowledge("review")
    assert (calls.streams["review"][-1].rung, calls.wants("review")) == (1, None)


def test_an_alarm_that_rings_twice_calls_once() -> None:
    calls = Calls().hear(OPENED)
    alarm = calls.wants("review")
    assert alarm
    calls.ring("review", alarm).ring("review", alarm)
    assert calls.called("review") == [("vp", 0), ("vp", 1)]


def test_a_complaint_about_the_vp_calls_the_other_reviewer_from_then_on() -> None:
    calls = ring(ring(Calls().hear(OPENED), "review").hear(named()), "review")
    assert calls.called("review") == [("vp", 0), ("vp", 1), ("support-manager", 0), ("support-manager", 1)]


def test_another_reviewer_is_called_even_if_the_vp_has_acknowledged() -> None:
    calls = Calls().hear(OPENED).acknowledge("review").hear(named())
    assert calls.called("review") == [("vp", 0), ("support-manager", 0)]
    calls.hear(named("vp"))
    assert calls.called("review")[2:] == [("vp", 0)]


def test_the_alarm_of_the_former_reviewer_is_stale() -> None:
    calls = Calls().hear(OPENED)
    alarm = calls.wants("review")
    assert alarm
    calls.hear(named()).schedule("review", alarm).ring("review", alarm)
    assert calls.called("review") == [("vp", 0), ("support-manager", 0)]


def test_whoever_was_named_once_is_called_when_it_is_a_complaint_again() -> None:
    calls = Calls().hear(OPENED, named(), PRAISE, COMPLAINS, OPENED)
    assert calls.called("review") == [("vp", 0), ("support-manager", 0), ("support-manager", 0)]


def test_the_alarm_of_an_earlier_review_is_stale() -> None:
    calls = Calls().hear(OPENED)
    alarm = calls.wants("review")
    assert alarm
    calls.hear(PRAISE, COMPLAINS, OPENED)
    assert calls.wants("review") != alarm
    calls.schedule("review", alarm).ring("review", alarm)
    assert calls.called("review") == [("vp", 0), ("vp", 0)]


def test_an_urgent_complaint_calls_whoever_it_goes_to_and_again_each_working_day() -> None:
    for to in ("vp", "ceo"):
        calls = ring(Calls().hear(urgent(to)), "urgent")
        assert calls.called("urgent") == [(to, 0), (to, 1)]
        assert calls.streams["urgent"][0].reason == "urgent"


def test_a_second_urgent_request_joins_the_first_unless_it_goes_to_another_role() -> None:
    for calls in (Calls().hear(urgent()), Calls().hear(urgent()).acknowledge("urgent")):
        assert calls.hear(urgent()).called("urgent") == [("vp", 0)]
        assert calls.hear(urgent("ceo")).called("urgent") == [("vp", 0), ("ceo", 0)]


def test_an_urgent_request_after_the_answer_calls_anew() -> None:
    calls = ring(Calls().hear(urgent()), "urgent").hear(ACKNOWLEDGED, urgent())
    assert calls.called("urgent") == [("vp", 0), ("vp", 1), ("vp", 0)]


def test_of_a_missed_update_the_support_manager_is_called_and_then_the_vp_each_time() -> None:
    calls = Calls().hear(missed(1, START), missed(2, START + DAY))
    calls.acknowledge("update").hear(missed(3, START + 2 * DAY))
    assert calls.called("update") == [("support-manager", 0), ("vp", 1), ("vp", 2)]
    assert (calls.streams["update"][0].reason, calls.wants("update")) == ("update-missed", None)


@pytest.mark.parametrize("end", [UPDATE, OUTCOME, DISPUTED, DECIDED, WITHDRAWN, PRAISE])
def test_a_miss_that_is_heard_of_after_what_made_up_for_it_calls_nobody(end: Any) -> None:
    """feedback records the verdict when the alarm rings, which may be after an update that came too late."""
    calls = Calls().hear(end)
    heard = calls.now
    calls.hear(missed(1, START))
    assert (calls.called("update"), calls.ends("update")[0][0]) == ([], EscalationForestalled)
    calls.hear(missed(1, heard))
    assert calls.called("update") == []
    calls.hear(missed(1, calls.now))
    assert calls.called("update") == [("support-manager", 0)]


def test_of_several_ends_the_last_one_counts() -> None:
    calls = Calls().hear(UPDATE, missed(1, START), UPDATE)
    calls.hear(missed(1, calls.now), OUTCOME)
    assert calls.called("update") == []
    later = missed(1, calls.now + DAY)
    assert calls.hear(later, UPDATE, replace(later, missed=2)).called("update") == [("support-manager", 0), ("vp", 1)]


def test_a_miss_of_the_new_promise_within_the_day_is_made_up_for_by_the_update_too() -> None:
    calls = Calls().hear(missed(1, START), UPDATE)
    calls.hear(missed(1, calls.now))
    assert calls.called("update") == [("support-manager", 0)]
    assert calls.ends("update") == [(EscalationResolved, "answered")]


def test_other_verdicts_call_nobody() -> None:
    calls = Calls().hear(
        *(replace(MISSED, promise=name) for name in ("acknowledgement", "urgent")),
        *(replace(MISSED, outcome=outcome, missed=0) for outcome in ("kept", "cancelled")),
        replace(MISSED, missed=0),
    )
    assert not any(calls.called(name) for name in NAMES)


def test_a_dispute_calls_the_ceo_at_once_and_again_each_working_day() -> None:
    calls = ring(Calls().hear(OPENED, OUTCOME, DISPUTED), "arbitration")
    assert calls.called("arbitration") == [("ceo", 0), ("ceo", 1)]
    assert calls.streams["arbitration"][0].reason == "arbitration"
    assert calls.called("review") == [("vp", 0)]


@pytest.mark.parametrize("fact", FACTS, ids=lambda fact: f"{type(fact).__name__}")
@pytest.mark.parametrize("name", NAMES)
def test_each_fact_ends_the_calls_that_it_settles_and_no_others(name: str, fact: Any) -> None:
    calls = Calls().hear(CAUSES[name])
    before, alarm = calls.called(name), calls.wants(name)
    calls.hear(fact)
    cause = "answered" if fact in (ACKNOWLEDGED, ASKED, UPDATE, OUTCOME, DECIDED) else "closed"
    over = fact in ENDS[name]
    assert calls.ends(name) == ([(EscalationResolved, cause)] if over else [])
    if over:
        assert calls.wants(name) is None
        with pytest.raises(NoOpenEscalation):
            calls.acknowledge(name, "ceo")
        if alarm:
            calls.ring(name, alarm)
    assert calls.called(name) == before


@pytest.mark.parametrize("name", NAMES)
def test_what_is_acknowledged_ends_as_well(name: str) -> None:
    calls = Calls().hear(CAUSES[name]).acknowledge(name, "ceo").hear(WITHDRAWN)
    assert calls.ends(name) == [(EscalationResolved, "closed")]


def test_where_nobody_was_called_nothing_ends() -> None:
    calls = Calls().hear(*(fact for fact in FACTS if fact is not DISPUTED))
    assert [calls.streams[name] for name in ("review", "urgent", "arbitration")] == [[], [], []]


MAY: list[tuple[Any, str, set[str]]] = [
    (OPENED, "review", {"vp", "ceo"}),
    (urgent(), "urgent", {"vp", "ceo"}),
    (urgent("ceo"), "urgent", {"vp", "ceo"}),
    (missed(1, START), "update", {"support-manager", "vp", "ceo"}),
    (missed(2, START), "update", {"vp", "ceo"}),
    (DISPUTED, "arbitration", {"ceo"}),
    (named(), "review", {"support-manager", "ceo"}),
]


@pytest.mark.parametrize("by", ["engineer", "account-manager", "support-manager", "vp", "ceo"])
@pytest.mark.parametrize(("fact", "name", "may"), MAY)
def test_the_role_that_was_called_or_one_above_it_acknowledges(fact: Any, name: str, may: set[str], by: str) -> None:
    calls = Calls().hear(fact)
    if by in may:
        assert isinstance(calls.acknowledge(name, by).streams[name][-1], EscalationAcknowledged)
    else:
        with pytest.raises(NotCalled, match=" or ".join(r for r in ("support-manager", "vp", "ceo") if r in may)):
            calls.acknowledge(name, by)


@pytest.mark.parametrize("role", ["requester", "account-admin", "analyst", "admin", "service", ""])
def test_only_staff_acknowledge_a_call_about_a_complaint(role: str) -> None:
    with pytest.raises(NotStaff):
        Calls().hear(OPENED).acknowledge("review", role)


def test_what_was_only_forestalled_has_nothing_to_acknowledge() -> None:
    with pytest.raises(NoOpenEscalation):
        Calls().hear(UPDATE).acknowledge("update")


def test_the_whole_way_to_the_ceo() -> None:
    calls = Calls().hear(OPENED).acknowledge("review")
    calls.hear(missed(1, calls.now), missed(2, calls.now + DAY), UPDATE, OUTCOME, DISPUTED, urgent("ceo"))
    calls.acknowledge("arbitration", "ceo").hear(DECIDED)
    assert {name: calls.called(name) for name in NAMES} == {
        "review": [("vp", 0)],
        "update": [("support-manager", 0), ("vp", 1)],
        "arbitration": [("ceo", 0)],
        "urgent": [("ceo", 0)],
    }
    assert not any(calls.wants(name) for name in NAMES)
