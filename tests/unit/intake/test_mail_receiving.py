"""A mail's content is what came between DATA and the lone dot, however the line was cut into pieces."""

import asyncio
import os
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.desk import eventually

from intake.mail import parse
from intake.mail.abridged import PART_BYTES, abridged
from intake.mailroom import content
from intake.mailroom.content import SMALL_MAIL_BYTES, Content, MailMemory, Received, Reservation, received

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
    async with MailMemory(500_000).reserve() as reservation:
        mail = await received(reader_of(b"x" * 1_000_000, b"\r\n.\r\nQUIT"), 500_000, reservation)
    assert tuple(mail) == (bytearray(), "too-much", b"QUIT")


async def test_a_line_that_is_cut_is_no_mail() -> None:
    with pytest.raises(EOFError):
        async with MailMemory(500_000).reserve() as reservation:
            await received(reader_of(b"Subject: x\r\n"), 500_000, reservation)


LONG = 4 * SMALL_MAIL_BYTES
"""Bytes of the longest mail."""


def piece(size: int) -> bytes:
    return b"x" * (size - 2) + b"\r\n"


async def test_large_mails_wait_for_room_and_are_given_back_if_none_becomes_free(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(content, "RESERVATION_TIMEOUT_SECONDS", 0.05)
    memory, line = MailMemory(LONG, 1), piece(LONG) + b".\r\n"
    async with memory.reserve() as first:
        assert (await received(reader_of(line), LONG, first)).fault is None
        async with memory.reserve() as second:
            refused = await received(reader_of(line, b"QUIT"), LONG, second)
            assert tuple(refused) == (bytearray(), "full", b"QUIT")
        async with memory.reserve() as small:
            assert (await received(reader_of(b"Subject: x\r\n.\r\n"), LONG, small)).fault is None
    async with memory.reserve() as third:
        assert (await received(reader_of(line), LONG, third)).fault is None


async def test_senders_on_thin_lines_leave_room_for_others() -> None:
    memory, slow = MailMemory(LONG), [asyncio.StreamReader() for _ in range(2)]
    async with memory.reserve() as one, memory.reserve() as other, memory.reserve() as third:
        receiving = [
            asyncio.create_task(received(reader, LONG, reservation))
            for reader, reservation in zip(slow, (one, other), strict=True)
        ]
        for reader in slow:
            reader.feed_data(piece(SMALL_MAIL_BYTES + 100))

        async def have_begun() -> bool:
            return bool(one.size and other.size)

        await eventually(have_begun)
        mail = await received(reader_of(piece(2 * SMALL_MAIL_BYTES) + b".\r\n"), LONG, third)
        assert (len(mail.content), mail.fault) == (2 * SMALL_MAIL_BYTES, None)
        for reader in slow:
            reader.feed_data(b".\r\n")
        assert [len((await mail).content) for mail in receiving] == [SMALL_MAIL_BYTES + 100] * 2


async def test_who_says_nothing_loses_its_room_to_who_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(content, "SILENCE_SECONDS", 0.2)
    memory, silent = MailMemory(LONG, 1), asyncio.StreamReader()
    silent.feed_data(piece(LONG))

    async def stall() -> Received:
        async with memory.reserve() as reservation:
            return await received(silent, LONG, reservation)

    stalling = asyncio.create_task(stall())
    async with memory.reserve() as other:
        mail = await received(reader_of(piece(LONG) + b".\r\n"), LONG, other)
        assert (len(mail.content), mail.fault) == (LONG, None)
    assert tuple(await stalling) == (bytearray(), "silent", b"")


async def test_what_is_thrown_away_has_no_room() -> None:
    memory, endless = MailMemory(LONG, 1), asyncio.StreamReader()
    endless.feed_data(piece(2 * LONG))
    async with memory.reserve() as reservation, memory.reserve() as other:
        throwing = asyncio.create_task(received(endless, LONG, reservation))

        async def all_read() -> bool:
            return not endless._buffer  # type: ignore[attr-defined]

        await eventually(all_read)
        mail = await received(reader_of(piece(LONG) + b".\r\n"), LONG, other)
        assert mail.fault is None
        endless.feed_data(b".\r\n")
        assert (await throwing).fault == "too-much"


@given(st.lists(st.integers(SMALL_MAIL_BYTES + 1, LONG), min_size=1, max_size=8), st.integers(1, 3))
async def test_mails_that_are_bounded_together_all_get_on(sizes: list[int], mails: int) -> None:
    """Each comes in pieces, all at once: none waits for ever for the room that the others have."""
    memory, most = MailMemory(LONG, mails), 0
    every: list[Reservation] = []

    async def take(size: int) -> bool:
        nonlocal most
        async with memory.reserve() as reservation:
            every.append(reservation)
            got = True
            for so_far in (*range(SMALL_MAIL_BYTES, size, SMALL_MAIL_BYTES), size):
                got = got and await reservation.grow_to(so_far)
                most = max(most, sum(one.size for one in every))
                await asyncio.sleep(0)
            return got

    assert all(await asyncio.gather(*map(take, sizes)))
    assert most <= mails * LONG


def with_dumps(*sizes: int) -> bytes:
    mail = EmailMessage()
    mail["From"], mail["Subject"] = "ann@acme.example", "It crashes"
    mail.set_content("It crashes.")
    for n, size in enumerate(sizes):
        mail.add_attachment(os.urandom(size), maintype="application", subtype="octet-stream", filename=f"{n}.dump")
    mail.add_attachment("OS: Debian", filename="later.txt", disposition="inline")
    return bytes(mail)


@pytest.mark.parametrize("sizes", [(100,), (PART_BYTES,), (5 * PART_BYTES, 100, 3 * PART_BYTES)])
def test_of_a_large_mail_all_is_read_but_the_bulk_of_its_parts(sizes: tuple[int, ...]) -> None:
    raw = with_dumps(*sizes)
    short = abridged(raw)
    assert len(short) <= (len(sizes) + 1) * PART_BYTES
    mail, names = parse(raw), [f"{n}.dump" for n in range(len(sizes))]
    assert (mail.sender, mail.subject, mail.text, mail.size) == (
        "ann@acme.example",
        "It crashes",
        "It crashes.",
        len(raw),
    )
    assert [attached.name for attached in mail.attachments] == [*names, "later.txt"]


@pytest.mark.parametrize("raw", [b"", b"x" * PART_BYTES, b"\n--" * 1000, b"Subject: x\n\n" + b"a line\n" * 1000])
def test_a_mail_that_is_not_large_is_read_whole(raw: bytes) -> None:
    assert abridged(raw) is raw


@pytest.mark.parametrize(
    "raw",
    [
        b"x" * 3 * PART_BYTES,
        b"\n" * 3 * PART_BYTES,
        b"\n--" * PART_BYTES,
        b"\r\n--" * PART_BYTES,
        b"-" * 3 * PART_BYTES,
    ],
)
def test_whatever_a_large_mail_consists_of_it_is_abridged_in_no_time(raw: bytes) -> None:
    assert raw.startswith(abridged(raw)[: PART_BYTES // 2])
    assert len(abridged(raw)) <= len(raw)
