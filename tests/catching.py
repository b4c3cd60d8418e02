"""Mails that a desk sends, caught; and a desk whose clock runs fast, so that what takes days comes while a test waits.

async with catching(tmp_path) as catcher, desk(…, **mails_to(catcher), **fast_clock(720, MONDAY)): …
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

from punctual.local.mailcatcher import MailCatcher, start_mailcatcher
from punctual.local.places import Home
from punctual.local.ports import choose


@asynccontextmanager
async def catching(folder: Path) -> AsyncIterator[MailCatcher]:
    """A mail catcher that keeps its files in the folder."""
    found = await start_mailcatcher(Home(folder).make(), smtp=choose(0), http=choose(0))
    try:
        yield found
    finally:
        await found.child.stop()


def mails_to(catcher: MailCatcher) -> dict[str, str]:
    """The settings of a desk that sends its mails there."""
    return {"NOTIFIER_SMTP_URL": f"smtp://127.0.0.1:{catcher.smtp}"}


def fast_clock(speed: float, epoch: str) -> dict[str, str]:
    """The settings of a desk on which it is `epoch` now, and whose clock runs so many times as fast."""
    return {"CLOCK_SPEED": str(speed), "CLOCK_EPOCH": epoch, "CLOCK_SINCE": datetime.now(UTC).isoformat()}
