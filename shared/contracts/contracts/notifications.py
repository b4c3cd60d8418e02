"""notifier's events, on `punctual.notifications.v1`: what was to be sent to whom, and what became of it."""

from typing import Literal, get_args
from uuid import UUID

from contracts import feedback
from contracts.base import Personal, event
from contracts.feedback import CustomerLetter
from contracts.names import NOTIFICATIONS
from contracts.tickets import Channel

TOPIC = NOTIFICATIONS

Template = Literal[
    "ticket-received",
    "information-wanted",
    "answer",
    "message",
    "resolved",
    "survey",
    "sla-warning",
    "sla-breached",
    "breach-retracted",
    "objective-missed",
    "escalation",
]


LetterTemplate = Literal[
    CustomerLetter,
    "feedback-reminder",
    "feedback-promise-broken",
    "feedback-words",
    "complaint-call",
    "complaint-opened",
    "complaint-renewed",
    "low-rating",
    "letter-undeliverable",
    "survey-reminder",
    "question-withheld",
    "mail-undeliverable",
    "information-completed",
    "mails-waiting",
]
"""The letters and mails about feedback (P16-P22), and others that came later. They have events of their own, for a
reader of an earlier release doesn't know their templates."""

AnyTemplate = Template | LetterTemplate
LETTERS: frozenset[LetterTemplate] = frozenset(get_args(LetterTemplate))
CUSTOMER_LETTERS: frozenset[AnyTemplate] = frozenset(get_args(CustomerLetter))
"""They come from feedback's mailbox, and answers lead back to the feedback. One that fails is told to a person."""

SuppressedFor = Literal[
    "rate-limited", "erased", "overtaken", "machine", "staff", "undelivered", "no-address", "bounced"
]
"""Why a mail is not sent."""

Automatic = Literal["replied", "generated"]
"""RFC 3834: not written by a person. `replied`: an answer to a message, limited in number; `generated`: any other."""


@event("thread.opened")
class ThreadOpened:
    """How a ticket's requester can be reached. `mail`: the Message-ID of the mail that opened the ticket. `language`,
    `zone`: in which they read; None: the vendor's. `title`: the ticket's, of which the subject of all mails to them is
    made (None on older events)."""

    ticket_id: UUID
    subject_id: UUID
    number: str
    channel: Channel
    email: Personal
    mail: Personal | None = None
    language: str | None = None
    zone: str | None = None
    title: Personal | None = None


@event("correspondence.opened")
class CorrespondenceOpened:
    """How somebody who gave feedback can be reached. `mail`: the Message-ID of their first mail.

    `ticket_id`: the feedback's id, here and in all that follows about it. `email`: empty if they left none. `language`,
    `zone`: in which the customer reads; None: the vendor's. `terms`: the deadlines of this feedback.
    """

    ticket_id: UUID
    subject_id: UUID
    number: str
    channel: feedback.Channel
    email: Personal
    mail: Personal | None = None
    language: str | None = None
    zone: str | None = None
    terms: feedback.Terms | None = None


@event("thread.assigned")
class ThreadAssigned:
    """Notifications for the ticket's engineer go to `engineer` from now on."""

    ticket_id: UUID
    engineer: str


@event("thread.locale-changed")
class ThreadLocaleChanged:
    """The requester reads in this language and time zone from now on, as on ThreadOpened."""

    ticket_id: UUID
    language: str | None
    zone: str | None


@event("thread.mail-received")
class ThreadMailReceived:
    """A mail of a customer's came, with the Message-ID `mail`: what is sent to them from now on answers it.

    It no longer answers an earlier one, such as that of ThreadOpened or CorrespondenceOpened.
    """

    ticket_id: UUID
    subject_id: UUID
    mail: Personal


@event("thread.joined")
class ThreadJoined:
    """Somebody takes part in the ticket beside its requester: what staff answer is sent to them, too, at `email`."""

    ticket_id: UUID
    subject_id: UUID
    email: Personal


@event("thread.left")
class ThreadLeft:
    """Nothing more is sent to them."""

    ticket_id: UUID
    subject_id: UUID


@event("thread.overtaken")
class ThreadOvertaken:
    """Since the event `cause`, what these notifications say is no longer true: those not sent yet will not be."""

    ticket_id: UUID
    cause: UUID
    notifications: tuple[UUID, ...]


