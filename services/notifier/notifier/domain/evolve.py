"""What facts add up to: a thread, a notification, an address. Never fails: a fact has already happened."""

from collections.abc import Mapping
from uuid import UUID

from contracts.notifications import (
    AddressCleared,
    AddressMarked,
    AnyTemplate,
    CorrespondenceOpened,
    LetterRequested,
    LetterSuppressed,
    NotificationBounced,
    NotificationEvent,
    NotificationFailed,
    NotificationRequested,
    NotificationSent,
    NotificationSuppressed,
    Requested,
    ThreadAssigned,
    ThreadJoined,
    ThreadLeft,
    ThreadLocaleChanged,
    ThreadMailReceived,
    ThreadOpened,
    ThreadOvertaken,
)
from contracts.replacing import replace
from notifier.domain.state import (
    Answered,
    AwaitingAnswer,
    Bounced,
    Conversation,
    Marked,
    Nothing,
    Notice,
    Overdue,
    Recipient,
    Sent,
    Staff,
    State,
    Thread,
    Unsent,
)


def evolve(state: State, event: NotificationEvent) -> State:
    """The situation after the event."""
    match event, state:
        case ThreadOpened() | CorrespondenceOpened(), Nothing():
            return AwaitingAnswer(_opened(event))
        case ThreadAssigned(engineer=engineer), AwaitingAnswer() | Overdue() | Answered():
            return type(state)(replace(state.thread, engineer=engineer))
        case ThreadLocaleChanged(language=language, zone=zone), AwaitingAnswer() | Overdue() | Answered():
            return type(state)(replace(state.thread, language=language, zone=zone))
        case ThreadMailReceived(subject_id=subject, mail=mail), AwaitingAnswer() | Overdue() | Answered():
            return type(state)(replace(state.thread, mails={**state.thread.mails, subject: mail}))
        case ThreadJoined(), AwaitingAnswer() | Overdue() | Answered():
            others = _without(state.thread, event.subject_id)
            there = (*others, Recipient(event.subject_id, event.email))
            return type(state)(replace(state.thread, others=there))
        case ThreadLeft(), AwaitingAnswer() | Overdue() | Answered():
            return type(state)(replace(state.thread, others=_without(state.thread, event.subject_id)))
        case ThreadOvertaken(notifications=gone), AwaitingAnswer() | Overdue() | Answered():
            return type(state)(_overtaken(state.thread, frozenset(gone)))
        case NotificationRequested() | LetterRequested(), AwaitingAnswer() | Overdue() | Answered():
            return _requested(state, event)
        case NotificationSuppressed() | LetterSuppressed(), AwaitingAnswer() | Overdue() | Answered():
            thread = replace(state.thread, decided=state.thread.decided | {event.notification_id})
            thread = _reviewed(thread, event.template, {})
            return Answered(thread) if event.template in ("answer", "survey") else type(state)(thread)
        case NotificationSent(), Nothing() | Unsent():
            return Sent()
        case NotificationFailed() | NotificationSuppressed() | LetterSuppressed(), Nothing():
            return Unsent()
        case NotificationBounced(), Nothing() | Sent() | Unsent():
            return Bounced()
        case AddressMarked(), Nothing():
            return Marked()
        case AddressCleared(), Marked():
            return Nothing()
        case _:
            return state


def _opened(event: ThreadOpened | CorrespondenceOpened) -> Thread:
    thread = Thread(
        ticket_id=event.ticket_id,
        subject_id=event.subject_id,
        number=event.number,
        email=event.email,
        mails={event.subject_id: event.mail} if event.mail else {},
        language=event.language,
        zone=event.zone,
    )
    return replace(thread, terms=event.terms) if isinstance(event, CorrespondenceOpened) else thread


def _requested(state: Conversation, event: Requested) -> Conversation:
    thread = replace(state.thread, decided=state.thread.decided | {event.notification_id})
    if "calendar" not in (event.about or {}):  # that a calendar is unknown stays true, whatever becomes of the clock
        notice = Notice(event.notification_id, event.template, _owed(event))
        thread = replace(thread, current=(*thread.current, notice))
    if event.role is None and event.subject_id == thread.subject_id:
        thread = replace(thread, first_to_requester=thread.first_to_requester or event.notification_id)
    elif event.role is None:
        thread = replace(thread, others=tuple(_written_to(one, event) for one in thread.others))
    else:
        thread = replace(thread, first_to_staff=thread.first_to_staff or event.notification_id)
    thread = _reviewed(thread, event.template, event.about or {})
    match event.template, state:
        case "answer" | "survey", _:
            return Answered(thread)
        case "sla-breached", AwaitingAnswer() if not _owed(event):
            return Overdue(_informed(thread, event))
        case "sla-breached" | "escalation" | "objective-missed", _:
            return type(state)(_informed(thread, event))
        case "breach-retracted", Overdue() if not _owed(event):
            return AwaitingAnswer(_uninformed(thread, event))
        case "breach-retracted", _:
            return type(state)(_uninformed(thread, event))
        case _:
            return type(state)(thread)


def _without(thread: Thread, subject: UUID) -> tuple[Recipient, ...]:
    return tuple(one for one in thread.others if one.subject_id != subject)


def _written_to(one: Recipient, event: Requested) -> Recipient:
    is_first = one.subject_id == event.subject_id and one.first is None
    return one._replace(first=event.notification_id) if is_first else one


def _reviewed(thread: Thread, template: AnyTemplate, about: Mapping[str, str]) -> Thread:
    """Who reviews or decides the complaint, as the mails say that tell of its beginning, its dispute and its end."""
    match template:
        case "complaint-opened":
            return replace(thread, reviewer=about.get("reviewer"))
        case "complaint-disputed":
            return replace(thread, reviewer="ceo")
        case "feedback-reclassified":
            return replace(thread, reviewer=None)
        case _:
            return thread


def _overtaken(thread: Thread, gone: frozenset[UUID]) -> Thread:
    current = tuple(notice for notice in thread.current if notice.notification_id not in gone)
    return replace(thread, current=current, overtaken=thread.overtaken | gone)


def _informed(thread: Thread, event: Requested) -> Thread:
    staff = Staff(event.role or "", event.assignee, _owed(event))
    return thread if staff in thread.informed else replace(thread, informed=(*thread.informed, staff))


def _uninformed(thread: Thread, event: Requested) -> Thread:
    return replace(thread, informed=tuple(staff for staff in thread.informed if staff.owed != _owed(event)))


def _owed(event: Requested) -> str:
    about = event.about or {}
    return about.get("metric") or about.get("escalation") or about.get("survey_id", "")
