"""What staff say by mail, and as what it counts."""

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.intake.story import CLOSED, MESSAGE, OPENED, RESPONDED, TICKET, WAITING, WITHDRAWN, outcome, refusal

from contracts.rights import NotAllowed
from contracts.tickets import InitialResponseGiven, MessagePosted
from intake.domain.commands import PostMessage
from intake.domain.refusals import TicketClosed
from intake.mail import is_staff, name_of, parse, role_of, staff_words
from intake.mail.staff import StaffWords

BY_MAIL = PostMessage(
    ticket_id=TICKET,
    by="engineer",
    message_id=MESSAGE,
    channel="email",
    body="We replace the disk tonight.",
    states="plan",
    mail="key",
    thread="<1@desk.example>",
    attachments="[]",
)


@pytest.mark.parametrize("given", [OPENED, WAITING])
def test_what_says_that_it_is_the_initial_response_is_it(given: Any) -> None:
    (response,) = outcome([given], BY_MAIL)
    assert isinstance(response, InitialResponseGiven)
    assert (response.states, response.body) == ("plan", "We replace the disk tonight.")
    assert (response.mail, response.thread, response.attachments) == ("key", "<1@desk.example>", "[]")


@pytest.mark.parametrize(
    ("given", "command"),
    [
        ([OPENED, RESPONDED], BY_MAIL),
        ([OPENED, RESPONDED, CLOSED], BY_MAIL),
        ([OPENED], replace(BY_MAIL, states=None)),
        ([OPENED], replace(BY_MAIL, public=False)),
    ],
)
def test_otherwise_it_is_a_message(given: list[Any], command: PostMessage) -> None:
    (message,) = outcome(given, command)
    assert isinstance(message, MessagePosted)
    assert (message.author, message.public, message.mail) == ("staff", command.public, "key")


def test_it_is_refused_as_it_would_be_over_http() -> None:
    assert isinstance(refusal([OPENED, WITHDRAWN], BY_MAIL), TicketClosed)
    assert isinstance(refusal([OPENED], replace(BY_MAIL, by="support-manager")), NotAllowed)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Done.", StaffWords("Done.")),
        ("Done.\n\n> Public: no\n> States: plan", StaffWords("Done.")),
        ("States: Plan\n\nDone.", StaffWords("Done.", "plan")),
        ("Done.\nstates \uff1a the resolution, as asked", StaffWords("Done.", "resolution")),
        ("States: plan\nStates: resolution\nDone.", StaffWords("Done.", "plan")),
        ("States: all of them\nDone.", StaffWords("States: all of them\nDone.")),
        ("Public: no\nDone.", StaffWords("Done.", public=False)),
        ("Public: nope\nDone.", StaffWords("Done.", public=False)),
        ("Public: Yes.\nDone.", StaffWords("Done.")),
        ("> Only quoted", StaffWords("")),
        ("> No answer yet.\n\nDone.\n\n> Due before: 14:00\n\nAnd tested.", StaffWords("Done.\n\n\nAnd tested.")),
        ("States: plan", StaffWords("", "plan")),
    ],
)
def test_labelled_lines_say_as_what_it_counts(text: str, words: StaffWords) -> None:
    mail = parse(f"From: eve@desk.example\nContent-Type: text/plain; charset=utf-8\n\n{text}".encode())
    assert staff_words(mail) == words


def test_a_file_alone_is_posted_as_what_it_is() -> None:
    head = "From: eve@desk.example\nContent-Type: image/png\nContent-Disposition: attachment; filename=a.png\n\n"
    assert "a.png" in staff_words(parse(head.encode() + b"png")).body


@pytest.mark.parametrize(
    ("address", "staff", "name", "role"),
    [
        ("Eve@Desk.example", True, "eve", "engineer"),
        ("vp+mobile@desk.example", True, "vp", "vp"),
        ("support-manager@desk.example", True, "support-manager", "support-manager"),
        ("admin@desk.example", True, "admin", "engineer"),
        ("eve@mail.desk.example", False, "eve", "engineer"),
        ("eve@desk.example.evil.example", False, "eve", "engineer"),
    ],
)
def test_a_member_of_the_staff_is_known_by_the_mailbox(address: str, staff: bool, name: str, role: str) -> None:
    assert (is_staff(address, "desk.example"), name_of(address), role_of(address)) == (staff, name, role)
