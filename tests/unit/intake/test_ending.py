"""Resolving, closing, withdrawing and reopening."""

from dataclasses import replace

import pytest
from tests.unit.intake.story import (
    ASKED,
    BOB,
    BY_ENGINEER,
    CLOSED,
    COMPLETED,
    CONTACTED,
    MESSAGE,
    OF_A_STRANGER,
    OF_ANN,
    OF_BOB,
    OPENED,
    OTHER_ACCOUNT,
    REOPENED,
    RESOLVED,
    RESPONDED,
    TICKET,
    WAITING,
    WITHDRAWN,
    outcome,
    refusal,
    state_after,
)

from contracts.rights import NotAllowed
from contracts.tickets import Details, EntitlementChanged
from intake.domain.commands import Close, PostMessage, Reopen, Resolve
from intake.domain.refusals import (
    Blank,
    NotAnswered,
    NotWithdrawable,
    NotYoursToClose,
    TicketClosed,
    TicketUnknown,
)
from intake.domain.state import Closed, Nothing, Open, Responded, WaitingForInformation, status

RESOLVE = Resolve(**BY_ENGINEER, resolution="Disk replaced.")
CLOSE = Close(**BY_ENGINEER, cause="resolved")
WITHDRAW = Close(**OF_ANN, cause="withdrawn")
REOPEN = Reopen(**OF_ANN, reason="It stops again.")
ENDED = [OPENED, RESPONDED, RESOLVED, CLOSED]
ANN_WRITES = PostMessage(**OF_ANN, message_id=MESSAGE, channel="email", body="It stops again.")


def test_an_answered_ticket_is_resolved_and_closed() -> None:
    assert outcome([OPENED, RESPONDED], RESOLVE) == [RESOLVED]
    assert outcome([OPENED, RESPONDED, RESOLVED], CLOSE) == [CLOSED]
    assert outcome([OPENED, RESPONDED], CLOSE) == [CLOSED]


@pytest.mark.parametrize("given", [[OPENED], [WAITING], [OPENED, CONTACTED]])
def test_resolving_and_closing_need_an_initial_response_first(given: list[object]) -> None:
    for command in (RESOLVE, CLOSE, Close(**OF_ANN, cause="resolved")):
        refused = refusal(given, command)
        assert (type(refused), refused.status) == (NotAnswered, 409)


@pytest.mark.parametrize("given", [[OPENED], [WAITING], [OPENED, RESPONDED], [OPENED, RESPONDED, RESOLVED]])
def test_the_requester_may_withdraw_at_any_time(given: list[object]) -> None:
    assert outcome(given, WITHDRAW) == [WITHDRAWN]


def test_staff_cannot_escape_the_clock_by_withdrawing_for_the_requester() -> None:
    refused = refusal([OPENED], replace(CLOSE, cause="withdrawn"))
    assert (type(refused), refused.status) == (NotWithdrawable, 403)


EVERY_SITUATION = [[WAITING], [OPENED], [OPENED, RESPONDED], [OPENED, RESPONDED, RESOLVED], ENDED, [OPENED, WITHDRAWN]]


@pytest.mark.parametrize("given", EVERY_SITUATION)
def test_whoever_may_not_withdraw_is_told_who_may_whatever_the_situation(given: list[object]) -> None:
    colleague, manager = Close(**OF_BOB, cause="withdrawn"), replace(CLOSE, by="support-manager", cause="withdrawn")
    nameless = replace(colleague, subject_id=None)
    for command in (replace(CLOSE, cause="withdrawn"), manager, colleague, nameless):
        refused = refusal(given, command)
        assert (type(refused), refused.status, refused.field) == (NotWithdrawable, 403, "cause")
        assert "its requester, or the admin of its account" in refused.title()


@pytest.mark.parametrize("given", EVERY_SITUATION)
def test_a_colleague_of_the_requester_ends_nothing(given: list[object]) -> None:
    assert isinstance(refusal(given, Close(**OF_BOB, cause="resolved")), NotYoursToClose)


def test_an_accounts_admin_may_end_any_ticket_of_the_account() -> None:
    admin = Close(**{**OF_BOB, "by": "account-admin"}, cause="withdrawn")
    assert outcome([OPENED], admin) == [WITHDRAWN]
    assert outcome([OPENED, RESPONDED], replace(admin, cause="resolved")) == [CLOSED]
    assert isinstance(refusal([OPENED], replace(admin, account_id=OTHER_ACCOUNT)), TicketUnknown)