@event("notification.requested")
class NotificationRequested:
    """A message is to be sent to a requester or another participant (`subject_id`, `email`), or to a `role` (to
    `assignee`, if known).

    `cause`: the event behind it. `text`: the words of the person who writes. `about`: particulars by name, instants
    in RFC 3339. `language`: in which the requester reads. For the mail's threading headers, `follows`: the first
    notification of the same ticket to the same customer, or to staff, and `in_reply_to`: the Message-ID of that
    customer's last mail.
    """

    ticket_id: UUID
    notification_id: UUID
    template: Template
    cause: UUID
    number: str
    automatic: Automatic | None
    role: str | None = None
    assignee: str | None = None
    subject_id: UUID | None = None
    email: Personal | None = None
    text: Personal | None = None
    about: dict[str, str] | None = None
    follows: UUID | None = None
    in_reply_to: Personal | None = None
    language: str | None = None


@event("letter.requested")
class LetterRequested:
    """A letter or mail about feedback is to be sent: as NotificationRequested.

    `text`: the words of the person who writes, or, to staff, the customer's (of `subject_id`); `second_text`,
    `third_text`: further words, in the order of the template. `language`: of the words that are ours.
    """

    ticket_id: UUID
    notification_id: UUID
    template: LetterTemplate
    cause: UUID
    number: str
    automatic: Automatic | None
    role: str | None = None
    assignee: str | None = None
    subject_id: UUID | None = None
    email: Personal | None = None
    text: Personal | None = None
    second_text: Personal | None = None
    third_text: Personal | None = None
    about: dict[str, str] | None = None
    follows: UUID | None = None
    in_reply_to: Personal | None = None
    language: str | None = None


@event("notification.sent")
class NotificationSent:
    """The mail server accepted the mail, under this Message-ID."""

    ticket_id: UUID
    notification_id: UUID
    message_id: str


@event("notification.failed")
class NotificationFailed:
    """The mail server refused the mail for good, or the outcome of the last try is unknown. `template`: None on older
    events."""

    ticket_id: UUID
    notification_id: UUID
    reason: str
    attempts: int
    template: AnyTemplate | None = None


@event("notification.suppressed")
class NotificationSuppressed:
    """The message is not sent: too many automatic replies, no address (`erased`), or no longer true (`overtaken`)."""

    ticket_id: UUID
    notification_id: UUID
    template: Template
    cause: UUID
    reason: Literal["rate-limited", "erased", "overtaken"]


@event("letter.suppressed")
class LetterSuppressed:
    """A letter or mail about feedback is not sent: as NotificationSuppressed.

    So is any mail for reasons that a reader of an earlier release doesn't know: `machine`, a machine's mail is not
    replied to; `bounced`, a mail to this address came back; of a survey `staff`, the requester is of the staff, and
    `undelivered`, the mail that it reminds of was not sent; of a letter `no-address`, whoever gave the feedback left
    none.
    """

    ticket_id: UUID
    notification_id: UUID
    template: AnyTemplate
    cause: UUID
    reason: SuppressedFor


@event("notification.bounced")
class NotificationBounced:
    """The mail came back, though a server had taken it: nobody has read it. `reason`: the server's code. `mail`: the
    raw mail with the notice, as intake names it."""

    ticket_id: UUID
    notification_id: UUID
    template: AnyTemplate
    reason: str
    mail: str


@event("address.marked")
class AddressMarked:
    """Nothing more is sent to this person's address: a mail to it, this notification, came back for good."""

    subject_id: UUID
    ticket_id: UUID
    notification_id: UUID
    reason: str


@event("address.cleared")
class AddressCleared:
    """The address is written to again. `by`: staff said so, or a mail came from it."""

    subject_id: UUID
    by: Literal["staff", "mail"]


Requested = NotificationRequested | LetterRequested
Suppressed = NotificationSuppressed | LetterSuppressed
ThreadEvent = (
    ThreadOpened
    | CorrespondenceOpened
    | ThreadAssigned
    | ThreadLocaleChanged
    | ThreadMailReceived
    | ThreadJoined
    | ThreadLeft
    | ThreadOvertaken
)
AddressEvent = AddressMarked | AddressCleared
NotificationEvent = (
    ThreadEvent | Requested | NotificationSent | NotificationFailed | NotificationBounced | Suppressed | AddressEvent
)
