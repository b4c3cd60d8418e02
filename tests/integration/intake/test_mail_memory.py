"""What a large mail costs in memory from its arrival until it is performed, and whether others wait for it."""

import asyncio
import json
import sys
import time
from base64 import b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import httpx2
import pytest
from standardwebhooks import Webhook
from tests.conftest import Factory
from tests.desk import SECRET, eventually
from tests.dovecot import PASSWORD, USER, dovecot
from tests.integration.intake.post import MAILBOX
from tests.integration.intake.test_mail_limits import LARGE, large, talk
from tests.integration.kit.serving import Serving, serving
from tests.stack import Addresses

from intake.mailroom.webhook import PATH
from kit.http.auth import Caller, issue

SHARE_OF_ITS_TIME = 0.5
"""For which anybody else waits at most, of the time that a large mail takes, however busy the machine is."""
KEY = "whsec_" + b64encode(b"k" * 24).decode()
Step = Callable[[], Awaitable[None]]
Deliver = Callable[[Serving, bytes], Awaitable[Step]]
"""What makes a mail ready to be sent."""


async def by_smtp(intake: Serving, content: bytes) -> Step:
    async def send() -> None:
        said = await talk(intake, content)
        assert said.startswith(b"250"), said

    return send


async def by_webhook(intake: Serving, content: bytes) -> Step:
    def signed() -> tuple[bytes, dict[str, str]]:
        body = json.dumps(
            {"sender": "ann@customer.example", "recipients": [MAILBOX], "raw": b64encode(content).decode()}
        )
        now = datetime.now(UTC)
        return body.encode(), {
            "content-type": "application/json",
            "webhook-id": "1",
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(KEY).sign("1", now, body),
        }

    body, headers = await asyncio.to_thread(signed)

    async def send() -> None:
        async with httpx2.AsyncClient(base_url=intake.url, timeout=60) as client:
            answer = await client.post(PATH, content=body, headers=headers)
            assert answer.status_code == 204, answer.text

    return send


def resident(intake: Serving, what: str) -> int:
    """Bytes: VmRSS, which the process has now, or VmHWM, the most since `forget_the_most`."""
    assert intake.process
    status = Path(f"/proc/{intake.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith(what)).split()[1]) * 1024


def forget_the_most(intake: Serving) -> None:
    assert intake.process
    Path(f"/proc/{intake.process.pid}/clear_refs").write_text("5")


ASK = """
import http.client, select, sys, time
line, longest = http.client.HTTPConnection("127.0.0.1", int(sys.argv[1]), timeout=20), 0.0
while not select.select([sys.stdin], [], [], 0.005)[0]:
    begun = time.monotonic()
    line.request("GET", "/livez")
    assert line.getresponse().read() is not None
    longest = max(longest, time.monotonic() - begun)
print(longest)
"""


@asynccontextmanager
async def asking(intake: Serving) -> AsyncIterator[list[float]]:
    """The longest time that an answer took within the block. A process of its own asks: this one is busy, too."""
    pipe, found = asyncio.subprocess.PIPE, list[float]()
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", ASK, str(intake.port)), stdin=pipe, stdout=pipe
    )
    yield found
    said, _ = await process.communicate(b"enough\n")
    found.append(float(said))


async def costs(intake: Serving, deliver: Deliver, *, times: float) -> None:
    """That each of three mails costs at most so many times its size, and holds up nothing."""
    token = issue(SECRET, Caller("ada", "admin"), now=time.time())
    async with httpx2.AsyncClient(
        base_url=intake.url, headers={"Authorization": f"Bearer {token}"}, timeout=20
    ) as client:
        account = {"name": "Customer", "tier": "patrol", "domains": ["customer.example"]}
        assert (await client.post("/v1/accounts", json=account)).status_code == 201

        async def performed(count: int) -> bool:
            return bool((await client.get("/v1/mails/counts")).json()["performed"] == count)

        await (await deliver(intake, b"From: ann@customer.example\r\nSubject: First\r\n\r\nHello"))()
        await eventually(partial(performed, 1))
        content = await asyncio.to_thread(large)
        ratios, pauses, shares = [], [], []
        for n in range(3):
            send = await deliver(intake, b"Subject: Dump %d\r\n" % n + content)
            before = resident(intake, "VmRSS")
            forget_the_most(intake)
            async with asking(intake) as answers:
                begun = time.monotonic()
                await send()
                took = time.monotonic() - begun
                await eventually(partial(performed, n + 2))
            pauses += answers
            shares.append(answers[0] / took)
            ratios.append((resident(intake, "VmHWM") - before) / len(content))
    costing, waiting = ([f"{one:.2f}" for one in found] for found in (ratios, pauses))
    print(f"{LARGE / 2**20:.0f} MiB: {costing} times; longest answers {waiting} s")
    assert max(ratios) < times
    assert min(shares) < SHARE_OF_ITS_TIME, "other tests run beside: one of three mails shows what is ours"


@pytest.fixture
async def intake(stack: Addresses, database: Factory, intake_prefix: str, tmp_path: Path) -> AsyncIterator[Serving]:
    """Not started."""
    keys = {"PUNCTUAL_INTAKE_WEBHOOK_SECRETS": KEY}
    async with serving("intake", stack, database, intake_prefix, tmp_path, **keys) as one:
        yield one


@pytest.mark.slow
@pytest.mark.parametrize(("deliver", "times"), [(by_smtp, 3), (by_webhook, 3)])
async def test_a_large_mail_costs_little_memory_and_holds_up_nothing(
    intake: Serving, deliver: Deliver, times: float
) -> None:
    await intake.start()
    await intake.ready()
    await costs(intake, deliver, times=times)


@pytest.mark.slow
async def test_a_large_mail_on_an_imap_server_costs_as_little(intake: Serving, tmp_path: Path) -> None:
    password = tmp_path / "password"
    password.write_text(PASSWORD)
    async with dovecot() as server:
        await intake.start(
            PUNCTUAL_INTAKE_IMAP_HOST="127.0.0.1",
            PUNCTUAL_INTAKE_IMAP_PORT=str(server.port),
            PUNCTUAL_INTAKE_IMAP_TLS="none",
            PUNCTUAL_INTAKE_IMAP_USER=USER,
            PUNCTUAL_INTAKE_IMAP_PASSWORD_FILE=str(password),
            PUNCTUAL_INTAKE_IMAP_POLL_SECONDS="0.2",
        )
        await intake.ready()

        async def put(intake: Serving, content: bytes) -> Step:
            return partial(server.put, content)

        await costs(intake, put, times=3)
