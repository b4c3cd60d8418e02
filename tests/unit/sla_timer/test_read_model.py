"""The table of clocks: what stands in it after a history, told by the projection alone."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import pytest
from tests.unit.sla_timer.story import (
    ACCOUNT,
    INFORMATION_REQUESTED,
    OFFICE,
    TICKET,
    carried_out,
    closed,
    completed,
    hours,
    ny,
    opened,
    recorded,
    reopened,
    responded,
    severity_changed,
)

from contracts.names import SLA
from contracts.sla import SlaBreached
from contracts.tickets import Severity
from sla_timer.domain import INITIAL, decide, evolve
from sla_timer.domain.commands import Ring
from sla_timer.projection import project
from sla_timer.react import react

TEN = ny("2026-07-14 10:00")


def rows(history: Sequence[tuple[datetime, Any]]) -> dict[str, dict[str, Any]]:
    """The ticket's clocks by metric."""
    table: dict[str, dict[str, Any]] = {}
    state = INITIAL
    for at, told in history:
        for _, command in react(recorded(at, told), OFFICE):
            for event in decide(command, state):
                before, state = state, evolve(state, event)
                for put in project(recorded(at, event, topic=SLA), before, state):
                    assert put.key["ticket_id"] == TICKET
                    table.setdefault(put.key["metric"], {}).update(put.values)
    return table


@pytest.mark.parametrize("severity", [1, 4])
def test_a_clock_is_known_by_the_number_and_the_account_of_its_ticket(severity: Severity) -> None:
    [clock] = rows([(TEN, opened(severity))]).values()
    assert (clock["state"], clock["number"], clock["account_id"]) == ("running", "P-1042", ACCOUNT)


def test_a_clock_that_was_awaited_on_a_ticket_that_is_withdrawn_waits_no_more_until_it_is_reopened() -> None:
    history = [(TEN, opened(1, missing=("os",))), (TEN + hours(1), closed("withdrawn"))]
    assert rows(history)["response"]["state"] == "cancelled"
    assert rows([*history, (TEN + hours(2), reopened())])["response"]["state"] == "waiting"


def test_a_clock_that_was_awaited_is_known_so_before_it_starts_and_after() -> None:
    history = [(TEN, opened(1, missing=("os",)))]
    waiting = rows(history)["response"]
    assert (waiting["state"], waiting["number"], waiting["account_id"]) == ("waiting", "P-1042", ACCOUNT)
    assert (waiting["severity"], waiting["tier"]) == (1, "enlist")
    started = rows([*history, (TEN + hours(1), completed(1))])["response"]
    assert (started["state"], started["number"], started["account_id"]) == ("running", "P-1042", ACCOUNT)


def test_a_clock_that_restarts_in_another_form_is_known_so() -> None:
    table = rows([(TEN, opened(2)), (TEN + hours(1), severity_changed(2, 4))])
    assert (table["response"]["state"], table["objective"]["state"]) == ("cancelled", "running")
    assert (table["objective"]["number"], table["objective"]["account_id"]) == ("P-1042", ACCOUNT)


def test_a_voided_clock_has_no_deadline_until_it_starts_anew() -> None:
    history = [(TEN, opened(1)), (TEN + hours(0.5), INFORMATION_REQUESTED)]
    waiting = rows(history)["response"]
    assert (waiting["state"], waiting["started_at"], waiting["due_at"]) == ("waiting", None, None)
    anew = rows([*history, (TEN + hours(2), completed(1))])["response"]
    assert (anew["state"], anew["started_at"], anew["number"]) == ("running", TEN + hours(2), "P-1042")


def test_a_promise_that_is_another_one_once_the_information_is_complete_is_awaited_no_more() -> None:
    table = rows([(TEN, opened(2, missing=("os",))), (TEN + hours(1), completed(4))])
    assert (table["response"]["state"], table["objective"]["state"]) == ("cancelled", "running")
    assert table["objective"]["number"] == "P-1042"
    answered = rows([(TEN, opened(2, missing=("os",))), (TEN + hours(1), responded(4, waiting=True))])
    assert (answered["response"]["state"], answered["objective"]["state"]) == ("cancelled", "met")
    assert (answered["objective"]["number"], answered["objective"]["account_id"]) == ("P-1042", ACCOUNT)


def test_a_late_answer_stands_beside_the_breach() -> None:
    [clock] = rows([(TEN, opened(1)), (TEN + hours(2), responded())]).values()
    assert (clock["state"], clock["breached_at"]) == ("breached", TEN + hours(1))
    assert (clock["responded_at"], clock["elapsed"]) == (TEN + hours(2), hours(2))
    [hoped] = rows([(TEN, opened(4)), (TEN + hours(25), responded(4))]).values()
    assert (hoped["state"], hoped["responded_at"], hoped["elapsed"]) == ("missed", TEN + hours(25), hours(25))


def test_a_breach_names_the_ticket_as_people_do() -> None:
    [(_, start)] = react(recorded(TEN, opened(1)), OFFICE)
    _, state = carried_out(start, INITIAL)
    [breach] = [
        e for e in decide(Ring(at=TEN + hours(1), kind="deadline", generation=1), state) if isinstance(e, SlaBreached)
    ]
    assert breach.number == "P-1042"
