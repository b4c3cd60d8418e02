"""History brought in from elsewhere is taken as it is, each beginning once."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from contracts.rights import NotAllowed
from contracts.tickets import AccountRegistered, Details, Reopened, SeverityChanged, TicketOpened
from intake.domain import INITIAL, decide, evolve
from intake.domain.commands import Import
from intake.domain.refusals import TicketUnknown
from intake.domain.state import Open, State
from intake.http.context import _NUMBER

TICKET, ACCOUNT, SUBJECT = UUID(int=1), UUID(int=2), UUID(int=3)
REGISTERED = AccountRegistered(account_id=ACCOUNT, name="Location 1", tier="enlist", calendar=None, domains=())
OPENED = TicketOpened(
    ticket_id=TICKET,
    number="INC0000045",
    account_id=ACCOUNT,
    subject_id=SUBJECT,
    account_version=1,
    channel="portal",
    severity=3,
    priority="normal",
    tier="enlist",
    calendar=None,
    details=Details(),
    missing=(),
    title="Printer",
    description="It smokes",
    email="caller@servicenow.invalid",
    claimed_at=datetime(2016, 3, 1, tzinfo=UTC),
)
RAISED = SeverityChanged(
    ticket_id=TICKET, subject_id=SUBJECT, before=3, severity=1, tier="enlist", calendar=None, reason="Fire"
)


def after(*facts: Any) -> State:
    state = INITIAL
    for fact in facts:
        state = evolve(state, fact)
    return state


def imported(fact: Any, state: State) -> list[Any]:
    return decide(Import(by="service", fact=fact), state)


@pytest.mark.parametrize("fact", [REGISTERED, OPENED])
def test_a_beginning_is_taken_once(fact: Any) -> None:
    assert imported(fact, INITIAL) == [fact]
    assert imported(fact, after(fact)) == []
    assert imported(replace(fact, tier="command"), after(fact)) == []


def test_what_our_rules_would_refuse_has_happened_all_the_same() -> None:
    assert imported(RAISED, after(OPENED)) == [RAISED]  # nobody had written to the requester (P6)
    again = Reopened(ticket_id=TICKET, subject_id=SUBJECT, reason="Smoke")
    assert imported(again, after(OPENED)) == [again]
    assert isinstance(after(OPENED, RAISED), Open)


def test_what_follows_needs_its_beginning_to_be_there() -> None:
    with pytest.raises(TicketUnknown):
        imported(RAISED, INITIAL)


def test_nobody_brings_in_history_over_a_door() -> None:
    with pytest.raises(NotAllowed):
        decide(Import(by="admin", fact=OPENED), INITIAL)


@pytest.mark.parametrize(("number", "known"), [("P-1000", True), ("INC0000045", True), ("INC", False), ("45", False)])
def test_a_ticket_goes_by_the_number_that_people_know(number: str, known: bool) -> None:
    assert bool(_NUMBER.fullmatch(number)) == known
