"""The signed reply address: what a mail system may do to it, and what a forger can't."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kit.signed.reply_address import reply_address, ticket_named

KEY, OLD_KEY = b"the key of today", b"the key of before"
TICKET = UUID("7d444840-9dc0-11d1-b245-5ffdce74fad2")
ADDRESS = reply_address("support@desk.example", TICKET, KEY)


@given(st.uuids())
def test_it_names_its_ticket_in_either_case_and_fits_a_local_part(ticket: UUID) -> None:
    address = reply_address("support@desk.example", ticket, KEY)
    assert ticket_named([address], [KEY]) == ticket_named([address.upper()], [KEY]) == ticket
    assert len(address.partition("@")[0]) <= 64


def test_an_address_of_an_older_key_is_still_good() -> None:
    assert ticket_named([reply_address("support@desk.example", TICKET, OLD_KEY)], [KEY, OLD_KEY]) == TICKET


def test_the_first_recipient_that_is_ours_counts() -> None:
    assert ticket_named(["bob@customer.example", "support@desk.example", ADDRESS], [KEY]) == TICKET


@pytest.mark.parametrize(
    "address",
    [
        "support@desk.example",
        "",
        ADDRESS.replace("+a", "+b") if "+a" in ADDRESS else ADDRESS.replace("+", "+a", 1),
        reply_address("support@desk.example", TICKET, b"somebody else's key"),
        "support+aaaaaaaaaaaaaaaaaaaaaaaaaa.aaaaaaaaaaaaaaaa@desk.example",
        ADDRESS.replace("@", "x@"),
    ],
)
def test_a_forged_one_names_nothing(address: str) -> None:
    assert ticket_named([address], [KEY]) is None
