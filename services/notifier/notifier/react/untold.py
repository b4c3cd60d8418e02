"""A person is told of a mail that nobody reads: it failed, came back, or its address is not written to any more."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from contracts.envelope import Fact
from contracts.notifications import AnyTemplate
from contracts.rfc3339 import write_instant
from notifier.domain.commands import NotifierCommand, Notify
from notifier.domain.policy import Policy
from notifier.domain.untold import told_of

UNASKED: frozenset[AnyTemplate] = frozenset({"survey", "survey-reminder"})
"""Nobody waits for these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mailed:
    """A mail that came back, as it was requested. `carried`: the others whose words were in it."""

    policy: Policy
    ticket_id: UUID
    notification_id: UUID
    template: AnyTemplate
    role: str | None
    subject_id: UUID | None
    requested_at: datetime
    carried: tuple["Mailed", ...] = ()


@dataclass(frozen=True, slots=True)
class NothingSent:
    """No mail went out of which a notice may tell that names nothing but its recipient."""

    policy: Policy


def unsent(requested: Fact, reason: str, policy: Policy) -> list[NotifierCommand]:
    """Of a mail to a customer that failed, or that its address keeps from being sent; of one to staff nobody is told.

    `reason`: of the failure, or why it was suppressed.
    """
    mail = requested.event
    if mail.role is not None or mail.template in UNASKED:
        return []
    return [told_of(mail.template, mail.notification_id, reason, policy, requested.happened_at)]


def came_back(mail: Mailed, reason: str) -> list[NotifierCommand]:
    """Of a mail that bounced. Of one to staff the Support Manager is told; of one to the Support Manager nobody can be.

    `reason`: as the notice has it.
    """
    policy = mail.policy
    if mail.role is None:
        return [told_of(mail.template, mail.notification_id, reason, policy, mail.requested_at)]
    if mail.role == policy.mails_to:
        return []
    about = {"letter": mail.template, "reason": reason, "requested_at": write_instant(mail.requested_at)}
    about["role"] = mail.role
    return [Notify(cause=mail.notification_id, template="mail-undeliverable", to=policy.mails_to, about=about)]
