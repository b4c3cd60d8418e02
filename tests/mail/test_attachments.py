"""What was attached to a mail is named: in a list, and in words where nothing else was said."""

import json
from base64 import b64encode

import pytest
from tests.mail.cases import ARMOUR, CAME, ENVELOPED, PNG, SMIME, TEXT, Case, parts, plain

from intake.mail import Attachment, attached, in_place_of_text, listed, message_words, opening_words, parse, told
from intake.mail.abridged import PART_BYTES


@pytest.mark.parametrize("case", CAME, ids=str)
def test_a_mail_without_text_says_what_came_instead(case: Case) -> None:
    mail = parse(case.raw)
    words = message_words(mail)
    read = {"body": words.body, "description": words.description}
    assert {name: read[name] for name in case.read} == case.read
    says_something = case.fault in (
        "a picture that answers",
        "a line below it",
        "lines above it",
        "a quoted one",
    )
    assert bool(opening_words(mail).description) == says_something


def test_attachments_are_listed_by_name_type_and_size() -> None:
    mail = parse(parts(TEXT, PNG))
    kept = listed(mail.attachments)
    assert told(kept) == [
        {"number": 1, "name": "screen.png", "content_type": "image/png", "size": 2000, "closed": None}
    ]
    assert listed(()) is None
    assert told(None) == told("erased") == []


def test_an_encrypted_part_beside_a_text_is_named_as_such() -> None:
    mail = parse(parts(TEXT, SMIME + b64encode(ENVELOPED)))
    assert message_words(mail).body == "See below."
    (one,) = told(listed(mail.attachments))
    assert (one["name"], one["closed"]) == ("smime.p7m", "it is encrypted with S/MIME and can't be read here")


def test_the_first_part_that_can_t_be_read_is_named_to_whoever_wrote() -> None:
    assert opening_words(parse(parts(TEXT, PNG, SMIME + b64encode(ENVELOPED)))).unread == "smime"
    assert opening_words(parse(plain(ARMOUR))).unread == "pgp"
    assert opening_words(parse(parts(TEXT, PNG))).unread is None
    below = opening_words(parse(plain(f"Product: Aurora\nHelp, see below\n{ARMOUR}\nAnn\n")))
    assert (below.unread, below.description) == ("pgp", "Product: Aurora\nHelp, see below\nAnn")
    assert opening_words(parse(plain(f"> {ARMOUR}\nHelp!"))).unread is None


def test_no_list_of_attachments_is_too_long_to_be_recorded() -> None:
    many = [Attachment("x" * 5_000, "image/png", 1)] * 1_000
    kept = listed(many)
    assert kept is not None
    assert len(kept) < 32_000
    assert len(json.loads(kept)) == 100
    assert in_place_of_text(many).endswith("; and 980 more)")


def test_the_bytes_of_an_attachment_are_found_by_its_number() -> None:
    raw = parts(TEXT, PNG, b"Content-Type: audio/ogg\n\nx")
    found = [attached(raw, number) for number in range(4)]
    assert found[1] == (Attachment("screen.png", "image/png", 2000), b"\x89PNG" * 500)
    assert found[2] == (Attachment("", "audio/ogg", 1), b"x")
    assert found[0] is None
    assert found[3] is None
    assert attached(b"Content-Type: multipart/mixed; boundary=b\n\n" + b"--b\n" * 3, 1) is None


def test_the_size_of_a_large_attachment_is_that_of_all_of_it() -> None:
    line = b"QUFB" * 19 + b"\n"
    raw = parts(
        TEXT, b"Content-Type: image/png\nContent-Transfer-Encoding: base64\n\n" + line * (4 * PART_BYTES // len(line))
    )
    (one,) = parse(raw).attachments
    whole = attached(raw, 1)
    assert whole is not None
    assert abs(one.size - len(whole[1])) < 100


def test_a_mail_about_sizes_of_its_own_is_no_larger() -> None:
    raw = parts(TEXT, b"Content-Type: image/png\n\n1234\n~~ 9 bytes more ~~")
    assert parse(raw).attachments[0].size < 100
