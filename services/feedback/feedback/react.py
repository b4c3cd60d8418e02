"""How feedback reacts to others' facts: closings of tickets, words on tickets that staff mark, mails that came or were
sent, and what sla-timer says of its alarms."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from uuid import UUID, uuid5

from contracts.addresses import same_address
from contracts.base import ERASED
from contracts.envelope import Fact
from contracts.feedback import CustomerLetter
from contracts.languages import DEFAULT
from contracts.names import category_of
from contracts.notifications import (
    CUSTOMER_LETTERS,
    LetterSuppressed,
    NotificationBounced,
    NotificationFailed,
    NotificationSent,
)
from contracts.sla import AlarmCancelled, AlarmRang, AlarmSet
from contracts.texts import BODY_BYTES, LINE_BYTES, NO_SUBJECT, NO_TEXT
from contracts.tickets import Closed, FeedbackMailReceived, MessageMarked, Reopened
from feedback.domain.commands import (
    AddWords,
    Command,
    HearAlarm,
    HearMore,
    IssueSurvey,
    Marking,
    NoteDelivery,
    NoteUndelivered,
    OvertakeSurvey,
    ReceiveFeedback,
    RemindOfSurvey,
)
from feedback.domain.phrases import asks_urgently, proposed
from feedback.domain.policy import UNHEARD, Policies
from feedback.domain.state import Feedback

WORDS_BYTES = BODY_BYTES - LINE_BYTES
"""Of a mail's words what is taken: with the Message-ID they fit into one record."""

UNREACHABLE = {"no-address": "they left no address", "bounced": "a mail to their address came back"}
"""Why a letter is not sent that the customer waits for."""

