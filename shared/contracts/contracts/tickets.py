"""intake's events, on `punctual.tickets.v1`: tickets, the accounts they belong to, and mails that are feedback."""

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from contracts.base import Instant, Personal, event
from contracts.names import TICKETS

TOPIC = TICKETS

Severity = Literal[1, 2, 3, 4]
Priority = Literal["urgent", "high", "normal", "low"]
Channel = Literal["portal", "email", "chat"]
Tier = Literal["enlist", "patrol", "command", "assessment"]
Asks = Literal["mail", "portal", "nobody"]
"""How the requester of a closed ticket is asked to rate the support (P16)."""
Because = Literal["wrote", "copied", "staff"]
"""Why somebody takes part in a ticket beside its requester."""
Kind = Literal["praise", "criticism", "complaint"]
"""What feedback is. Nobody has said yet: None."""
Detail = Literal["product", "product_version", "os", "os_version", "description"]
"""A piece of information that a policy may require of a ticket (P8)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Details:
    """The product and where it runs, as the requester says (P8). None: not said yet."""

    product: str | None = None
    product_version: str | None = None
    product_build: str | None = None
    os: str | None = None
    os_version: str | None = None
    os_build: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Underway:
    """What further promises (P25) are counted by, on a ticket whose initial response was given."""

    number: str
    account_id: UUID
    severity: Severity
    tier: Tier
    calendar: str | None


Unread = Literal["pgp", "smime", "smime-signed", "tnef"]
"""Why nobody at the desk can look into a part of a mail: it is encrypted (PGP, S/MIME), signed in a form that can't be
taken apart, or in a format of Outlook's own."""


@event("ticket.opened")
class TicketOpened:
    """Someone asked for help. `missing` names the required information still wanted; empty: complete.

    `tier` and `calendar` are those of the account's stream at `account_version`; `mail` names the raw mail it came
    by, `thread` is that mail's Message-ID, `related` the ticket it refers to without belonging to it. `policy`: the
    version that says which information is required; None: the shipped policy, because no version had arrived yet.
    `language`, `zone`: in which the account reads, as on AccountRegistered.
    `machine`: a machine sent that mail. `own`: staff ask on their own behalf. `attachments`: what was attached to the
    mail, a JSON list of objects with `name`, `content_type` and `size` in bytes; None: nothing. `reply_to`: where
    answers go, if the requester wants them elsewhere than at `email`. `unread`: why a part of the
    mail can't be read. `severity_unread`: the mail names a severity that can't be read, so that the usual one counts.
    """

    ticket_id: UUID
    number: str
    account_id: UUID
    subject_id: UUID
    account_version: int
    channel: Channel
    severity: Severity
    priority: Priority
    tier: Tier
    calendar: str | None
    details: Details
    missing: tuple[Detail, ...]
    title: Personal
    description: Personal
    email: Personal
    claimed_at: Instant | None = None
    mail: str | None = None
    thread: Personal | None = None
    related: UUID | None = None
    policy: str | None = None
    language: str | None = None
    zone: str | None = None
    machine: bool = False
    own: bool = False
    attachments: Personal | None = None
    reply_to: Personal | None = None
    unread: Unread | None = None
    severity_unread: bool = False


@event("ticket.information-requested")
class InformationRequested:
    """Staff found the information incomplete; the response clock is void until it comes (P12).

    `missing`: everything wanted from then on; `named`: what this person asked for (None on older events).
    """

    ticket_id: UUID
    subject_id: UUID
    missing: tuple[Detail, ...]
    reason: Personal
    named: tuple[Detail, ...] | None = None


@event("ticket.information-received")
class InformationReceived:
    """The requester gave some information, or none, and `missing` is still wanted.

    `policy`: the requester said nothing; this version came into force and requires less than was missing.
    `message_id`: the message with the information (None: it came by the form, or on older events). `machine`: a machine
    sent it.
    """

    ticket_id: UUID
    subject_id: UUID
    details: Details
    missing: tuple[Detail, ...]
    description: Personal | None = None
    policy: str | None = None
    message_id: UUID | None = None
    machine: bool = False


@event("ticket.information-completed")
class InformationCompleted:
    """All required information is there (P8): the response clock starts (P12), for the entitlement of that moment.

    `policy`: the requester said nothing; this version came into force and no longer requires what was missing.
    `message_id`: the message that completed it (None: it came by the form, or on older events). `machine`: a machine
    sent it.
    """

    ticket_id: UUID
    subject_id: UUID
    severity: Severity
    tier: Tier
    calendar: str | None
    details: Details
    description: Personal | None = None
    policy: str | None = None
    message_id: UUID | None = None
    machine: bool = False


