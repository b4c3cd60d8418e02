"""Mail from a folder on a real IMAP server, to a process as operators run it."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx2
import pytest
from tests.conftest import Factory
from tests.desk import eventually
from tests.dovecot import PASSWORD, USER, Dovecot, dovecot
from tests.integration.intake.post import written
from tests.integration.intake.test_mail_ways import ANN, mails, port
from tests.integration.kit.serving import Serving, serving
from tests.stack import Addresses

from intake.mailroom import polling
from intake.mailroom.content import MailMemory
from intake.mailroom.imap import MARK, Folder
from intake.mailroom.polling import LEFT, UNREACHED, Poller
from intake.settings import Settings
from kit.clock import WallClock
from kit.store import Unavailable

LONGEST = 100_000


@pytest.fixture
async def server() -> AsyncIterator[Dovecot]:
    async with dovecot() as made:
        yield made


@pytest.fixture
async def intake(
    server: Dovecot, stack: Addresses, database: Factory, intake_prefix: str, tmp_path: Path
) -> AsyncIterator[Serving]:
    """One that polls, not started."""
    password = tmp_path / "password"
    password.write_text(PASSWORD + "\n")
    settings = {
        "IMAP_HOST": "127.0.0.1",
        "IMAP_PORT": str(server.port),
        "IMAP_TLS": "none",
        "IMAP_USER": USER,
        "IMAP_PASSWORD_FILE": str(password),
        "IMAP_POLL_SECONDS": "0.2",
        "MAIL_BYTES": str(LONGEST),
    }
    more = {f"PUNCTUAL_INTAKE_{name}": value for name, value in settings.items()}
    async with serving("intake", stack, database, intake_prefix, tmp_path, **more) as one:
        yield one


def letter(subject: str, **headers: str) -> bytes:
    return bytes(written(ANN, subject, **headers))


async def measured(intake: Serving, name: str) -> float:
    async with httpx2.AsyncClient(base_url=intake.url) as client:
        lines = (await client.get("/metrics")).text.splitlines()
    return float(next(line for line in lines if line.startswith(name + "{")).rpartition(" ")[2])


async def marked(server: Dovecot, count: int) -> None:
    """Wait until all are, and not read."""

    async def look() -> bool:
        return await server.flags() == [(MARK,)] * count

    await eventually(look, 30)


async def test_mails_are_marked_once_they_are_stored_and_one_that_comes_twice_is_one(
    intake: Serving, server: Dovecot
) -> None:
    await server.put(letter("First", Message_ID="<1@pc.example>"), letter("Second", Message_ID="<2@pc.example>"))
    await intake.start()
    await intake.ready()
    await marked(server, 2)
    assert {one["subject"] for one in await mails(intake)} == {"First", "Second"}
    assert intake.process
    intake.process.kill()
    await intake.process.wait()

    def forgotten() -> None:
        """As if it had been killed after it had stored the mails."""
        with server.box() as box:
            box.flag(box.uids(), [MARK], False)
            box.flag(box.uids(), ["\\Seen"], True)

    await asyncio.to_thread(forgotten)
    await server.put(letter("Third", Message_ID="<3@pc.example>"), letter("First", Message_ID="<1@pc.example>"))
    await intake.start()
    await intake.ready()

    async def look() -> bool:
        return [MARK in flags for flags in await server.flags()] == [True] * 4

    await eventually(look, 30)
    kept = await mails(intake)
    assert sorted(one["subject"] for one in kept) == ["First", "Second", "Third"]
    assert await measured(intake, LEFT) == 0
    assert await measured(intake, UNREACHED) == 0
    assert not [line for line in intake.lines() if line["level"] in ("error", "critical")]
    assert PASSWORD not in intake.said() + intake.complained()


async def test_mails_are_moved_over_tls_and_what_people_deleted_stays(intake: Serving, server: Dovecot) -> None:
    await server.put(letter("Deleted"), letter("Taken"))

    def deleted() -> None:
        with server.box() as box:
            box.client.uid("STORE", "1", "+FLAGS", r"(\Deleted)")

    await asyncio.to_thread(deleted)
    await intake.start(
        PUNCTUAL_INTAKE_IMAP_TLS="tls",
        PUNCTUAL_INTAKE_IMAP_PORT=str(server.tls_port),
        PUNCTUAL_INTAKE_IMAP_TLS_CA=str(server.certificate),
        PUNCTUAL_INTAKE_IMAP_STORED_FOLDER="Gespeichert äöü",
    )
    await intake.ready()

    async def moved() -> bool:
        return len(await server.flags("Gespeichert äöü")) == 1

    await eventually(moved, 30)
    assert await server.flags() == [("\\Deleted",)]
    assert [one["subject"] for one in await mails(intake)] == ["Taken"]


async def test_starttls_is_begun_and_a_stranger_s_certificate_is_refused(intake: Serving, server: Dovecot) -> None:
    await server.put(letter("Secret"))
    await intake.start(PUNCTUAL_INTAKE_IMAP_TLS="starttls")
    await intake.ready()

    async def refused() -> bool:
        return any("CERTIFICATE_VERIFY_FAILED" in line["why"] for line in intake.lines() if "why" in line)

    await eventually(refused, 30)
    assert await mails(intake) == []
    assert intake.process
    intake.process.terminate()
    assert await intake.ended() == 0
    await intake.start(PUNCTUAL_INTAKE_IMAP_TLS="starttls", PUNCTUAL_INTAKE_IMAP_TLS_CA=str(server.certificate))
    await intake.ready()
    await marked(server, 1)


async def test_what_can_not_be_stored_stays_and_the_others_are_taken(intake: Serving, server: Dovecot) -> None:
    await server.put(letter("Before"), letter("Long") + b"x\r\n" * LONGEST, letter("After"))
    await intake.start()
    await intake.ready()

    async def look() -> bool:
        return await server.flags() == [(MARK,), (), (MARK,)]

    await eventually(look, 30)
    await asyncio.sleep(1)
    assert {one["subject"] for one in await mails(intake)} == {"Before", "After"}
    assert await measured(intake, LEFT) == 1
    (line,) = intake.lines("a mail stays on the IMAP server")
    assert (line["uid"], line["level"]) == (2, "error")


async def test_a_server_that_is_away_holds_up_nothing_and_is_tried_again(intake: Serving, server: Dovecot) -> None:
    await server.put(letter("Before"))
    await intake.start()
    await intake.ready()
    await marked(server, 1)
    await server.stop()

    async def away() -> bool:
        return await measured(intake, UNREACHED) > 0

    await eventually(away, 30)
    assert (await intake.condition())[0] == 200
    _, writer = await asyncio.open_connection("127.0.0.1", port(intake))
    writer.close()
    await server.start()
    await server.put(letter("After"))
    await marked(server, 2)
    assert await measured(intake, UNREACHED) == 0
    assert {one["subject"] for one in await mails(intake)} == {"Before", "After"}
    assert intake.lines("the IMAP server can be read again")

    assert intake.process
    intake.process.terminate()
    assert await intake.ended() == 0


async def test_a_wrong_password_is_told_and_holds_up_nothing(intake: Serving, server: Dovecot, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    wrong.write_text("not the password")
    await intake.start(PUNCTUAL_INTAKE_IMAP_PASSWORD_FILE=str(wrong))
    await intake.ready()

    async def told() -> bool:
        return bool(intake.lines("the IMAP server can't be read; mails wait there"))

    await eventually(told, 30)
    assert "AUTHENTICATIONFAILED" in intake.said()
    assert "not the password" not in intake.said() + intake.complained()
    assert (await intake.condition())[0] == 200


@pytest.mark.parametrize("name", ["IMAP_USER", "IMAP_PASSWORD_FILE"])
async def test_a_server_without_a_user_or_password_ends_the_start(intake: Serving, name: str) -> None:
    await intake.start(**{f"PUNCTUAL_INTAKE_{name}": ""})
    assert await intake.ended() != 0
    assert f"PUNCTUAL_INTAKE_{name} is wrong" in intake.complained()


class Receiving:
    """Stores mails, but for those that it can't."""

    def __init__(self) -> None:
        self.stored: list[bytes] = []
        self.troubles: list[Exception] = []

    async def receive(self, content: bytes, sender: str | None, recipients: Any) -> None:
        assert (sender, tuple(recipients)) == (None, ())
        if self.troubles:
            raise self.troubles.pop(0)
        self.stored.append(content)


