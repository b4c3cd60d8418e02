"""What follows from a command; `[]`: already so, or there is nobody to tell. Refused is only a wrong role."""

from typing import Any, cast
from uuid import UUID, uuid5

from contracts.addresses import same_address
from contracts.base import ERASED
from contracts.notifications import (
    CUSTOMER_LETTERS,
    AddressCleared,
    AddressMarked,
    AnyTemplate,
    CorrespondenceOpened,
    NotificationBounced,
    NotificationEvent,
    NotificationFailed,
    NotificationSent,
    Suppressed,
    SuppressedFor,
    ThreadAssigned,
    ThreadEvent,
    ThreadJoined,
    ThreadLeft,
    ThreadLocaleChanged,
    ThreadMailReceived,
    ThreadOpened,
    ThreadOvertaken,
)
from contracts.replacing import replace
from contracts.roles import Role
from notifier.domain import next_instant
from notifier.domain.commands import (
    AnswerMail,
    AssignThread,
    ChangeThreadLocale,
    ClearAddress,
    JoinThread,
    LeaveThread,
    MarkAddress,
    NotifierCommand,
    Notify,
    OpenThread,
    Overtake,
    RecordBounced,
    RecordFailed,
    RecordSent,
    RetractBreach,
    Suppress,
    TellOfMails,
)
from notifier.domain.evolve import evolve
from notifier.domain.policy import DEFAULT
from notifier.domain.requests import of_mails, staff_mail, suppressed, to_customer, to_staff
from notifier.domain.rights import CLEAR_ADDRESSES
from notifier.domain.state import (
    Answered,
    AwaitingAnswer,
    Conversation,
    Marked,
    Nothing,
    Overdue,
    Sent,
    Staff,
    State,
    Thread,
    Unsent,
)
from notifier.domain.streams import notification_id
from notifier.domain.untold import told_of

PROMISING: frozenset[AnyTemplate] = frozenset({"information-wanted", "information-completed"})
"""Mails that say when the clock starts, or that it has started."""


def decide(command: NotifierCommand, state: State) -> list[NotificationEvent]:
    """The events that follow. What has no thread is imported history: nobody is told of it.

    Raises NotAllowed for whoever may not clear an address.
    """
    match command, state:
        case OpenThread(), Nothing():
            return _open(command)
        case TellOfMails(), Nothing():
            return [of_mails(command)]
        case AssignThread(), AwaitingAnswer() | Overdue() | Answered() if command.engineer != state.thread.engineer:
            return [ThreadAssigned(ticket_id=state.thread.ticket_id, engineer=command.engineer)]
        case ChangeThreadLocale(language=language, zone=zone), AwaitingAnswer() | Overdue() | Answered():
            if (language, zone) == (state.thread.language, state.thread.zone):
                return []
            return [ThreadLocaleChanged(ticket_id=state.thread.ticket_id, language=language, zone=zone)]
        case AnswerMail(), AwaitingAnswer() | Overdue() | Answered():
            return _answer_mail(command, state.thread)
        case JoinThread(), AwaitingAnswer() | Overdue() | Answered():
            return _join(command, state.thread)
        case LeaveThread(subject_id=subject_id), AwaitingAnswer() | Overdue() | Answered():
            takes_part = any(one.subject_id == subject_id for one in state.thread.others)
            return [ThreadLeft(ticket_id=state.thread.ticket_id, subject_id=subject_id)] if takes_part else []
        case Notify(), AwaitingAnswer() | Overdue() | Answered():
            return _notify(command, state) + (_notify_others(command, state.thread) if command.to_all else [])
        case RetractBreach(), AwaitingAnswer() | Overdue() | Answered():
            return _retract(command, state.thread)
        case Overtake(), AwaitingAnswer() | Overdue() | Answered():
            return _overtake(command, state.thread)
        case RecordSent(ticket_id=ticket_id, notification_id=identity), Nothing() | Unsent():
            # Even after a failure: its outcome may have been unknown, and is known now.
            return [NotificationSent(ticket_id=ticket_id, notification_id=identity, message_id=command.message_id)]
        case RecordFailed(), Nothing():
            return [
                NotificationFailed(
                    ticket_id=command.ticket_id,
                    notification_id=command.notification_id,
                    reason=command.reason,
                    attempts=command.attempts,
                    template=command.template,
                )
            ]
        case Suppress(), Nothing():
            return [
                suppressed(command.template, command.ticket_id, command.notification_id, command.cause, command.reason)
            ]
        case RecordBounced(), Nothing() | Sent():
            # Before we recorded that it was sent, perhaps: some servers are quick.
            return [
                NotificationBounced(
                    ticket_id=command.ticket_id,
                    notification_id=command.notification_id,
                    template=command.template,
                    reason=command.reason,
                    mail=command.mail,
                )
            ]
        case MarkAddress(), Nothing():
            return [
                AddressMarked(
                    subject_id=command.subject_id,
                    ticket_id=command.ticket_id,
                    notification_id=command.notification_id,
                    reason=command.reason,
                )
            ]
        case ClearAddress(subject_id=subject_id, by=by), _:
            return _clear(subject_id, by, state)
        case _:
            return []


def _clear(subject_id: UUID, by: Role | None, state: State) -> list[NotificationEvent]:
    if by:
        CLEAR_ADDRESSES.demand(by)
    if not isinstance(state, Marked):
        return []
    return [AddressCleared(subject_id=subject_id, by="staff" if by else "mail")]


