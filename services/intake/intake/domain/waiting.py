"""When the Support Manager is told of mails that wait for a person: at once, then every hour until all are seen to."""

from datetime import datetime, timedelta
from typing import Literal

MailState = Literal["stored", "performed", "ignored", "unmatched", "failed", "discarded"]
"""What became of a mail."""

WEAK = ("auto-response-suppress", "challenge", "failure-words", "vacation-subject")
"""How machines are told without a mark of a standard, or by one that people's mail has, too: if such a mail is ignored,
somebody should look at it. The index of these mails names them, too."""
EVERY = timedelta(hours=1)
"""Between two notices."""


def is_due(now: datetime, noted_at: datetime | None, *, waiting: int) -> bool:
    """Whether to tell of so many waiting mails. `noted_at`: when somebody was told last; None: never."""
    return waiting > 0 and (noted_at is None or now - noted_at >= EVERY)
