"""Why intake refuses a command. The docstring is the message, `status` the HTTP status that the shell answers."""

from typing import ClassVar

from contracts.refusals import Refusal as Refusal
from contracts.texts import Blank as Blank
from contracts.texts import TooLong as TooLong


class NotesAreInternal(Refusal):
    """Only staff write internal notes."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "notes-are-internal"


class NobodyAsked(Refusal):
    """Only a message of staff to the requester can await a reply."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "nobody-asked"


class MessageUnknown(Refusal):
    """There is no such message on the ticket."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "message-unknown"


class NotTheCustomers(Refusal):
    """Only what a person on the requester's side said is feedback."""

    slug: ClassVar[str] = "not-the-customers"


class FeedbackAlready(Refusal):
    """The mail went to feedback's mailbox too, so it is feedback already."""

    slug: ClassVar[str] = "feedback-already"


class RequesterTakesPart(Refusal):
    """The requester always takes part."""

    slug: ClassVar[str] = "requester-takes-part"


class TooManyParticipants(Refusal):
    """So many people take part already."""

    slug: ClassVar[str] = "too-many-participants"


class WordsErased(Refusal):
    """Whoever wrote this was erased: nobody can read it any more."""

    status: ClassVar[int] = 410
    slug: ClassVar[str] = "erased"


class NotWithdrawable(Refusal):
    """Only its requester, or the admin of its account, can withdraw a ticket."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "only-requester-withdraws"


class NotYoursToClose(Refusal):
    """Only the ticket's requester or the account's admin can close it."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "only-requester-closes"


class TicketUnknown(Refusal):
    """There is no such ticket."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "ticket-unknown"


class AccountUnknown(Refusal):
    """There is no such account."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "account-unknown"


class AccountExists(Refusal):
    """The account is registered already, with other particulars."""

    slug: ClassVar[str] = "account-exists"


class CalendarUnknown(Refusal):
    """The policy has no such calendar."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "unknown-calendar"


class DomainTaken(Refusal):
    """A domain's mail belongs to one account only."""

    slug: ClassVar[str] = "domain-taken"


class MailUnknown(Refusal):
    """There is no such mail."""

    status: ClassVar[int] = 404
    slug: ClassVar[str] = "mail-unknown"


class MailDone(Refusal):
    """This mail does not wait for a person any more."""

    slug: ClassVar[str] = "mail-done"


class NoSender(Refusal):
    """The mail does not say who wrote it."""

    slug: ClassVar[str] = "no-sender"


class PublicDomain(Refusal):
    """A public mail provider's domain belongs to no account."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "public-domain"


class NotContacted(Refusal):
    """Severity and priority change only after initial contact."""

    slug: ClassVar[str] = "no-initial-contact"


class AlreadyAnswered(Refusal):
    """The initial response has been given already."""

    slug: ClassVar[str] = "already-answered"


class NotAnswered(Refusal):
    """An initial response is needed first."""

    slug: ClassVar[str] = "no-initial-response"


class TicketClosed(Refusal):
    """The ticket is closed."""

    slug: ClassVar[str] = "ticket-closed"


class StatesNothing(Refusal):
    """An initial response states resolution details or a plan of action."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "states-nothing"


class NothingAsked(Refusal):
    """A request for information names what is missing."""

    status: ClassVar[int] = 422
    slug: ClassVar[str] = "nothing-asked"
