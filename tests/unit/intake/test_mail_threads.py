"""To which ticket a mail belongs, and who may be heard there."""

from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from contracts.message_ids import message_id
from intake.mail import Begins, Belongs, Clue, Found, clues, is_fresh, others, parse, referred, thread
from intake.mail.threads import IDS_REMEMBERED
from kit.signed.reply_address import reply_address

TICKET, OTHER, THIRD = UUID(int=1 << 100), UUID(int=2), UUID(int=3)
ACME, RIVAL = UUID(int=10), UUID(int=11)
KEY, OLD_KEY = b"a key of 16 bytes or more", b"the key before that one"
ADDRESS = reply_address("support@desk.example", TICKET, KEY)

HERE = Found(ticket_id=TICKET, account_id=ACME)
ELSEWHERE = Found(ticket_id=OTHER, account_id=RIVAL, participants=frozenset({"carol"}))


def mail_to(address: str, more: str = "") -> bytes:
    return f"From: ann@acme.example\nTo: {address}\n{more}\n\nHello".encode()


def named(address: str, *keys: bytes) -> list[object]:
    return [clue.value for clue in clues(parse(mail_to(address)), keys or (KEY,)) if clue.by == "reply-address"]


def test_a_signed_reply_address_names_its_ticket_whatever_happens_to_its_case() -> None:
    assert named(ADDRESS) == named(ADDRESS.upper()) == [TICKET]
    assert len(ADDRESS.partition("@")[0]) <= 64


def test_a_reply_address_outlives_a_change_of_keys() -> None:
    assert named(reply_address("support@desk.example", TICKET, OLD_KEY), KEY, OLD_KEY) == [TICKET]


@pytest.mark.parametrize(
    "address",
    [
        "support@desk.example",
        ADDRESS.replace("+a", "+b"),
        reply_address("support@desk.example", TICKET, b"somebody else's key"),
        "support+aaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaa@desk.example",
    ],
)
def test_a_forged_reply_address_names_nothing(address: str) -> None:
    assert named(address) == []


def test_clues_come_in_their_order_once_each() -> None:
    more = "Subject: Re: P-1042\nIn-Reply-To: <q@x>\nReferences: <root@x> <mid@x> <q@x> <root@x>"
    assert clues(parse(mail_to(ADDRESS, more)), (KEY,)) == (
        Clue("reply-address", TICKET),
        Clue("in-reply-to", "<q@x>"),
        Clue("references", "<q@x>"),
        Clue("references", "<mid@x>"),
        Clue("references", "<root@x>"),
        Clue("subject", "P-1042"),
    )


def test_of_several_signed_addresses_those_of_the_same_account_are_the_others() -> None:
    addresses = [reply_address("support@desk.example", ticket, KEY) for ticket in (TICKET, OTHER, THIRD, TICKET)]
    told = clues(parse(mail_to(", ".join(addresses))), (KEY,))
    assert [clue.value for clue in told] == [TICKET, OTHER, THIRD]
    found = dict(zip(told, (HERE, ELSEWHERE, Found(ticket_id=THIRD, account_id=ACME)), strict=True))
    first = thread(told, found, sender="ann", account_id=ACME)
    assert isinstance(first, Belongs)
    assert [one.ticket_id for one in others(told, found, first, sender="ann", account_id=ACME)] == [THIRD]


@pytest.mark.parametrize(
    ("account", "heard_on"), [(ACME, [TICKET, THIRD, OTHER]), (RIVAL, [TICKET, THIRD]), (None, [TICKET, THIRD])]
)
def test_of_several_tickets_a_mail_is_heard_only_on_those_in_which_its_sender_takes_part(
    account: UUID | None, heard_on: list[UUID]
) -> None:
    eve = frozenset({"eve"})
    found = {
        Clue("reply-address", TICKET): Found(ticket_id=TICKET, account_id=ACME, participants=eve),
        Clue("reply-address", OTHER): Found(ticket_id=OTHER, account_id=ACME, participants=frozenset({"ann"})),
        Clue("reply-address", THIRD): Found(ticket_id=THIRD, account_id=ACME, participants=eve),
    }
    for in_order in permutations(found):
        asked: dict[str, Any] = {"sender": "eve", "account_id": account}
        first = thread(in_order, found, **asked)
        assert isinstance(first, Belongs)
        heard = {first.ticket_id, *(one.ticket_id for one in others(in_order, found, first, **asked))}
        assert heard == set(heard_on)


@pytest.mark.parametrize("fresh", [True, False])
def test_of_several_tickets_a_fresh_mail_is_heard_only_on_those_that_are_open(fresh: bool) -> None:
    found = {
        Clue("reply-address", TICKET): Found(ticket_id=TICKET, account_id=ACME, closed=True),
        Clue("reply-address", OTHER): Found(ticket_id=OTHER, account_id=ACME),
        Clue("reply-address", THIRD): Found(ticket_id=THIRD, account_id=ACME),
    }
    for in_order in permutations(found):
        asked: dict[str, Any] = {"sender": "ann", "account_id": ACME, "fresh": fresh}
        first = thread(in_order, found, **asked)
        assert isinstance(first, Belongs)
        heard = {first.ticket_id, *(one.ticket_id for one in others(in_order, found, first, **asked))}
        assert heard == ({OTHER, THIRD} if fresh else {TICKET, OTHER, THIRD})


