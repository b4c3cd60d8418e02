"""A ticket's story so far, to begin tests with: given facts, when a command, then facts or a refusal."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime
from functools import reduce
from typing import Any
from uuid import UUID

import pytest

from contracts.envelope import Fact, Meta, Recorded
from contracts.names import TICKETS
from contracts.tickets import (
    Closed,
    Details,
    InformationCompleted,
    InformationRequested,
    InitialResponseGiven,
    MessagePosted,
    Reopened,
    Resolved,
    TicketOpened,
    Underway,
)
from intake.domain import INITIAL, decide, evolve
from intake.domain.commands import Command
from intake.domain.refusals import Refusal
from intake.domain.state import State

TICKET, ACCOUNT, OTHER_ACCOUNT = UUID(int=1), UUID(int=2), UUID(int=3)
ANN, BOB, MESSAGE = UUID(int=4), UUID(int=5), UUID(int=6)
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)

ALL = Details(product="Punctual", product_version="3.1", os="Debian", os_version="12")

OPENED = TicketOpened(
    ticket_id=TICKET,
    number="P-1042",
    account_id=ACCOUNT,
    account_version=1,
    subject_id=ANN,
    channel="portal",
    severity=2,
    priority="high",
    tier="enlist",
    calendar=None,
    details=ALL,
    missing=(),
    title="It stops",
    description="It stops after an hour.",
    email="ann@acme.example",
)
WAITING = replace(OPENED, details=Details(product="Punctual", os="Debian"), missing=("product_version", "os_version"))
ASKED = InformationRequested(
    ticket_id=TICKET,
    subject_id=ANN,
    missing=("os_version",),
    reason="Which build of it?",
    named=("os_version",),
)
COMPLETED = InformationCompleted(
    ticket_id=TICKET, subject_id=ANN, severity=2, tier="enlist", calendar=None, details=ALL, description=None
)
CONTACTED = MessagePosted(
    ticket_id=TICKET,
    subject_id=ANN,
    message_id=MESSAGE,
    channel="portal",
    author="staff",
    public=True,
    contact=True,
    body="I am looking at it.",
)
NOTED = replace(CONTACTED, public=False, contact=False, body="Looks like the old fault.")
RESPONDED = InitialResponseGiven(
    ticket_id=TICKET,
    subject_id=ANN,
    message_id=MESSAGE,
    severity=2,
    tier="enlist",
    calendar=None,
    waiting=False,
    states="plan",
    body="We replace the disk tonight.",
    number="P-1042",
    account_id=ACCOUNT,
)
UNDERWAY = Underway(number="P-1042", account_id=ACCOUNT, severity=2, tier="enlist", calendar=None)
RESOLVED = Resolved(ticket_id=TICKET, subject_id=ANN, resolution="Disk replaced.")
CLOSED = Closed(
    ticket_id=TICKET,
    account_id=ACCOUNT,
    subject_id=ANN,
    number="P-1042",
    cause="resolved",
    closing=1,
    email="ann@acme.example",
    severity=2,
    tier="enlist",
)
WITHDRAWN = replace(CLOSED, cause="withdrawn")
REOPENED = Reopened(ticket_id=TICKET, subject_id=ANN, reason="It stops again.", underway=UNDERWAY)

OF_ANN: dict[str, Any] = {"ticket_id": TICKET, "by": "requester", "account_id": ACCOUNT, "subject_id": ANN}
OF_BOB: dict[str, Any] = {**OF_ANN, "subject_id": BOB}
OF_A_STRANGER: dict[str, Any] = {**OF_BOB, "account_id": OTHER_ACCOUNT}
BY_ENGINEER: dict[str, Any] = {"ticket_id": TICKET, "by": "engineer"}
BY_TAM: dict[str, Any] = {"ticket_id": TICKET, "by": "account-manager"}


def state_after(given: Iterable[Any]) -> State:
    """What the facts add up to."""
    return reduce(evolve, given, INITIAL)


def outcome(given: Iterable[Any], when: Command) -> list[Any]:
    """The facts that follow from the command."""
    return decide(when, state_after(given))


def refusal(given: Iterable[Any], when: Command) -> Refusal:
    """Why the command is refused."""
    with pytest.raises(Refusal) as caught:
        decide(when, state_after(given))
    return caught.value


def recorded(event: Any, *, version: int, imported: bool = False) -> Fact:
    """The fact as the log has it."""
    return Recorded(
        topic=TICKETS,
        shard=0,
        shard_seq=version,
        stream=f"account-{ACCOUNT}",
        version=version,
        event_id=UUID(int=100 + version),
        command_id=UUID(int=200 + version),
        recorded_at=NOON,
        event=event,
        meta=Meta(actor="somebody", role="admin", occurred_at=NOON if imported else None),
    )
