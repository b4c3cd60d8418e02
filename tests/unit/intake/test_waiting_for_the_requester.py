"""What staff ask the requester after the first answer, and what further promises need to know (P24, P25)."""

from dataclasses import replace

import pytest
from tests.unit.intake.story import (
    BY_ENGINEER,
    CLOSED,
    MESSAGE,
    OF_ANN,
    OPENED,
    RESOLVED,
    RESPONDED,
    UNDERWAY,
    WITHDRAWN,
    outcome,
    refusal,
)

from contracts.tickets import SeverityChanged
from intake.domain.commands import GiveInitialResponse, PostMessage, Reopen
from intake.domain.refusals import NobodyAsked

ASKS = PostMessage(**BY_ENGINEER, message_id=MESSAGE, channel="portal", body="Which disk is it?", awaits_reply=True)
ANSWERS = PostMessage(**OF_ANN, message_id=MESSAGE, channel="portal", body="The left one.")
REOPENS = Reopen(**OF_ANN, reason="It stops again.")


def test_a_message_of_staff_may_await_a_reply_and_so_may_the_initial_response() -> None:
    [message] = outcome([OPENED], ASKS)
    assert message.awaits_reply
    respond = GiveInitialResponse(
        **BY_ENGINEER, message_id=MESSAGE, states="plan", body="Which disk?", awaits_reply=True
    )
    [response] = outcome([OPENED], respond)
    assert response.awaits_reply
    assert (response.number, response.account_id) == (UNDERWAY.number, UNDERWAY.account_id)


@pytest.mark.parametrize("message", [replace(ASKS, public=False), replace(ANSWERS, awaits_reply=True)])
def test_a_note_among_staff_awaits_no_reply_and_neither_does_a_requester(message: PostMessage) -> None:
    refused = refusal([OPENED, RESPONDED], message)
    assert (type(refused), refused.field) == (NobodyAsked, "awaits_reply")


@pytest.mark.parametrize("message", [ASKS, ANSWERS])
def test_after_the_initial_response_a_message_says_what_the_ticket_is_entitled_to(message: PostMessage) -> None:
    assert outcome([OPENED], message)[-1].underway is None
    assert outcome([OPENED, RESPONDED], message)[-1].underway == UNDERWAY
    raised = SeverityChanged(
        ticket_id=OPENED.ticket_id,
        subject_id=OPENED.subject_id,
        before=2,
        severity=1,
        tier="enlist",
        calendar=None,
        reason="All are down.",
    )
    assert outcome([OPENED, RESPONDED, raised], message)[-1].underway == replace(UNDERWAY, severity=1)


def test_what_staff_write_on_an_ended_ticket_owes_nothing_further() -> None:
    for ended in ([RESOLVED], [RESOLVED, CLOSED]):
        assert outcome([OPENED, RESPONDED, *ended], replace(ASKS, awaits_reply=False))[-1].underway is None


def test_a_reopened_ticket_says_so_too_if_it_had_been_answered() -> None:
    assert outcome([OPENED, RESPONDED, RESOLVED], REOPENS)[0].underway == UNDERWAY
    assert outcome([OPENED, WITHDRAWN], REOPENS)[0].underway is None
