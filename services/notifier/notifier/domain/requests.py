"""The requests for mails: to the customer, with what the letter needs, or to staff; and that one is not sent."""

from typing import Any
from uuid import UUID

from contracts.notifications import (
    LETTERS,
    AnyTemplate,
    LetterRequested,
    LetterSuppressed,
    NotificationRequested,
    NotificationSuppressed,
    Requested,
    Suppressed,
    SuppressedFor,
)
from notifier.domain.commands import Notify, TellOfMails
from notifier.domain.next_instant import deadline_terms
from notifier.domain.state import Recipient, Staff, Thread
from notifier.domain.streams import notification_id

MAILROOM = "Mailroom"
"""What stands in place of a number on a mail that is about no ticket."""
EARLIER_REASONS: tuple[SuppressedFor, ...] = ("rate-limited", "erased", "overtaken")
"""Why a mail is not sent, as far as a reader of an earlier release knows."""


def to_customer(command: Notify, identity: UUID, thread: Thread, to: Recipient) -> Requested:
    """A letter, in the customer's language, with their zone and the terms of the deadline that it names."""
    is_requester = to.subject_id == thread.subject_id
    about = dict(command.about)
    if command.deadline and thread.terms:
        about |= deadline_terms(command.deadline, thread.terms)
    if thread.zone:
        about["zone"] = thread.zone
    if not is_requester:
        about["takes_part"] = "true"
    given: dict[str, Any] = {
        "template": command.template,
        "ticket_id": thread.ticket_id,
        "notification_id": identity,
        "cause": command.cause,
        "number": thread.number,
        "automatic": command.automatic,
        "subject_id": to.subject_id,
        "email": to.email,
        "text": command.text,
        "about": about or None,
        "follows": to.first,
        "in_reply_to": thread.mails.get(to.subject_id),
        "language": thread.language,
    }
    if command.template in LETTERS:
        return LetterRequested(second_text=command.second_text, third_text=command.third_text, **given)
    return NotificationRequested(**given)


def to_staff(command: Notify, staff: Staff, identity: UUID, thread: Thread) -> Requested:
    """A mail to staff, with nothing personal but a customer's words: the number leads to the ticket."""
    words = {"subject_id": command.subject_id, "text": command.text}
    return staff_mail(command.template, staff, identity, command.cause, command.about, thread, **words)


def staff_mail(
    template: AnyTemplate,
    staff: Staff,
    identity: UUID,
    cause: UUID,
    about: dict[str, str],
    thread: Thread,
    **words: Any,
) -> Requested:
    """A mail to staff because of an event."""
    given: dict[str, Any] = {
        "template": template,
        "ticket_id": thread.ticket_id,
        "notification_id": identity,
        "cause": cause,
        "number": thread.number,
        "automatic": "generated",
        "role": staff.role,
        "assignee": staff.person,
        "about": about or None,
        "follows": thread.first_to_staff,
        **words,
    }
    return LetterRequested(**given) if template in LETTERS else NotificationRequested(**given)


def of_mails(command: TellOfMails) -> Requested:
    """The mail that says that others wait."""
    return LetterRequested(
        template="mails-waiting",
        ticket_id=command.notice_id,
        notification_id=notification_id(command.cause, command.to),
        cause=command.cause,
        number=MAILROOM,
        automatic="generated",
        role=command.to,
        about=command.about,
    )


def suppressed(
    template: AnyTemplate,
    ticket_id: UUID,
    identity: UUID,
    cause: UUID,
    reason: SuppressedFor,
) -> Suppressed:
    """It is not sent."""
    given: dict[str, Any] = {
        "template": template,
        "ticket_id": ticket_id,
        "notification_id": identity,
        "cause": cause,
        "reason": reason,
    }
    if template in LETTERS or reason not in EARLIER_REASONS:
        return LetterSuppressed(**given)
    return NotificationSuppressed(**given)