async def test_a_mail_stays_while_the_database_is_away_or_we_have_a_defect(
    server: Dovecot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(polling, "LEFT_PAUSE_SECONDS", 1.0)
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    own = Settings(
        database_url="postgresql://nobody@127.0.0.1/none",
        imap_host="127.0.0.1",
        imap_port=server.port,
        imap_tls="none",
        imap_user=USER,
        imap_password_file=password,
        imap_poll_seconds=0.1,
    )
    receiver, host = Receiving(), SimpleNamespace(clock=WallClock(), gauges={})
    receiver.troubles = [Unavailable("away"), ValueError("a defect")]
    await server.put(letter("One"), letter("Two"))
    polled = asyncio.create_task(Poller(host, own, receiver, MailMemory(LONGEST)).run())  # type: ignore[arg-type]

    async def left() -> bool:
        return await server.flags() == [(), (MARK,)]

    await eventually(left, 20)
    assert [b"Subject: Two" in one for one in receiver.stored] == [True]
    assert host.gauges[LEFT].values == {"": 1}
    await marked(server, 2)
    assert len(receiver.stored) == 2
    polled.cancel()
    assert await asyncio.gather(polled, return_exceptions=True)


async def test_without_move_a_mail_is_copied_and_taken_away(server: Dovecot, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    own = Settings(
        database_url="postgresql://nobody@127.0.0.1/none",
        imap_host="127.0.0.1",
        imap_port=server.port,
        imap_tls="none",
        imap_user=USER,
        imap_password_file=password,
        imap_stored_folder="Stored",
    )
    await server.put(letter("One"), letter("Two"))

    def take() -> list[int]:
        folder = Folder(own)
        folder._can = frozenset()
        first, second = folder.waiting(())
        assert folder.waiting([first.uid]) == [second]
        folder.is_stored(first.uid)
        rest = [one.uid for one in folder.waiting(())]
        assert folder.fetch(99) is None
        folder.close()
        return rest

    assert await asyncio.to_thread(take) == [2]
    assert len(await server.flags("Stored")) == 1
    assert await server.flags() == [("\\Deleted",), ()]
