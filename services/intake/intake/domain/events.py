"""The facts intake records, as the published language has them."""

from contracts.tickets import AccountEvent as AccountEvent
from contracts.tickets import AccountRegistered as AccountRegistered
from contracts.tickets import Asks as Asks
from contracts.tickets import Assigned as Assigned
from contracts.tickets import Because as Because
from contracts.tickets import Channel as Channel
from contracts.tickets import Closed as Closed
from contracts.tickets import DeliveryNoticeReceived as DeliveryNoticeReceived
from contracts.tickets import Detail as Detail
from contracts.tickets import Details as Details
from contracts.tickets import EntitlementChanged as EntitlementChanged
from contracts.tickets import FeedbackMailReceived as FeedbackMailReceived
from contracts.tickets import InformationCompleted as InformationCompleted
from contracts.tickets import InformationReceived as InformationReceived
from contracts.tickets import InformationRequested as InformationRequested
from contracts.tickets import InitialResponseGiven as InitialResponseGiven
from contracts.tickets import IntakeEvent as IntakeEvent
from contracts.tickets import Kind as Kind
from contracts.tickets import LocaleChanged as LocaleChanged
from contracts.tickets import MessageMarked as MessageMarked
from contracts.tickets import MessagePosted as MessagePosted
from contracts.tickets import ParticipantAdded as ParticipantAdded
from contracts.tickets import ParticipantRemoved as ParticipantRemoved
from contracts.tickets import Priority as Priority
from contracts.tickets import PriorityChanged as PriorityChanged
from contracts.tickets import Reopened as Reopened
from contracts.tickets import Resolved as Resolved
from contracts.tickets import Severity as Severity
from contracts.tickets import SeverityChanged as SeverityChanged
from contracts.tickets import TicketEvent as TicketEvent
from contracts.tickets import TicketLocaleChanged as TicketLocaleChanged
from contracts.tickets import TicketOpened as TicketOpened
from contracts.tickets import Tier as Tier
from contracts.tickets import TierChanged as TierChanged
from contracts.tickets import Underway as Underway
from contracts.tickets import Unread as Unread
from contracts.tickets import WaitingMailsNoted as WaitingMailsNoted

PassedOn = FeedbackMailReceived | DeliveryNoticeReceived | WaitingMailsNoted
"""What is neither about a ticket's situation nor an account's, and for others to act on."""


def identity_of(event: PassedOn) -> str:
    """What makes it the same one."""
    return str(event.notice_id) if isinstance(event, WaitingMailsNoted) else event.mail
