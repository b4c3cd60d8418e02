"""A notifier killed with a mail in hand: in the one moment in which a mail may go out twice, and just before it."""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import httpx2
import pytest
from tests.conftest import Factory
from tests.desk import MASTER, SECRET, TestDesk, eventually, free_port
from tests.integration.notifier.conftest import Requester, listed
from tests.integration.notifier.mailserver import MailServer
from tests.integration.teller import teller
from tests.stack import Addresses

from contracts.names import TICKETS
from kit.process.settings import Common


@pytest.fixture
async def desk_to_be(
    stack: Addresses, database: Factory, prefix: str, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[TestDesk]:
    """Everything that a notifier needs, which is started and killed by the test."""
    dsns = await database("notifier")
    port = free_port()
    common = Common(
        kafka=stack.kafka, topic_prefix=prefix, master_key=MASTER, token_secret=SECRET, survey_secret=SECRET
    )
    settings = {
        "KAFKA": stack.kafka,
        "TOPIC_PREFIX": prefix,
        "MASTER_KEY": MASTER,
        "TOKEN_SECRET": SECRET,
        "SURVEY_SECRET": SECRET,
        "LOG_LEVEL": "warning",
        "NOTIFIER_DATABASE_URL": dsns.app,
        "NOTIFIER_PORT": str(port),
    }
    for name, value in settings.items():
        monkeypatch.setenv(f"PUNCTUAL_{name}", value)
    idle = asyncio.create_task(asyncio.sleep(0))
    made = TestDesk(common, {"notifier": port}, {"notifier": dsns}, 0, idle)
    yield made
    for client in made.clients.values():
        await client.aclose()


@asynccontextmanager
async def notifier(made: TestDesk, server: MailServer) -> AsyncIterator[Process]:
    """A process of its own, ready; killed at the end if it still runs."""
    env = os.environ | {"PUNCTUAL_NOTIFIER_SMTP_URL": f"smtp://127.0.0.1:{server.port}"}
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "punctual", "serve", "notifier", env=env)

    async def ready() -> bool:
        assert process.returncode is None
        try:
            answer = await made.client("notifier").get("/readyz")
        except httpx2.TransportError:
            return False
        return answer.status_code == 200

    try:
        await eventually(ready, 60)
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@pytest.mark.slow
@pytest.mark.parametrize(("moment", "copies"), [("before", 1), ("after", 2)])
async def test_whoever_is_killed_with_a_mail_in_hand_sends_it_after_the_restart(
    desk_to_be: TestDesk, database: Factory, server: MailServer, ann: Requester, moment: str, copies: int
) -> None:
    async with teller(database, desk_to_be, TICKETS) as intake:
        opened = ann.opens()
        async with notifier(desk_to_be, server) as process:
            _when(server, ann, moment, process.kill)
            await intake.tell(opened)
            await asyncio.wait_for(process.wait(), 30)
        async with notifier(desk_to_be, server):
            client = desk_to_be.client("notifier")
            (sent,) = await listed(client, opened.ticket_id, "sent")
    mails = server.to(ann.email)
    assert [mail["Message-ID"] for mail in mails] == [sent["message_id"]] * copies


@pytest.mark.slow
async def test_whoever_is_stopped_with_a_mail_in_hand_sees_it_through(
    desk_to_be: TestDesk, database: Factory, server: MailServer, ann: Requester
) -> None:
    """Simulation found that the wish to stop cut it off: the next process sent the mail again."""
    async with teller(database, desk_to_be, TICKETS) as intake:
        opened = ann.opens()
        async with notifier(desk_to_be, server) as process:
            server.on_taken[ann.email] = process.terminate
            server.slow_for[ann.email] = 2.0
            await intake.tell(opened)
            assert await asyncio.wait_for(process.wait(), 30) == 0
        async with notifier(desk_to_be, server):
            client = desk_to_be.client("notifier")
            (sent,) = await listed(client, opened.ticket_id, "sent")
    assert [mail["Message-ID"] for mail in server.to(ann.email)] == [sent["message_id"]]
    assert sent["attempts"] == 1


def _when(server: MailServer, ann: Requester, moment: str, kill: Callable[[], None]) -> None:
    """Kill when the server hears of Ann's mail, or when it has taken it but not yet said so."""
    if moment == "after":
        server.on_taken[ann.email] = kill
        return

    def before(recipient: str) -> str | None:
        if recipient == ann.email:
            kill()
            server.refuse = lambda to: None
            return "451 gone"
        return None

    server.refuse = before
