"""How the requester of a closed ticket is asked to rate the support (P16): intake knows who opened it and who wrote."""

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.intake.story import (
    CLOSED,
    CONTACTED,
    MESSAGE,
    OF_ANN,
    OPENED,
    REOPENED,
    RESPONDED,
    TICKET,
    outcome,
)

from contracts.tickets import TicketOpened
from intake.domain.commands import (
    Close,
    Entitlement,
    OpenTicket,
    PostMessage,
    Reopen,
    TicketRequest,
)
from intake.domain.policy import SHIPPED
from intake.mail import parse
from intake.mailroom.process import request_for

CLOSE = Close(**OF_ANN, cause="resolved")
ANN_WROTE = replace(CONTACTED, author="requester", contact=False)
BY_MACHINE = replace(OPENED, machine=True)


@pytest.mark.parametrize(
    ("given", "asks"),
    [
        ([OPENED, RESPONDED], "mail"),
        ([BY_MACHINE, RESPONDED], "portal"),
        ([BY_MACHINE, CONTACTED, RESPONDED, replace(ANN_WROTE, machine=True)], "portal"),
        ([BY_MACHINE, RESPONDED, ANN_WROTE], "mail"),
        ([OPENED, replace(ANN_WROTE, machine=True), RESPONDED], "mail"),
        ([replace(OPENED, own=True), RESPONDED, ANN_WROTE], "nobody"),
    ],
)
def test_a_machines_requester_is_asked_in_the_portal_until_a_person_writes_and_staff_never(
    given: list[Any], asks: Any
) -> None:
    assert outcome(given, CLOSE) == [replace(CLOSED, asks=asks)]


def request(**changes: Any) -> OpenTicket:
    asked: dict[str, Any] = {
        "ticket_id": TICKET,
        "by": "requester",
        "number": "P-1042",
        "account_id": OPENED.account_id,
        "subject_id": OPENED.subject_id,
        "channel": "email",
        "severity": 2,
        "priority": "high",
        "details": OPENED.details,
        "title": OPENED.title,
        "description": OPENED.description,
        "email": OPENED.email,
    }
    return OpenTicket(TicketRequest(**asked | changes), Entitlement(account_version=1, tier="enlist", calendar=None))


@pytest.mark.parametrize("what", ["machine", "own"])
def test_who_asks_is_on_record(what: str) -> None:
    for said in (True, False):
        (opened,) = outcome([], request(**{what: said}))
        assert isinstance(opened, TicketOpened)
        assert getattr(opened, what) == said


def test_a_machines_message_is_on_record_as_such() -> None:
    for machine in (True, False):
        post = PostMessage(**OF_ANN, message_id=MESSAGE, channel="email", body="Again.", machine=machine)
        (posted,) = outcome([OPENED, RESPONDED], post)
        assert posted.machine == machine


def test_reopening_names_the_closing_that_it_undoes() -> None:
    again = Reopen(**OF_ANN, reason="It stops again.")
    for given, closing in (([CLOSED], 1), ([CLOSED, REOPENED, replace(CLOSED, closing=2)], 2)):
        (reopened,) = outcome([OPENED, RESPONDED, *given], again)
        assert reopened.closing == closing


@pytest.mark.parametrize(("mark", "machine"), [(b"", False), (b"Auto-Submitted: auto-generated\n", True)])
@pytest.mark.parametrize("target", ["ticket", "message"])
def test_the_mailroom_says_of_each_mail_whether_a_machine_wrote_it(target: str, mark: bytes, machine: bool) -> None:
    mail = parse(b"From: ann@acme.example\nSubject: It stops\n" + mark + b"\nIt stops after an hour.")
    row = {
        "key": "m",
        "reason": None,
        "target": target,
        "ticket_id": TICKET,
        "account_id": OPENED.account_id,
        "subject_id": OPENED.subject_id,
        "related": None,
    }
    command: Any = request_for(row, mail, "P-1042", SHIPPED).command
    assert command.machine == machine
