"""What stands for addresses, and what seals mails."""

import pytest

from contracts.errors import SealBroken
from intake.directory import Directory
from intake.mail_seal import SLICE_BYTES, Opening, seal, sealed_size, unseal
from intake.mailroom.receive import envelope

MASTER, KEY = b"m" * 32, b"k" * 32


def test_an_address_has_one_digest_whatever_its_case_and_none_without_the_key() -> None:
    directory = Directory(MASTER)
    assert directory.digest("Ann@Acme.Example ") == directory.digest("ann@acme.example")
    assert directory.digest("ann@acme.example") != directory.digest("bob@acme.example")
    assert directory.digest("ann@acme.example") != Directory(KEY).digest("ann@acme.example")
    assert directory.digest("<a@b>") != directory.digest_of_message("<a@b>")
    assert len(directory.digest("\ud800")) == 32


def test_a_sealed_mail_opens_with_its_key_in_its_place_only() -> None:
    sealed = seal(KEY, b"Hello", "one/raw")
    assert unseal(KEY, sealed, "one/raw") == b"Hello"
    assert seal(KEY, b"Hello", "one/raw") != sealed
    for key, data, place in [
        (MASTER, sealed, "one/raw"),
        (KEY, sealed, "two/raw"),
        (KEY, sealed[:-1], "one/raw"),
        (KEY, b"", "one/raw"),
    ]:
        with pytest.raises(SealBroken):
            unseal(key, data, place)


@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, SLICE_BYTES - 1, SLICE_BYTES, SLICE_BYTES + 1])
def test_what_was_sealed_opens_in_pieces_of_any_length(size: int) -> None:
    data = bytes(n % 251 for n in range(size))
    sealed = seal(KEY, data, "one/raw")
    assert sealed_size(data) == len(sealed)
    for length in (1, 13, 100, len(sealed)):
        if len(sealed) > 10_000 * length:
            continue
        opening = Opening(KEY, "one/raw")
        for at in range(0, len(sealed), length):
            opening.take(sealed[at : at + length])
        assert opening.done() == data


def test_the_envelope_stands_above_the_mail_and_can_not_add_lines() -> None:
    got = envelope("a\r\nBcc: b@c", ["support@x", "\udcff@x"])
    assert got == b"Return-Path: <aBcc: b@c>\r\nDelivered-To: support@x\r\nDelivered-To: \xff@x\r\n"
