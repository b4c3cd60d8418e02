"""How notifier reacts to other services' facts."""

from typing import Any
from uuid import UUID

from contracts.envelope import Fact
from contracts.feedback import FeedbackReceived
from contracts.rfc3339 import write_instant
from contracts.tickets import DeliveryNoticeReceived, WaitingMailsNoted
from notifier.domain.commands import NotifierCommand, Overtake, TellOfMails
from notifier.domain.overtaking import OVERTAKES, SURVEY_REMINDER, overtaken_by
from notifier.domain.policy import DEFAULT, Policy
from notifier.domain.streams import thread_stream
from notifier.react import bounces, feedback, tickets
from notifier.react.untold import Mailed, NothingSent

SAYS = {**tickets.SAYS, **feedback.SAYS}

REACTS_TO = SAYS.keys() | OVERTAKES.keys() | bounces.CLEARS | {DeliveryNoticeReceived, WaitingMailsNoted}
"""Events that cause a mail, that overtake one, or that say whether an address is read."""


def react(fact: Fact, known: Policy | Mailed | NothingSent = DEFAULT) -> list[tuple[str, NotifierCommand]]:
    """The commands that follow from a fact, each with the stream it is for. Nobody is told of imported history.

    What the fact overtakes comes before what it notifies of. `known`: of a notice about a delivery, the mail; the
    policy otherwise.
    """
    if fact.imported:
        return []
    if isinstance(fact.event, DeliveryNoticeReceived):
        return bounces.bounced(fact, known)
    policy = known if isinstance(known, Policy) else known.policy
    if isinstance(fact.event, WaitingMailsNoted):
        return [(thread_stream(fact.event.notice_id), _of_mails(fact.event, fact.event_id, policy))]
    says = SAYS.get(type(fact.event))
    commands = overtaken_by(fact.event, fact.event_id) + (says(fact.event, fact.event_id, policy) if says else [])
    said = [(thread_stream(_identity(fact.event)), command) for command in commands]
    return bounces.cleared(fact.event) + said + _complained(fact.event, fact.event_id)


def _of_mails(event: WaitingMailsNoted, cause: UUID, policy: Policy) -> TellOfMails:
    """How many wait in each state, and since when."""
    counts = {state: str(count) for state in ("unmatched", "failed", "ignored") if (count := getattr(event, state))}
    about = counts | {"since": write_instant(event.since)}
    return TellOfMails(notice_id=event.notice_id, cause=cause, to=policy.mails_to, about=about)


def _complained(event: Any, cause: UUID) -> list[tuple[str, NotifierCommand]]:
    """After a complaint about a ticket, nobody is reminded to rate it."""
    if not isinstance(event, FeedbackReceived) or event.proposed != "complaint" or event.about is None:
        return []
    return [(thread_stream(event.about), Overtake(cause=cause, templates=SURVEY_REMINDER))]


def _identity(event: Any) -> UUID:
    """The id of the ticket, or of the feedback, that the event is about."""
    found: UUID = event.feedback_id if hasattr(event, "feedback_id") else event.ticket_id
    return found
