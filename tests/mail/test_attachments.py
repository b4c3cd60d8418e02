"""What was attached to a mail is named: in a list, and in words where nothing else was said."""

import json
from base64 import b64encode
from binascii import b2a_uu

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


UU = "".join(b2a_uu(bytes(range(n, n + 45))).decode() for n in range(10))
DATA = b"".join(bytes(range(n, n + 45)) for n in range(10))


@pytest.mark.parametrize("end", ["`\nend\n", " \nend\n", "end\n", "\nend", ""])
def test_a_file_written_into_the_text_is_an_attachment(end: str) -> None:
    raw = plain(f"See file\n\nbegin 644 a log.txt\n{UU}{end}\nThanks\n")
    mail = parse(raw)
    assert message_words(mail).body.split() == ["See", "file", "Thanks"]
    assert mail.attachments == (Attachment("a log.txt", "application/octet-stream", len(DATA)),)
    assert attached(raw, 1) == (mail.attachments[0], DATA)
    assert attached(raw, 2) is None


def test_files_in_the_text_are_counted_behind_the_parts() -> None:
    text = f"Content-Type: text/plain\n\nbegin 600 a\n{UU}`\nend\nbegin 600 b\n#0V%T\n`\nend\n".encode()
    raw = parts(text, PNG)
    assert [one.name for one in parse(raw).attachments] == ["screen.png", "a", "b"]
    for number, name in enumerate(("screen.png", "a", "b"), start=1):
        found = attached(raw, number)
        assert found is not None
        assert found[0].name == name
    assert found == (Attachment("b", "application/octet-stream", 3), b"Cat")


def test_a_blank_at_the_end_of_such_a_line_may_be_lost() -> None:
    data = b"ab\x00" * 14 + b"\x00" * 3
    lines = b2a_uu(data).decode().replace("`", " ").rstrip()
    found = attached(plain(f"begin 644 x\n{lines}\n`\nend\n"), 1)
    assert found is not None
    assert found[1] == data


@pytest.mark.parametrize(
    "text", ["begin 644 reasons why\nThis is no file.", "begin 99 x\n#0V%T\nend", "Please\nbegin 644\n#0V%T"]
)
def test_words_that_begin_like_such_a_file_stay(text: str) -> None:
    assert parse(plain(text)).text == text
    assert parse(plain(text)).attachments == ()


@pytest.mark.parametrize("sign", "\u202e\u202d\u202a\u2066\u2069\u200f\u061c")
def test_a_files_name_turns_no_letters_round(sign: str) -> None:
    name = f'Content-Disposition: attachment; filename="invoice{sign}gpj.exe"\n\nx'.encode()
    assert parse(parts(TEXT, name)).attachments[0].name == "invoicegpj.exe"
    mail = f"Content-Type: message/rfc822\n\nSubject: a{sign}b\n\nx".encode()
    assert parse(parts(TEXT, mail)).attachments[0].name == "ab.eml"
