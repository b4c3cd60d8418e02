"""A person is told of a mail that nobody reads: it failed, came back, or its address is not written to any more."""

from datetime import datetime
from uuid import UUID

from contracts.envelope import Fact
from contracts.notifications import CUSTOMER_LETTERS, AnyTemplate
from contracts.rfc3339 import write_instant
from notifier.domain.commands import NotifierCommand, Notify
from notifier.domain.policy import Policy

UNASKED: frozenset[AnyTemplate] = frozenset({"survey", "survey-reminder"})
"""Nobody waits for these."""
NO_FAULT = frozenset({"rate-limited", "erased", "overtaken", "machine", "staff", "undelivered"})
"""Why a mail is suppressed that nobody misses, or of which a person hears otherwise."""


def unsent(requested: Fact, reason: str, policy: Policy) -> list[NotifierCommand]:
    """Of a mail to a customer that failed, or that its address keeps from being sent; of one to staff nobody is told.

    `reason`: of the failure, or why it was suppressed.
    """
    mail = requested.event
    if mail.role is not None or mail.template in UNASKED or reason in NO_FAULT:
        return []
    return [_told(mail.template, requested.event_id, reason, requested.happened_at, policy)]


def came_back(
    template: AnyTemplate, role: str | None, cause: UUID, reason: str, requested_at: datetime, policy: Policy
) -> list[NotifierCommand]:
    """Of a mail that bounced. `cause`: what makes it the same one, so that a person is told once.

    Of one to staff the Support Manager is told; of one to the Support Manager nobody can be.
    """
    if role is None:
        return [_told(template, cause, reason, requested_at, policy)]
    if role == policy.mails_to:
        return []
    about = {"letter": template, "reason": reason, "requested_at": write_instant(requested_at), "role": role}
    return [Notify(cause=cause, template="mail-undeliverable", to=policy.mails_to, about=about)]


def _told(template: AnyTemplate, cause: UUID, reason: str, requested_at: datetime, policy: Policy) -> Notify:
    about = {"letter": template, "reason": reason, "requested_at": write_instant(requested_at)}
    if template in CUSTOMER_LETTERS:
        return Notify(cause=cause, template="letter-undeliverable", to=policy.feedback_to, about=about)
    return Notify(cause=cause, template="mail-undeliverable", to="engineer", or_else=policy.mails_to, about=about)
