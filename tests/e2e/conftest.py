"""What the tests of a whole desk share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.catching import catching

from punctual.local.mailcatcher import MailCatcher


@pytest.fixture
async def catcher(tmp_path: Path) -> AsyncIterator[MailCatcher]:
    """Catches the mails of one test."""
    async with catching(tmp_path) as found:
        yield found
