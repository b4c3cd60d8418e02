"""What the facts of a thread or of a notification add up to."""

from uuid import UUID

from contracts.notifications import (
    NotificationEvent,
    NotificationFailed,
    NotificationRequested,
    NotificationSent,
    NotificationSuppressed,
    ThreadAssigned,
    ThreadOpened,
    ThreadOvertaken,
)
from contracts.replacing import replace
from notifier.domain.state import (
    Answered,
    Conversation,
    Nothing,
    Notice,
    Overdue,
    Sent,
    Staff,
    State,
    Thread,
    Unsent,
    Waiting,
)


def evolve(state: State, event: NotificationEvent) -> State:
    """The situation after the event."""
    match event, state:
        case ThreadOpened(), Nothing():
            return Waiting(_opened(event))
        case ThreadAssigned(engineer=engineer), Waiting() | Overdue() | Answered():
            return type(state)(replace(state.thread, engineer=engineer))
        case ThreadOvertaken(notifications=gone), Waiting() | Overdue() | Answered():
            return type(state)(_overtaken(state.thread, frozenset(gone)))
        case NotificationRequested(), Waiting() | Overdue() | Answered():
            return _said(state, event)
        case NotificationSuppressed(), Waiting() | Overdue() | Answered():
            thread = replace(state.thread, said=state.thread.said | {event.notification_id})
            return Answered(thread) if event.template in ("answer", "survey") else type(state)(thread)
        case NotificationSent(), Nothing() | Unsent():
            return Sent()
        case NotificationFailed() | NotificationSuppressed(), Nothing():
            return Unsent()
        case _:
            return state


def _opened(event: ThreadOpened) -> Thread:
    return Thread(
        ticket_id=event.ticket_id,
        subject_id=event.subject_id,
        number=event.number,
        email=event.email,
        mail=event.mail,
    )


def _said(state: Conversation, event: NotificationRequested) -> Conversation:
    thread = replace(state.thread, said=state.thread.said | {event.notification_id})
    if "calendar" not in (event.about or {}):  # that one is unknown stays true, whatever becomes of the clock
        notice = Notice(event.notification_id, event.template, _owed(event))
        thread = replace(thread, current=(*thread.current, notice))
    if event.role is None:
        thread = replace(thread, first_out=thread.first_out or event.notification_id)
    else:
        thread = replace(thread, first_in=thread.first_in or event.notification_id)
    match event.template, state:
        case "answer" | "survey", _:
            return Answered(thread)
        case "sla-breached", Waiting() if not _owed(event):
            return Overdue(_told(thread, event))
        case "sla-breached" | "escalation" | "objective-missed", _:
            return type(state)(_told(thread, event))
        case "breach-retracted", Overdue() if not _owed(event):
            return Waiting(_untold(thread, event))
        case "breach-retracted", _:
            return type(state)(_untold(thread, event))
        case _:
            return type(state)(thread)


def _overtaken(thread: Thread, gone: frozenset[UUID]) -> Thread:
    current = tuple(notice for notice in thread.current if notice.notification_id not in gone)
    return replace(thread, current=current, overtaken=thread.overtaken | gone)


def _told(thread: Thread, event: NotificationRequested) -> Thread:
    staff = Staff(event.role or "", event.assignee, _owed(event))
    return thread if staff in thread.told else replace(thread, told=(*thread.told, staff))


def _untold(thread: Thread, event: NotificationRequested) -> Thread:
    return replace(thread, told=tuple(staff for staff in thread.told if staff.owed != _owed(event)))


def _owed(event: NotificationRequested) -> str:
    return (event.about or {}).get("metric", "")