def test_a_stranger_withdraws_nothing() -> None:
    assert isinstance(refusal([OPENED], Close(**OF_A_STRANGER, cause="withdrawn")), TicketUnknown)


def test_what_is_resolved_or_closed_is_already_so() -> None:
    assert outcome([OPENED, RESPONDED, RESOLVED], RESOLVE) == []
    assert outcome(ENDED, CLOSE) == []
    assert outcome([OPENED, WITHDRAWN], CLOSE) == []


def test_a_closed_ticket_is_not_resolved() -> None:
    assert isinstance(refusal(ENDED, RESOLVE), TicketClosed)


def test_a_resolution_is_said_and_by_a_tse_or_tam() -> None:
    assert isinstance(refusal([OPENED, RESPONDED], replace(RESOLVE, resolution="")), Blank)
    assert isinstance(refusal([OPENED, RESPONDED], replace(RESOLVE, by="support-manager")), NotAllowed)


def test_a_closed_or_resolved_ticket_is_reopened_where_it_was_left() -> None:
    for given, closing in ((ENDED, 1), ([OPENED, RESPONDED, RESOLVED], None)):
        assert outcome(given, REOPEN) == [replace(REOPENED, closing=closing)]
        assert isinstance(state_after([*given, REOPENED]), Responded)
    assert isinstance(state_after([OPENED, WITHDRAWN, REOPENED]), Open)
    assert isinstance(state_after([WAITING, WITHDRAWN, REOPENED]), WaitingForInformation)


def test_what_is_open_need_not_be_reopened() -> None:
    assert outcome([OPENED], REOPEN) == []
    assert state_after([OPENED, REOPENED]) == state_after([OPENED])


def test_reopening_has_a_reason_and_who_reopens_is_on_record() -> None:
    assert refusal(ENDED, replace(REOPEN, reason="")).field == "reason"
    assert outcome(ENDED, Reopen(**OF_BOB, reason="It stops again.")) == [replace(REOPENED, subject_id=BOB, closing=1)]
    assert outcome(ENDED, Reopen(**BY_ENGINEER, reason="It stops again.")) == [replace(REOPENED, closing=1)]


def test_every_closing_has_its_number() -> None:
    assert outcome([*ENDED, REOPENED], CLOSE) == [replace(CLOSED, closing=2)]


@pytest.mark.parametrize(("given", "closing"), [(ENDED, 1), ([OPENED, RESPONDED, RESOLVED], None)])
def test_a_requester_who_writes_on_an_ended_ticket_takes_it_up_again(given: list[object], closing: int | None) -> None:
    reopened, posted = outcome(given, ANN_WRITES)
    assert reopened == replace(REOPENED, reason="The requester wrote again.", message_id=MESSAGE, closing=closing)
    assert (posted.author, posted.body) == ("requester", "It stops again.")


def test_a_requester_who_writes_on_a_withdrawn_ticket_may_complete_it_at_once() -> None:
    told = replace(ANN_WRITES, details=Details(product_version="3.1", os_version="12"))
    reopened, posted, completed = outcome([WAITING, WITHDRAWN], told)
    assert completed == replace(COMPLETED, details=told.details, message_id=MESSAGE)
    assert isinstance(state_after([WAITING, WITHDRAWN, reopened, posted, completed]), Open)


def test_staff_may_write_on_a_closed_ticket_without_reopening_it() -> None:
    [posted] = outcome(ENDED, PostMessage(**BY_ENGINEER, message_id=MESSAGE, channel="portal", body="All well?"))
    assert isinstance(state_after([*ENDED, posted]), Closed)
    assert state_after([OPENED, WITHDRAWN, posted]).ticket.contact == "message"  # type: ignore[union-attr]


def test_a_closed_ticket_changes_by_no_late_fact_but_keeps_what_is_told() -> None:
    moved = EntitlementChanged(
        ticket_id=TICKET, account_id=OPENED.account_id, account_version=2, severity=2, tier="command", calendar=None
    )
    after = state_after([*ENDED, ASKED, moved])
    assert isinstance(after, Closed)
    assert (after.ticket.tier, after.ticket.account_version) == ("command", 2)


def test_each_situation_has_a_name_for_the_read_models() -> None:
    stories: list[list[object]] = [[WAITING], [OPENED], [OPENED, RESPONDED], [OPENED, RESPONDED, RESOLVED], ENDED]
    states = [state_after(story) for story in stories]
    assert [status(state) for state in states] == [  # type: ignore[arg-type]
        "waiting-for-information",
        "open",
        "responded",
        "resolved",
        "closed",
    ]
    assert state_after([]) == Nothing()
