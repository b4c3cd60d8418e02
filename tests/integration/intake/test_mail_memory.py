"""What a large mail costs a process in memory, from SMTP until it is performed, and whether others wait for it."""

import asyncio
import time
from functools import partial
from pathlib import Path

import httpx2
import pytest
from tests.conftest import Factory
from tests.desk import SECRET, eventually
from tests.integration.intake.test_mail_limits import LARGE, large, talk
from tests.integration.kit.serving import Serving, serving
from tests.stack import Addresses

from kit.http.auth import Caller, issue

TIMES_ITS_SIZE = 3.0
SHARE_OF_ITS_TIME = 0.5
"""For which anybody else waits at most, of the time that a large mail takes: less than all of it, however busy the
machine is. By itself it answers within some hundredths of a second."""


def resident(intake: Serving, what: str) -> int:
    """Bytes: VmRSS, which the process has now, or VmHWM, the most since `forget_the_most`."""
    assert intake.process
    status = Path(f"/proc/{intake.process.pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith(what)).split()[1]) * 1024


def forget_the_most(intake: Serving) -> None:
    assert intake.process
    Path(f"/proc/{intake.process.pid}/clear_refs").write_text("5")


@pytest.mark.slow
async def test_a_large_mail_costs_little_memory_and_holds_up_nothing(
    stack: Addresses, database: Factory, intake_prefix: str, tmp_path: Path
) -> None:
    async with serving("intake", stack, database, intake_prefix, tmp_path) as intake:
        await intake.start()
        await intake.ready()
        token = issue(SECRET, Caller("ada", "admin"), now=time.time())
        async with httpx2.AsyncClient(
            base_url=intake.url, headers={"Authorization": f"Bearer {token}"}, timeout=20
        ) as client:
            account = {"name": "Customer", "tier": "patrol", "domains": ["customer.example"]}
            assert (await client.post("/v1/accounts", json=account)).status_code == 201

            async def performed(count: int) -> bool:
                return bool((await client.get("/v1/mails/counts")).json()["performed"] == count)

            assert (await talk(intake, b"From: ann@customer.example\r\nSubject: First\r\n\r\nHello")).startswith(b"250")
            await eventually(partial(performed, 1))
            content = await asyncio.to_thread(large)
            ratios, shares = [], []
            pauses: list[float] = []

            async def ask() -> None:
                while True:
                    begun = time.monotonic()
                    assert (await client.get("/livez")).status_code == 200
                    pauses.append(time.monotonic() - begun)
                    await asyncio.sleep(0.01)

            for n in range(3):
                before = resident(intake, "VmRSS")
                forget_the_most(intake)
                pauses.clear()
                asking = asyncio.create_task(ask())
                begun = time.monotonic()
                said = await talk(intake, b"Subject: Dump %d\r\n" % n + content)
                assert said.startswith(b"250"), said
                await eventually(partial(performed, n + 2))
                asking.cancel()
                shares.append(max(pauses) / (time.monotonic() - begun))
                ratios.append((resident(intake, "VmHWM") - before) / len(content))
    print(
        f"{LARGE / 2**20:.0f} MiB: {[f'{one:.2f}' for one in ratios]} times; longest wait {max(shares):.2f} of its time"
    )
    assert max(ratios) < TIMES_ITS_SIZE
    assert max(shares) < SHARE_OF_ITS_TIME
