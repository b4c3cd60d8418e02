"""Several mails to one person that leave as one.

Reminders of surveys (P16): all that are due on one day are due at one instant, but they are requested on threads of
several tickets. So the first waits a moment for the others, and carries those that have come by then.

Automatic replies over the limit (P7): they wait until the hour is over, and the first carries the others. The mail
names every number, and what each ticket still lacks.
"""

from uuid import UUID

from contracts.notifications import CUSTOMER_LETTERS, AnyTemplate, LetterTemplate

GATHERED: LetterTemplate = "survey-reminder"
"""The mails that are joined into one as soon as they are requested."""
WAIT_SECONDS = 5.0
"""Real seconds that the first of them waits for others. When all services are well, they come within one second."""
AT_MOST = 100
"""Reminders in one mail."""
REPLIES_AT_MOST = 1000
"""Automatic replies in one mail: whoever sends more in an hour is a machine, and hears of the others an hour later."""


def pause(waited: float) -> float | None:
    """Real seconds until the mail leaves, `waited` real seconds after the request; None: now.

    After a clock was wrong, the request may lie in the future: then `waited` is negative, and its size counts.
    """
    return None if abs(waited) >= WAIT_SECONDS else WAIT_SECONDS - abs(waited)


def held_in(subject_id: UUID | None, template: AnyTemplate) -> str:
    """The lane in which a person's replies over the limit wait. Those about feedback have one of their own, for they
    come from another mailbox, to which they are answered."""
    return f"{subject_id}/{'letters' if template in CUSTOMER_LETTERS else 'replies'}"
