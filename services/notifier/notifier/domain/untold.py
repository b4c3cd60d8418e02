"""What a person is told of a mail to a customer that nobody reads."""

from datetime import datetime
from uuid import UUID

from contracts.notifications import CUSTOMER_LETTERS, AnyTemplate
from contracts.rfc3339 import write_instant
from notifier.domain.commands import Notify
from notifier.domain.policy import Policy


def told_of(
    letter: AnyTemplate, cause: UUID, reason: str, policy: Policy, requested_at: datetime | None = None
) -> Notify:
    """Of a letter about feedback the Support Manager is told, else the assignee, or whoever stands in for one.

    `cause`: that mail, so that a person is told once of it, whatever happened to it.
    """
    about: dict[str, str] = {"letter": letter, "reason": reason}
    if requested_at:
        about["requested_at"] = write_instant(requested_at)
    if letter in CUSTOMER_LETTERS:
        return Notify(cause=cause, template="letter-undeliverable", to=policy.feedback_to, about=about)
    about["notification"] = str(cause)
    return Notify(cause=cause, template="mail-undeliverable", to="engineer", or_else=policy.mails_to, about=about)