Asked = list[tuple[str, Command]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Correspondence:
    """What is known when words come by intake's doors. `received_at`: when these recorded them. Of a mail, `named`: the
    feedback that it names, in order, as it stands. `number`: for a new one. `about`: the ticket that it names, of the
    sender's account. `language`, `zone`: in which that account reads.
    """

    received_at: datetime
    policies: Policies
    named: tuple[Feedback, ...] = ()
    number: str = ""
    about: tuple[UUID, str] | None = None
    language: str = DEFAULT
    zone: str | None = None


def survey_stream(ticket_id: UUID, closing: int) -> str:
    """The stream of the survey about one closing of a ticket: each closing is asked about once (P16)."""
    return f"survey-{ticket_id}-{closing}"


def feedback_stream(feedback_id: UUID) -> str:
    """The stream of what a customer said, and of the complaint if it is one."""
    return f"feedback-{feedback_id}"


def react(fact: Fact, known: Any = UNHEARD) -> Asked:
    """The commands that follow from a fact, each with its stream. Nobody is asked about imported history.

    `known`: of a mail and of marked words, the Correspondence; of a mail that was sent, the closing that it asks about
    (none: it is no survey's); of other facts, the policies.
    """
    asks = ASKS.get(type(fact.event))
    return [] if asks is None or fact.imported else asks(fact, known)


def _closed(fact: Fact, policies: Policies) -> Asked:
    event = fact.event
    if event.asks == "nobody":
        return []
    issue = IssueSurvey(
        ticket_id=event.ticket_id,
        survey_id=uuid5(event.ticket_id, f"survey {event.closing}"),
        account_id=event.account_id,
        subject_id=event.subject_id,
        number=event.number,
        closing=event.closing,
        closed_at=fact.happened_at,
        policies=policies,
        severity=event.severity,
        tier=event.tier,
        engineer=event.engineer,
        email=None if event.email == ERASED else event.email,
        language=event.language,
        zone=event.zone,
        machine=event.asks == "portal",
    )
    return [(survey_stream(event.ticket_id, event.closing), issue)]


def _reopened(fact: Fact, policies: Policies) -> Asked:
    event = fact.event
    return [(survey_stream(event.ticket_id, event.closing), OvertakeSurvey())] if event.closing else []


def _alarm(fact: Fact, policies: Policies) -> Asked:
    """What happens to an alarm that feedback had asked for."""
    event = fact.event
    owner: str = event.owner or ""
    match category_of(owner) if owner else "":
        case "feedback":
            return [(owner, HearAlarm(event=event, policies=policies))]
        case "survey" if isinstance(event, AlarmRang):
            ticket_id, closing = owner.removeprefix("survey-").rsplit("-", 1)
            return [(owner, RemindOfSurvey(ticket_id=UUID(ticket_id), closing=int(closing)))]
        case _:
            return []


def addressed(event: FeedbackMailReceived, named: Sequence[Feedback]) -> UUID | None:
    """The feedback to which a mail adds words: the first that it names and whose side its sender is on. None: it begins
    one of its own, so that nothing is lost, and nothing of the other shows to a stranger.
    """
    for state in named:
        if state.is_on_its_side(event.account_id, event.email):
            return state.feedback_id
    return event.feedback_id if event.follows and not named else None


def _mail(fact: Fact, known: Any) -> Asked:
    event: FeedbackMailReceived = fact.event
    if not isinstance(known, Correspondence) or event.email == ERASED:
        return []  # nobody can read it any more, nor is there anybody to answer
    text, to = _bounded(event.text), addressed(event, known.named)
    whole = _bounded(_with_subject(event))
    if to is None:
        return [(feedback_stream(event.message_id), _new(event.message_id, event, whole, known))]
    words = AddWords(
        by="requester",
        complainant=True,
        message_id=event.message_id,
        channel="email",
        text=text if event.threaded else whole,
        mail=_message_id(event),
        machine=event.machine,
        colleague=_is_colleague(event, known.named, to),
    )
    accounts = {event.account_id, *(state.account_id for state in known.named if state.feedback_id == to)}
    heard = HearMore(
        words=words,
        complains=proposed(text) == "complaint",
        urgent=asks_urgently(text) and accounts != {None},
        begins=None if known.named else _new(to, event, whole, known),
    )
    return [(feedback_stream(to), heard)]


def _is_colleague(event: FeedbackMailReceived, named: Sequence[Feedback], to: UUID) -> bool:
    """Whether somebody else than the customer writes about this feedback. Of a customer without an address nobody can
    tell, so it is theirs: a dispute must not go unheard."""
    state = next((state for state in named if state.feedback_id == to), None)
    if state is None or not state.email or state.subject_id == event.subject_id:
        return False
    return not same_address(state.email, event.email)


def _new(feedback_id: UUID, event: FeedbackMailReceived, text: str, known: Correspondence) -> ReceiveFeedback:
    about, about_number = known.about or (None, None)
    return ReceiveFeedback(
        by="requester",
        now=known.received_at,
        feedback_id=feedback_id,
        number=known.number,
        channel="email",
        account_id=event.account_id,
        subject_id=event.subject_id,
        text=text,
        terms=known.policies.terms,
        email=event.email,
        proposed=proposed(text),
        urgent=event.account_id is not None and asks_urgently(text),
        about=about,
        about_number=about_number,
        received_at=known.received_at,
        language=known.language,
        zone=known.zone,
        mail=_message_id(event),
        machine=event.machine,
    )


def _marked(fact: Fact, known: Any) -> Asked:
    """Words on a ticket are feedback from the instant at which they came. They begin a matter, also if the CEO has
    decided one about that ticket: staff have named what is new (P21)."""
    event: MessageMarked = fact.event
    if not isinstance(known, Correspondence) or event.text == event.reason == ERASED:
        return []  # nobody can read it any more, nor is there anybody to answer
    received = ReceiveFeedback(
        by="requester",
        now=known.received_at,
        feedback_id=event.feedback_id,
        number=known.number,
        channel=event.channel,
        account_id=event.account_id,
        subject_id=event.subject_id,
        text=_bounded(event.text),
        terms=known.policies.terms,
        email=event.email,
        about=event.ticket_id,
        about_number=event.number,
        received_at=known.received_at,
        language=event.language or DEFAULT,
        zone=event.zone,
        mail=event.thread,
        marking=Marking(message_id=event.message_id, kind=event.kind, reason=event.reason),
    )
    return [(feedback_stream(event.feedback_id), received)]


def _with_subject(event: FeedbackMailReceived) -> str:
    """What a mail that begins a matter says. Some people say all of it in the subject; that of a reply is ours."""
    if event.threaded and event.text != NO_TEXT:
        return event.text
    said = [part for part in (event.subject.strip(), event.text) if part not in ("", NO_SUBJECT, NO_TEXT)]
    return "\n\n".join(said) or NO_TEXT


def _bounded(text: str) -> str:
    """A mail can't be sent back for its length; the whole is kept at the mail door."""
    return text.encode("utf-8", "replace")[:WORDS_BYTES].decode("utf-8", "ignore")


def _message_id(event: FeedbackMailReceived) -> str | None:
    """Its Message-ID, if it is no longer than a line: letters refer to it."""
    return event.thread if event.thread and len(event.thread.encode("utf-8", "replace")) <= LINE_BYTES else None


def _sent(fact: Fact, closing: Any) -> Asked:
    return [(survey_stream(fact.event.ticket_id, closing), NoteDelivery())] if isinstance(closing, int) else []


def _failed(fact: Fact, known: Any) -> Asked:
    return _undelivered(fact.event, fact.event.reason)


def _suppressed(fact: Fact, known: Any) -> Asked:
    """The receipt of whoever left no address tells nothing that is owed (P17)."""
    reason, template = fact.event.reason, fact.event.template
    if reason not in UNREACHABLE or (reason == "no-address" and template == "feedback-received"):
        return []
    return _undelivered(fact.event, UNREACHABLE[reason])


def _undelivered(event: NotificationFailed | NotificationBounced | LetterSuppressed, reason: str) -> Asked:
    """A letter about feedback reached nobody; other mails are no concern of ours."""
    if event.template not in CUSTOMER_LETTERS:
        return []
    letter = cast(CustomerLetter, event.template)
    note = NoteUndelivered(notification_id=event.notification_id, letter=letter, reason=reason)
    return [(feedback_stream(event.ticket_id), note)]


ASKS: dict[type[Any], Callable[[Fact, Any], Asked]] = {
    FeedbackMailReceived: _mail,
    MessageMarked: _marked,
    Closed: _closed,
    Reopened: _reopened,
    AlarmSet: _alarm,
    AlarmRang: _alarm,
    AlarmCancelled: _alarm,
    NotificationSent: _sent,
    NotificationFailed: _failed,
    NotificationBounced: _failed,
    LetterSuppressed: _suppressed,
}