@event("ticket.message-posted")
class MessagePosted:
    """Somebody wrote. `public`: the requester can read it; `contact`: a TSE or TAM wrote to the requester (P6).

    `awaits_reply`: the ticket waits for its requester from then on, until the requester writes or gives the information
    asked for (P24). `machine`: a machine's mail. `email`: of a colleague of the requester, who wrote (None: the
    requester or staff wrote, the address is unknown, or on older events). `body`: of a mail, what its writer added to
    the quotation (on older events all of it). `attachments`: as on TicketOpened.
    """

    ticket_id: UUID
    subject_id: UUID
    message_id: UUID
    channel: Channel
    author: Literal["requester", "staff"]
    public: bool
    contact: bool
    body: Personal
    mail: str | None = None
    thread: Personal | None = None
    awaits_reply: bool = False
    underway: Underway | None = None
    machine: bool = False
    email: Personal | None = None
    attachments: Personal | None = None


@event("ticket.message-marked")
class MessageMarked:
    """Staff say that words on the ticket are feedback (P17). They count from `received_at`, when they were recorded,
    and nothing of the ticket changes.

    `number`: the ticket's. `message_id`: of the message, or of the ticket if these are its opening words.
    `feedback_id`: of the feedback that they become. `subject_id`, `email`: of whoever wrote them (None: the address is
    unknown). `kind`: what staff say it is, and `reason`: why they mark it, which names what is new. `language`, `zone`:
    in which the account reads, as on TicketOpened. `thread`: the Message-ID of the mail that they came by.
    """

    ticket_id: UUID
    number: str
    message_id: UUID
    feedback_id: UUID
    account_id: UUID
    subject_id: UUID
    channel: Channel
    text: Personal
    reason: Personal
    received_at: Instant
    kind: Kind | None = None
    email: Personal | None = None
    language: str | None = None
    zone: str | None = None
    thread: Personal | None = None


@event("ticket.initial-response-given")
class InitialResponseGiven:
    """The result of an initial investigation: resolution details or a plan of action (P13).

    `waiting`: it came before the information was complete, so before any clock had started. `awaits_reply`: the ticket
    waits for its requester from then on (P24). `mail`, `thread`, `attachments`: of the mail that it came by, as on
    TicketOpened.
    """

    ticket_id: UUID
    subject_id: UUID
    message_id: UUID
    severity: Severity
    tier: Tier
    calendar: str | None
    waiting: bool
    states: Literal["resolution", "plan"]
    body: Personal
    awaits_reply: bool = False
    number: str | None = None
    account_id: UUID | None = None
    mail: str | None = None
    thread: Personal | None = None
    attachments: Personal | None = None


@event("ticket.severity-changed")
class SeverityChanged:
    """A TSE or TAM changed the severity (P6)."""

    ticket_id: UUID
    subject_id: UUID
    before: Severity
    severity: Severity
    tier: Tier
    calendar: str | None
    reason: Personal


@event("ticket.priority-changed")
class PriorityChanged:
    """A TSE or TAM changed the priority (P6)."""

    ticket_id: UUID
    subject_id: UUID
    before: Priority
    priority: Priority
    reason: Personal


@event("ticket.assigned")
class Assigned:
    """A support engineer or technical account manager works on the ticket from now on."""

    ticket_id: UUID
    engineer: str
    before: str | None


@event("ticket.entitlement-changed")
class EntitlementChanged:
    """The account's tier or agreed calendar changed while the ticket was open.

    `account_version`: the version of the account's stream at which it changed.
    """

    ticket_id: UUID
    account_id: UUID
    account_version: int
    severity: Severity
    tier: Tier
    calendar: str | None


@event("ticket.locale-changed")
class TicketLocaleChanged:
    """The account's language or time zone changed while the ticket was open: what is written from now on is in these.

    `account_version`: the version of the account's stream at which it changed.
    """

    ticket_id: UUID
    account_id: UUID
    account_version: int
    language: str | None
    zone: str | None


@event("ticket.participant-added")
class ParticipantAdded:
    """Somebody takes part in the ticket beside its requester from now on: they may write on it, and hear what staff
    answer.

    `because`: they wrote on it; a mail of its side named them; or staff added them. `outside`: they are not of the
    account, so staff added them. `reply_to`: as on TicketOpened.
    """

    ticket_id: UUID
    account_id: UUID
    subject_id: UUID
    email: Personal
    because: Because
    outside: bool = False
    reply_to: Personal | None = None


@event("ticket.participant-removed")
class ParticipantRemoved:
    """They take part no longer, as staff say."""

    ticket_id: UUID
    subject_id: UUID


@event("ticket.resolved")
class Resolved:
    """Staff consider the ticket resolved and say how."""

    ticket_id: UUID
    subject_id: UUID
    resolution: Personal


@event("ticket.closed")
class Closed:
    """The ticket is closed. `withdrawn`: the requester needs no answer any more. `closing`: the n-th time, from 1.

    `email`: of the requester, who is asked to rate the support (None on older events). `language`, `zone`: in which the
    account reads, as on AccountRegistered. `severity`, `tier`, and `engineer`, to whom it was assigned: whose figure
    the rating is (severity None on older events). `asks`: by mail; or only in the portal, since a machine's mail opened
    the ticket and no person on its requester's side has written since; or nobody is, since the requester is staff.
    """

    ticket_id: UUID
    account_id: UUID
    subject_id: UUID
    number: str
    cause: Literal["resolved", "withdrawn"]
    closing: int
    email: Personal | None = None
    severity: Severity | None = None
    tier: Tier | None = None
    engineer: str | None = None
    language: str | None = None
    zone: str | None = None
    asks: Asks = "mail"


