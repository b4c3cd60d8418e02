"""A mail's content is what came between DATA and the lone dot, however the line was cut into pieces."""

import asyncio
import os
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.mail import parse
from intake.mail.abridged import PART, abridged
from intake.mailroom import receiving
from intake.mailroom.receiving import SMALL, Content, Places, received

PIECES = st.lists(st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"\r\n.", b"..", b"a", b"QUIT\r\n"]), max_size=12)


def line_by_line(stream: bytes) -> tuple[bytes, bytes]:
    """As RFC 5321 has it (4.5.2): a line that begins with a dot loses it, one of a dot alone ends the mail."""
    content, begin = b"", 0
    while True:
        end = stream.index(b"\r\n", begin) + 2
        line, begin = stream[begin:end], end
        if line == b".\r\n":
            return content, stream[begin:]
        content += line[1:] if line.startswith(b".") else line


@given(PIECES, st.lists(st.integers(1, 7), min_size=1))
def test_content_is_the_same_however_it_is_cut(pieces: list[bytes], sizes: list[int]) -> None:
    stream = b"".join(pieces) + b"\r\n.\r\nQUIT\r\n"
    content, at, n, rest = Content(), 0, 0, None
    while rest is None:
        size = sizes[n % len(sizes)]
        rest, at, n = content.feed(stream[at : at + size]), at + size, n + 1
    assert (bytes(content.taken), rest + stream[at:]) == line_by_line(stream)


def reader_of(*chunks: bytes) -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    for chunk in chunks:
        reader.feed_data(chunk)
    reader.feed_eof()
    return reader


async def test_what_is_longer_than_any_mail_may_be_is_thrown_away_as_it_comes() -> None:
    async with Places().place() as place:
        mail = await received(reader_of(b"x" * 1_000_000, b"\r\n.\r\nQUIT"), 500_000, place)
    assert tuple(mail) == (bytearray(), "too-much", b"QUIT")


async def test_a_line_that_is_cut_is_no_mail() -> None:
    with pytest.raises(EOFError):
        async with Places().place() as place:
            await received(reader_of(b"Subject: x\r\n"), 500_000, place)


async def test_large_mails_wait_for_a_place_and_are_given_back_if_none_becomes_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(receiving, "PLACE", 0.05)
    places, line = Places(1), b"x" * SMALL + b"x\r\n.\r\n"
    async with places.place() as first:
        assert (await received(reader_of(line), len(line), first)).fault is None
        async with places.place() as second:
            refused = await received(reader_of(line, b"QUIT"), len(line), second)
            assert tuple(refused) == (bytearray(), "full", b"QUIT")
        async with places.place() as small:
            assert (await received(reader_of(b"Subject: x\r\n.\r\n"), len(line), small)).fault is None
    async with places.place() as third:
        assert (await received(reader_of(line), len(line), third)).fault is None


def with_dumps(*sizes: int) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ann@acme.example", "It crashes"
    mail.set_content("It crashes.")
    for n, size in enumerate(sizes):
        mail.add_attachment(os.urandom(size), maintype="application", subtype="octet-stream", filename=f"{n}.dump")
    mail.add_attachment("OS: Debian", filename="later.txt", disposition="inline")
    return bytes(mail)


@pytest.mark.parametrize("sizes", [(100,), (PART,), (5 * PART, 100, 3 * PART)])
def test_of_a_large_mail_all_is_read_but_the_bulk_of_its_parts(sizes: tuple[int, ...]) -> None:
    raw = with_dumps(*sizes)
    short = abridged(raw)
    assert len(short) <= (len(sizes) + 1) * PART
    mail, names = parse(raw), [f"{n}.dump" for n in range(len(sizes))]
    assert (mail.sender, mail.subject, mail.text, mail.size) == (
        "ann@acme.example",
        "It crashes",
        "It crashes.",
        len(raw),
    )
    assert [attached.name for attached in mail.attachments] == [*names, "later.txt"]


@pytest.mark.parametrize("raw", [b"", b"x" * PART, b"\n--" * 1000, b"Subject: x\n\n" + b"a line\n" * 1000])
def test_a_mail_that_is_not_large_is_read_whole(raw: bytes) -> None:
    assert abridged(raw) is raw


@pytest.mark.parametrize("raw", [b"x" * 3 * PART, b"\n" * 3 * PART, b"\n--" * PART, b"\r\n--" * PART, b"-" * 3 * PART])
def test_whatever_a_large_mail_consists_of_it_is_abridged_in_no_time(raw: bytes) -> None:
    assert raw.startswith(abridged(raw)[: PART // 2])
    assert len(abridged(raw)) <= len(raw)
