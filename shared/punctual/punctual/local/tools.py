"""Programs that do one thing and end: initdb, Maven, dbmate. They end with us, too."""

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path

from punctual.local.account import Account
from punctual.local.errors import StackUnavailable
from punctual.local.process import tether


async def run_tool(
    *argv: str | Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    account: Account | None = None,
    on_line: Callable[[str], None] = lambda _: None,
    within: float = 120,
) -> tuple[int, str]:
    """The program's exit code and output. Raises StackUnavailable if it can't be started or takes too long."""
    try:
        process = await asyncio.create_subprocess_exec(
            *map(str, argv),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=env,
            cwd=cwd,
            start_new_session=True,
            preexec_fn=tether(os.getpid(), signal.SIGKILL),
            user=account.uid if account else None,
            group=account.gid if account else None,
            extra_groups=[] if account else None,
        )
    except OSError as error:
        raise StackUnavailable(f"{argv[0]} could not be started: {error.strerror}.") from error
    assert process.stdout is not None
    lines: list[str] = []
    try:
        async with asyncio.timeout(within):
            async for raw in process.stdout:
                lines.append(raw.decode(errors="replace").rstrip())
                on_line(lines[-1])
            return await process.wait(), "\n".join(lines).strip()
    except TimeoutError:
        raise StackUnavailable(f"{argv[0]} took longer than {within:.0f} s and was ended.") from None
    finally:
        if process.returncode is None:
            os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