def _open(command: OpenThread) -> list[NotificationEvent]:
    given: dict[str, Any] = {
        "ticket_id": command.ticket_id,
        "subject_id": command.subject_id,
        "number": command.number,
        "channel": command.channel,
        "email": command.email,
        "mail": command.mail,
    }
    given |= {"language": command.language, "zone": command.zone}
    opened: ThreadEvent
    if command.terms:
        opened = CorrespondenceOpened(**given, terms=command.terms)
    else:
        opened = ThreadOpened(**given, title=command.title)
    return [opened, *decide(command.receipt, evolve(Nothing(), opened))]


def _answer_mail(command: AnswerMail, thread: Thread) -> list[NotificationEvent]:
    """Also of a colleague who takes part from this mail on: that is heard of after it."""
    if command.mail in (thread.mails.get(command.subject_id), ERASED):
        return []
    return [ThreadMailReceived(ticket_id=thread.ticket_id, subject_id=command.subject_id, mail=command.mail)]


def _notify(command: Notify, state: Conversation) -> list[NotificationEvent]:
    thread = state.thread
    identity = notification_id(uuid5(thread.ticket_id, command.matter) if command.matter else command.cause, command.to)
    if identity in thread.decided:
        return []
    if command.template == "feedback-reclassified" and thread.reviewer is None:
        return []  # it was no complaint
    if reason := _reason_not_to(command, state):
        gone = suppressed(command.template, thread.ticket_id, identity, command.cause, reason)
        return [gone, *_told_of(gone, command, cast(Conversation, evolve(state, gone)))]
    if command.to == "requester":
        return [to_customer(_as_it_stands(command, state), identity, thread, thread.requester)]
    role: str = (thread.reviewer if command.or_reviewer else None) or command.to
    if role == "engineer" and command.or_else and thread.engineer is None:
        role = command.or_else
    staff = Staff(role, thread.engineer if role == "engineer" else None)
    return [to_staff(command, staff, identity, thread)]


def _as_it_stands(command: Notify, state: Conversation) -> Notify:
    """A promise that is broken, or kept, is not made again when the information is complete: no clock starts then."""
    if command.template not in PROMISING or isinstance(state, AwaitingAnswer):
        return command
    stands = "late" if isinstance(state, Overdue) else "kept"
    about = {name: said for name, said in command.about.items() if name not in next_instant.CLOCK}
    return replace(command, about=about | {"promise": stands})


def _join(command: JoinThread, thread: Thread) -> list[NotificationEvent]:
    known = {(one.subject_id, one.email) for one in thread.others}
    if command.subject_id == thread.subject_id or (command.subject_id, command.email) in known:
        return []
    return [ThreadJoined(ticket_id=thread.ticket_id, subject_id=command.subject_id, email=command.email)]


def _notify_others(command: Notify, thread: Thread) -> list[NotificationEvent]:
    """All who take part beside the requester, each at their own address; an address that several have gets one mail."""
    events: list[NotificationEvent] = []
    written_to = [thread.email]
    for one in thread.others:
        identity = notification_id(command.cause, "participant", str(one.subject_id))
        if identity in thread.decided or any(same_address(one.email, other) for other in written_to):
            continue
        if ERASED in (one.email, command.text):
            events.append(suppressed(command.template, thread.ticket_id, identity, command.cause, "erased"))
            continue
        written_to.append(one.email)
        events.append(to_customer(command, identity, thread, one))
    return events


def _told_of(gone: Suppressed, command: Notify, state: Conversation) -> list[NotificationEvent]:
    """A person is told of a letter that nobody gets, and of a question; but nothing is owed to whoever left no address
    (P17)."""
    if gone.reason == "machine" and (missing := command.about.get("missing")):
        asked = Notify(
            cause=gone.notification_id, template="question-withheld", to=DEFAULT.mails_to, about={"missing": missing}
        )
        return _notify(asked, state)
    if gone.reason != "no-address" or command.template == "feedback-received":
        return []
    return _notify(told_of(command.template, gone.notification_id, "they left no address", DEFAULT), state)


def _reason_not_to(command: Notify, state: Conversation) -> SuppressedFor | None:
    """Why not to notify; None: notify. Topics are read independently, so an answer may be heard of before a warning.

    This is asked again when the mail is sent: more may have happened by then.
    """
    match command.template, state:
        case _ if command.withheld:
            return command.withheld
        case ("sla-warning" | "escalation", _) if command.about.get("metric"):
            return None  # it holds whether or not the first answer was given
        case "sla-warning", _ if "calendar" in command.about:
            return None  # and whether or not the answer is late
        case ("sla-warning", Overdue() | Answered()) | ("escalation", AwaitingAnswer() | Answered()):
            return "overtaken"
        case "information-completed", Answered():
            return "overtaken"  # who has the answer need not know by when
        case _ if command.to == "requester" and state.thread.email == "" and command.template in CUSTOMER_LETTERS:
            return "no-address"
        case _ if command.to == "requester" and state.thread.email in ("", ERASED):
            return "erased"
        case _ if command.to != "requester" and command.text == ERASED:
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
        staff_mail(
            "breach-retracted",
            staff,
            notification_id(command.cause, staff.role, staff.person or ""),
            command.cause,
            command.about,
            thread,
        )
        for staff in thread.informed
        if staff.owed == command.about.get("metric", "")
    ]
