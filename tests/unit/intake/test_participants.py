"""Who takes part in a ticket beside its requester."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from tests.unit.intake.story import (
    ACCOUNT,
    ANN,
    BOB,
    BY_ENGINEER,
    CLOSED,
    MESSAGE,
    OF_ANN,
    OF_BOB,
    OPENED,
    RESPONDED,
    TICKET,
    outcome,
    refusal,
    state_after,
)

from contracts.rights import NotAllowed
from contracts.roles import Role
from contracts.tickets import Details, MessagePosted, ParticipantAdded, ParticipantRemoved
from intake.domain.commands import (
    AddParticipant,
    Entitlement,
    OpenTicket,
    Participant,
    PostMessage,
    RemoveParticipant,
    TicketRequest,
)
from intake.domain.refusals import RequesterTakesPart, TooManyParticipants
from intake.domain.ticket.participants import PARTICIPANTS_AT_MOST

CAROL, DAN = UUID(int=21), UUID(int=22)
BY_BOB = PostMessage(**OF_BOB, message_id=MESSAGE, channel="email", body="And?", email="bob@acme.example")
BY_ANN = PostMessage(**OF_ANN, message_id=MESSAGE, channel="email", body="And?", email="ann@acme.example")
COPIED = Participant(CAROL, "carol@acme.example")
WROTE = ParticipantAdded(
    ticket_id=TICKET, account_id=ACCOUNT, subject_id=BOB, email="bob@acme.example", because="wrote"
)
NAMED = replace(WROTE, subject_id=CAROL, email="carol@acme.example", because="copied")
GONE = ParticipantRemoved(ticket_id=TICKET, subject_id=BOB)
ADD_DAN = AddParticipant(**BY_ENGINEER, participant=Participant(DAN, "dan@partner.example", outside=True))


def joined(given: list[Any], command: PostMessage) -> list[Any]:
    """Beside the message, and the reopening of a closed ticket."""
    return [event for event in outcome(given, command) if isinstance(event, ParticipantAdded)]


def test_a_colleague_who_writes_takes_part_from_then_on() -> None:
    posted, added = outcome([OPENED], BY_BOB)
    assert (type(posted), added) == (MessagePosted, WROTE)
    assert outcome([OPENED, posted, added], replace(BY_BOB, message_id=DAN))[1:] == []
    assert joined([OPENED, RESPONDED, CLOSED], BY_BOB) == [WROTE]


def test_where_a_colleague_wants_answers_is_on_record() -> None:
    elsewhere = replace(BY_BOB, reply_to="team@acme.example")
    assert joined([OPENED], elsewhere) == [replace(WROTE, reply_to="team@acme.example")]


@pytest.mark.parametrize(
    "command",
    [
        BY_ANN,
        replace(BY_BOB, email=None),
        replace(BY_BOB, machine=True, copied=(COPIED,)),
        replace(BY_BOB, by_hand=True, copied=(COPIED,)),
        PostMessage(**BY_ENGINEER, message_id=MESSAGE, channel="email", body="So.", email="eve@desk.example"),
    ],
)
def test_nobody_joins_by_a_message_of_the_requester_of_a_machine_of_staff_or_one_made_by_hand(
    command: PostMessage,
) -> None:
    assert joined([OPENED], command) == []


def test_who_is_named_in_a_mail_of_the_ticket_s_side_takes_part_once() -> None:
    twice = (COPIED, COPIED, Participant(ANN, "ann@acme.example"), Participant(BOB, "bob@acme.example"))
    assert joined([OPENED], replace(BY_ANN, copied=(COPIED,))) == [NAMED]
    assert joined([OPENED], replace(BY_BOB, copied=twice)) == [WROTE, NAMED]
    assert joined([OPENED, NAMED], replace(BY_ANN, copied=(COPIED,))) == []


@pytest.mark.parametrize(("machine", "named"), [(False, [NAMED]), (True, [])])
def test_who_is_named_in_the_mail_that_opens_a_ticket_takes_part_unless_a_machine_sent_it(
    machine: bool, named: list[Any]
) -> None:
    request = TicketRequest(
        ticket_id=TICKET,
        by="requester",
        number="P-1042",
        account_id=ACCOUNT,
        subject_id=ANN,
        channel="email",
        severity=3,
        priority="normal",
        details=Details(),
        title="It stops",
        description="It stops.",
        email="ann@acme.example",
        machine=machine,
        copied=(COPIED,),
    )
    opened, *others = outcome([], OpenTicket(request, Entitlement(account_version=1, tier="enlist", calendar=None)))
    assert (opened.email, others) == ("ann@acme.example", named)


def test_staff_add_anybody_once_and_whom_they_remove_no_mail_adds_again_but_their_own() -> None:
    (added,) = outcome([OPENED, RESPONDED, CLOSED], ADD_DAN)
    dan = replace(WROTE, subject_id=DAN, email="dan@partner.example", because="staff", outside=True)
    assert added == dan
    assert outcome([OPENED, added], ADD_DAN) == []
    remove = RemoveParticipant(**BY_ENGINEER, participant=BOB)
    assert outcome([OPENED], remove) == []
    assert outcome([OPENED, WROTE], remove) == [GONE]
    bob = Participant(BOB, "bob@acme.example")
    assert joined([OPENED, WROTE, GONE], replace(BY_ANN, copied=(bob,))) == []
    assert joined([OPENED, WROTE, GONE], BY_BOB) == [WROTE]
    assert outcome([OPENED, WROTE, GONE], AddParticipant(**BY_ENGINEER, participant=bob)) == [
        replace(WROTE, because="staff")
    ]


def test_the_requester_always_takes_part() -> None:
    ann = Participant(ANN, "ann@acme.example")
    assert outcome([OPENED], AddParticipant(**BY_ENGINEER, participant=ann)) == []
    remove = RemoveParticipant(**BY_ENGINEER, participant=ANN)
    assert isinstance(refusal([OPENED], remove), RequesterTakesPart)


def test_so_many_take_part_at_most() -> None:
    others = [replace(NAMED, subject_id=UUID(int=100 + n)) for n in range(PARTICIPANTS_AT_MOST - 1)]
    both = (COPIED, Participant(DAN, "dan@acme.example"))
    assert joined([OPENED, *others], replace(BY_ANN, copied=both)) == [NAMED]
    assert joined([OPENED, *others], replace(BY_BOB, copied=both)) == [WROTE]
    assert joined([OPENED, *others, NAMED], BY_BOB) == [WROTE]
    assert isinstance(refusal([OPENED, *others, NAMED], ADD_DAN), TooManyParticipants)


@pytest.mark.parametrize("role", ["requester", "account-admin", "vp", "analyst", "service"])
def test_only_the_desk_says_who_takes_part(role: Role) -> None:
    for command in (ADD_DAN, RemoveParticipant(**BY_ENGINEER, participant=BOB)):
        by = replace(command, by=role, account_id=ACCOUNT)
        assert isinstance(refusal([OPENED], by), NotAllowed)


def test_a_colleague_who_wrote_before_there_were_participants_changes_nothing() -> None:
    posted = outcome([OPENED], BY_BOB)[0]
    state = state_after([OPENED, posted])
    assert getattr(state, "ticket").participants == frozenset()  # noqa: B009 - whatever the situation
