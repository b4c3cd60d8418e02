"""What follows from a command. `[]`: already so, or there is nobody to tell. Nothing is refused."""

from typing import Literal
from uuid import UUID, uuid5

from contracts.base import ERASED
from contracts.notifications import (
    NotificationEvent,
    NotificationFailed,
    NotificationRequested,
    NotificationSent,
    NotificationSuppressed,
    Template,
    ThreadAssigned,
    ThreadOpened,
    ThreadOvertaken,
)
from notifier.domain.commands import (
    AssignThread,
    NotifierCommand,
    Notify,
    OpenThread,
    Overtake,
    RecordFailed,
    RecordSent,
    RetractBreach,
    Suppress,
)
from notifier.domain.evolve import evolve
from notifier.domain.state import Answered, AwaitingAnswer, Conversation, Nothing, Overdue, Staff, State, Thread, Unsent
from notifier.domain.streams import notification_id


def decide(command: NotifierCommand, state: State) -> list[NotificationEvent]:
    """The events that follow. A ticket without a thread is imported history: nobody is told of it."""
    match command, state:
        case OpenThread(), Nothing():
            return _open(command)
        case AssignThread(), AwaitingAnswer() | Overdue() | Answered() if command.engineer != state.thread.engineer:
            return [ThreadAssigned(ticket_id=state.thread.ticket_id, engineer=command.engineer)]
        case Notify(), AwaitingAnswer() | Overdue() | Answered():
            return _notify(command, state)
        case RetractBreach(), AwaitingAnswer() | Overdue() | Answered():
            return _retract(command, state.thread)
        case Overtake(), AwaitingAnswer() | Overdue() | Answered():
            return _overtake(command, state.thread)
        case RecordSent(ticket_id=ticket_id, notification_id=identity), Nothing() | Unsent():
            # Even after a failure: its outcome may have been unknown, and is known now.
            return [NotificationSent(ticket_id=ticket_id, notification_id=identity, message_id=command.message_id)]
        case RecordFailed(ticket_id=ticket_id, notification_id=identity, reason=reason), Nothing():
            return [
                NotificationFailed(
                    ticket_id=ticket_id, notification_id=identity, reason=reason, attempts=command.attempts
                )
            ]
        case Suppress(), Nothing():
            return [
                NotificationSuppressed(
                    ticket_id=command.ticket_id,
                    notification_id=command.notification_id,
                    template=command.template,
                    cause=command.cause,
                    reason=command.reason,
                )
            ]
        case _:
            return []


def _open(command: OpenThread) -> list[NotificationEvent]:
    opened = ThreadOpened(
        ticket_id=command.ticket_id,
        subject_id=command.subject_id,
        number=command.number,
        channel=command.channel,
        email=command.email,
        mail=command.mail,
    )
    receipt = Notify(
        cause=command.cause,
        template="ticket-received",
        to="requester",
        automatic="replied" if command.channel == "email" else "generated",
        about={"missing": ",".join(command.missing)} if command.missing else {},
    )
    return [opened, *decide(receipt, evolve(Nothing(), opened))]


def _notify(command: Notify, state: Conversation) -> list[NotificationEvent]:
    thread = state.thread
    identity = notification_id(uuid5(thread.ticket_id, command.matter) if command.matter else command.cause, command.to)
    if identity in thread.decided:
        return []
    if reason := _reason_not_to(command, state):
        suppressed = NotificationSuppressed(
            ticket_id=thread.ticket_id,
            notification_id=identity,
            template=command.template,
            cause=command.cause,
            reason=reason,
        )
        return [suppressed]
    if command.to != "requester":
        staff = Staff(command.to, thread.engineer if command.to == "engineer" else None)
        return [_to_staff(staff, identity, command.template, command.cause, command.about, thread)]
    requested = NotificationRequested(
        ticket_id=thread.ticket_id,
        notification_id=identity,
        template=command.template,
        cause=command.cause,
        number=thread.number,
        automatic=command.automatic,
        subject_id=thread.subject_id,
        email=thread.email,
        text=command.text,
        about=command.about or None,
        follows=thread.first_to_requester,
        in_reply_to=thread.mail,
    )
    return [requested]


def _reason_not_to(command: Notify, state: Conversation) -> Literal["overtaken", "erased"] | None:
    """Why not to notify; None: notify. Topics are read independently, so an answer may be heard of before a warning.

    This is asked again when the mail is sent: more may have happened by then.
    """
    match command.template, state:
        case ("sla-warning" | "escalation", _) if command.about.get("metric"):
            return None  # it holds whether or not the first answer was given
        case "sla-warning", _ if "calendar" in command.about:
            return None  # and whether or not the answer is late
        case ("sla-warning", Overdue() | Answered()) | ("escalation", AwaitingAnswer() | Answered()):
            return "overtaken"
        case _ if command.to == "requester" and state.thread.email in ("", ERASED):
            return "erased"
        case _:
            return None


def _overtake(command: Overtake, thread: Thread) -> list[NotificationEvent]:
    """Which mails are overtaken. Whether one was sent already is known only to the sender."""
    gone = tuple(
        notice.notification_id
        for notice in thread.current
        if notice.template in command.templates and command.owed in (None, notice.owed)
    )
    return [ThreadOvertaken(ticket_id=thread.ticket_id, cause=command.cause, notifications=gone)] if gone else []


def _retract(command: RetractBreach, thread: Thread) -> list[NotificationEvent]:
    """Tell each of those who were informed; nobody twice, for the first retraction clears the list."""
    return [
        _to_staff(
            staff,
            notification_id(command.cause, staff.role, staff.person or ""),
            "breach-retracted",
            command.cause,
            command.about,
            thread,
        )
        for staff in thread.informed
        if staff.owed == command.about.get("metric", "")
    ]


def _to_staff(
    staff: Staff, identity: UUID, template: Template, cause: UUID, about: dict[str, str], thread: Thread
) -> NotificationRequested:
    """A mail to staff needs nothing personal: the number leads to the ticket."""
    return NotificationRequested(
        ticket_id=thread.ticket_id,
        notification_id=identity,
        template=template,
        cause=cause,
        number=thread.number,
        automatic="generated",
        role=staff.role,
        assignee=staff.person,
        about=about or None,
        follows=thread.first_to_staff,
    )
