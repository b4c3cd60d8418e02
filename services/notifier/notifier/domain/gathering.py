"""Reminders of surveys to one person are one mail (P16).

All that are due on one day are due at one instant, but they are requested on threads of several tickets. So the first
waits a moment for the others, and carries those that have come by then.
"""

from contracts.notifications import LetterTemplate

GATHERED: LetterTemplate = "survey-reminder"
"""The mails that are joined into one."""
WAIT_SECONDS = 5.0
"""Real seconds that the first of them waits for others. When all services are well, they come within one second."""
AT_MOST = 100
"""Reminders in one mail."""


def pause(waited: float) -> float | None:
    """Real seconds until the mail leaves, `waited` real seconds after the request; None: now.

    After a clock was wrong, the request may lie in the future: then `waited` is negative, and its size counts.
    """
    return None if abs(waited) >= WAIT_SECONDS else WAIT_SECONDS - abs(waited)