@event("ticket.reopened")
class Reopened:
    """The ticket is open again.

    `message_id`: the requester's message that reopened it (None: it was reopened by the form, or on older events).
    `closing`: the last closing (None: it was resolved and never closed, or on older events).
    """

    ticket_id: UUID
    subject_id: UUID
    reason: Personal
    underway: Underway | None = None
    message_id: UUID | None = None
    closing: int | None = None


@event("ticket.merged")
class Merged:
    """This ticket was merged into another one about the same matter: what is owed is owed there, and nothing here."""

    ticket_id: UUID
    account_id: UUID
    number: str
    into: UUID
    into_number: str


@event("ticket.absorbed")
class Absorbed:
    """Another ticket of the same account was merged into this one, which keeps the earlier start.

    `received_at`: when the other ticket's required information was complete; None: it never was.
    """

    ticket_id: UUID
    account_id: UUID
    number: str
    other: UUID
    other_number: str
    received_at: Instant | None


@event("account.registered")
class AccountRegistered:
    """A customer that is entitled to support (P1). Mail from `domains` belongs to it.

    `language`: a tag of BCP 47; `zone`: a name of IANA's; what we write to it is in these. None: the vendor's.
    """

    account_id: UUID
    name: str
    tier: Tier
    calendar: str | None
    domains: tuple[str, ...]
    language: str | None = None
    zone: str | None = None


@event("account.tier-changed")
class TierChanged:
    """The account's licence tier or agreed calendar (P14) changed."""

    account_id: UUID
    tier: Tier
    calendar: str | None


@event("account.locale-changed")
class LocaleChanged:
    """The language or the time zone in which the account reads changed. The fields are as on AccountRegistered."""

    account_id: UUID
    language: str | None
    zone: str | None


@event("feedback-mail.received")
class FeedbackMailReceived:
    """A mail came that says what somebody thinks of the support (P17): to feedback's address, or as an answer to one of
    its letters. It opens no ticket; what becomes of it is feedback's to say. It is in the stream `feedback-<id>`.

    `threaded`: it answers the feedback `feedback_id`, or one of `numbers`; whether its sender may, the feedback knows.
    Otherwise it begins a matter. `follows`: the mail that began that feedback came before it, of the same person or
    account. `message_id`: derived from the mail, and the id of the feedback that it begins. `account_id` None: the
    sender is unknown to us. `text`: of an answer, what its writer added to the quotation. `numbers`, `tickets`: of
    feedback and of tickets, in its subject. `mail` names the raw mail, `thread` is that mail's Message-ID. `machine`: a
    machine sent it.
    """

    feedback_id: UUID
    message_id: UUID
    account_id: UUID | None
    subject_id: UUID
    threaded: bool
    follows: bool
    text: Personal
    subject: Personal
    email: Personal
    mail: str
    numbers: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()
    thread: Personal | None = None
    machine: bool = False


@event("delivery-notice.received")
class DeliveryNoticeReceived:
    """A mail server says that a mail of ours could not be delivered (`failed`), or not yet. It touches no ticket; what
    becomes of it is notifier's to say. It is in the stream `delivery-<ticket_id>`.

    `ticket_id`: the ticket, or the feedback, that the mail was about. `notification_id`: the mail (None: the last to
    that person). `by`: how that was found. `status`: the server's code, without its words. `mail` names the notice.
    `subjects`: who has the addresses that it names (empty: nobody known, or on older events).
    """

    ticket_id: UUID
    notification_id: UUID | None
    failed: bool
    by: Literal["message-id", "reply-address", "recipient"]
    status: str
    mail: str
    subjects: tuple[UUID, ...] = ()


@event("waiting-mails.noted")
class WaitingMailsNoted:
    """Mails wait for a person to see to them: the Support Manager is told, at most once an hour.

    It touches no ticket, and is in the stream `mailroom-<notice_id>`. `ordinal`: which notice it is, counted
    from 1. So many mails wait: `unmatched`, `failed`, and `ignored` on weak signs of a machine; the oldest `since`.
    """

    notice_id: UUID
    ordinal: int
    unmatched: int
    failed: int
    ignored: int
    since: Instant


TicketEvent = (
    TicketOpened
    | InformationRequested
    | InformationReceived
    | InformationCompleted
    | MessagePosted
    | MessageMarked
    | InitialResponseGiven
    | SeverityChanged
    | PriorityChanged
    | Assigned
    | EntitlementChanged
    | TicketLocaleChanged
    | ParticipantAdded
    | ParticipantRemoved
    | Resolved
    | Closed
    | Reopened
    | Merged
    | Absorbed
)
AccountEvent = AccountRegistered | TierChanged | LocaleChanged
IntakeEvent = TicketEvent | AccountEvent | FeedbackMailReceived | DeliveryNoticeReceived | WaitingMailsNoted