def test_a_fresh_mail_is_related_to_the_closed_ticket_of_its_sender_rather_than_to_another_s() -> None:
    closed = Found(ticket_id=TICKET, account_id=ACME, closed=True)
    found = {Clue("reply-address", OTHER): ELSEWHERE, Clue("reply-address", TICKET): closed}
    assert thread(tuple(found), found, sender="ann", account_id=ACME, fresh=True) == Begins(related=TICKET)


IN_ORDER = (
    Clue("reply-address", TICKET),
    Clue("in-reply-to", "<q@x>"),
    Clue("references", "<root@x>"),
    Clue("subject", "P-1042"),
)


@pytest.mark.parametrize("at", range(4))
def test_the_first_clue_that_finds_a_ticket_decides(at: int) -> None:
    third = Found(ticket_id=THIRD, account_id=ACME)
    found = {IN_ORDER[at]: HERE, **dict.fromkeys(IN_ORDER[at + 1 :], third)}
    assert thread(IN_ORDER, found, sender="ann", account_id=ACME) == Belongs(
        ticket_id=TICKET, account_id=ACME, by=IN_ORDER[at].by
    )


def test_who_takes_part_is_heard_and_acts_for_the_ticket_s_account() -> None:
    found = {IN_ORDER[1]: ELSEWHERE}
    assert thread(IN_ORDER, found, sender="carol", account_id=None) == Belongs(
        ticket_id=OTHER, account_id=RIVAL, by="in-reply-to"
    )


@pytest.mark.parametrize("account", [ACME, None])
def test_a_stranger_s_mail_opens_a_ticket_that_links_to_the_one_it_names(account: UUID | None) -> None:
    assert thread(IN_ORDER, {IN_ORDER[3]: ELSEWHERE}, sender="ann", account_id=account) == Begins(related=OTHER)


def test_a_clue_to_another_s_ticket_does_not_hide_one_s_own() -> None:
    found = {IN_ORDER[1]: ELSEWHERE, IN_ORDER[3]: HERE}
    assert thread(IN_ORDER, found, sender="ann", account_id=ACME) == Belongs(
        ticket_id=TICKET, account_id=ACME, by="subject"
    )


@pytest.mark.parametrize(
    ("headers", "numbers"),
    [
        ("Subject: Printer HP P-1000 is jammed", []),
        ("Subject: [P-1000] jammed", ["P-1000"]),
        ("Subject: Re: P-1000 is jammed", ["P-1000"]),
        ("Subject: AW: WG: P-1000", ["P-1000"]),
        ("Subject: 回复：P-1000", ["P-1000"]),
        ("Subject: Отв: P-1000", ["P-1000"]),
        ("Subject: P-1000 again\nIn-Reply-To: <q@x>", ["P-1000"]),
        ("Subject: Re: P-7 as in [p-1000]", ["P-1000", "P-7"]),
        ("Subject: Regards from P-1000", []),
    ],
)
def test_a_bare_number_names_a_ticket_in_a_reply_alone(headers: str, numbers: list[str]) -> None:
    told = clues(parse(f"From: ann@acme.example\n{headers}\n\nHello".encode()), (KEY,))
    assert [clue.value for clue in told if clue.by == "subject"] == numbers


def test_a_fresh_mail_to_the_address_of_a_closed_ticket_is_a_new_matter() -> None:
    closed = Found(ticket_id=TICKET, account_id=ACME, closed=True)
    (clue,) = clues(parse(mail_to(ADDRESS, "Subject: Something else")), (KEY,))
    asked: dict[str, Any] = {"sender": "ann", "account_id": ACME}
    assert thread([clue], {clue: closed}, **asked, fresh=True) == Begins(related=TICKET)
    assert isinstance(thread([clue], {clue: closed}, **asked), Belongs)
    assert isinstance(thread([clue], {clue: HERE}, **asked, fresh=True), Belongs)


@pytest.mark.parametrize(
    ("headers", "fresh"),
    [
        ("Subject: Something else", True),
        ("Subject: Re: Something", False),
        ("Subject: Something [P-7]", False),
        ("Subject: Something\nReferences: <q@x>", False),
    ],
)
def test_what_refers_to_an_earlier_mail_is_not_fresh(headers: str, fresh: bool) -> None:
    assert is_fresh(parse(mail_to(ADDRESS, headers))) == fresh


def test_the_ids_that_a_mail_refers_to_are_remembered() -> None:
    ours = message_id(TICKET, OTHER, "desk.example")
    more = f"Message-ID: <m@x>\nIn-Reply-To: <q@x>\nReferences: <root@x> {ours} <q@x>"
    assert referred(parse(mail_to(ADDRESS, more))) == ("<q@x>", "<root@x>")
    many = " ".join(f"<{n}@x>" for n in range(200))
    told = referred(parse(mail_to(ADDRESS, f"References: {many}")))
    assert (len(told), told[0]) == (IDS_REMEMBERED, "<199@x>")


def test_a_mail_without_a_known_clue_opens_a_ticket() -> None:
    assert thread(IN_ORDER, {}, sender="ann", account_id=ACME) == Begins()
    assert thread((), {}, sender="ann", account_id=ACME) == Begins()


def test_an_id_that_was_encoded_because_of_its_length_is_still_read() -> None:
    first, second = "<0123456789-0123456789.abcdefghij", "-abcdefghij@desk.example>"
    raw = f"In-Reply-To: =?utf-8?q?=3C{first[1:]}?=\r\n =?utf-8?q?{second[:-1].replace('@', '=40')}=3E?=\r\n\r\nHello"
    assert parse(raw.encode()).in_reply_to == (first + second,)
