"""A mail that is to be sent, as its ticket's thread sees it at the moment of sending."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from msgspec import structs

from contracts.base import ERASED
from contracts.envelope import Recorded
from contracts.notifications import Requested, ThreadOpened, ThreadOvertaken
from contracts.replacing import replace
from contracts.subjects import reply_subject
from notifier.domain import gathering, next_instant
from notifier.domain.next_instant import Known
from notifier.domain.overtaking import CALL, VERDICT
from notifier.senders.mail_builder import Request


@dataclass(frozen=True, slots=True)
class PendingMail:
    """`subject`: of a mail to a customer about a ticket; None: the template has its own. `overtaken`: the mail is no
    longer true. `retracts`: the notices that a retraction takes back. `asked`: the mail that a reminder reminds of.

    `known`: what it says beside its request, if it was to wait for that; None until it is known.
    """

    request: Request
    subject: str | None = None
    overtaken: bool = False
    retracts: tuple[UUID, ...] = ()
    known: Known | None = None
    asked: UUID | None = None

    @property
    def in_terms(self) -> bool:
        """Whether it can't name its instant yet."""
        return self.known is None and next_instant.lacks_instant(self.request.event.about)

    @property
    def completed_request(self) -> Request:
        """The request, with what has become known for it."""
        about = self.request.event.about
        if about is None or self.known is None:
            return self.request
        event = replace(self.request.event, about=next_instant.completed(about, self.known))
        return structs.replace(self.request, event=event)

    def pause(self, waited: float) -> float | None:
        """Real seconds until the next look for that instant, or for mails to join, `waited` after the request; None:
        the mail leaves now."""
        if self.overtaken:
            return None
        if self.request.event.template == gathering.GATHERED:
            return gathering.pause(waited)
        if not self.in_terms:
            return None
        return next_instant.pause(self.request.event.about, waited)


def pending_mail(thread: Sequence[Recorded[Any]], notification_id: UUID) -> PendingMail:
    """A mail of the thread with these facts, in order. Raises LookupError if the thread never requested it."""
    requests = {fact.event.notification_id: fact for fact in thread if isinstance(fact.event, Requested)}
    request = requests[notification_id]
    gone = {one for fact in thread if isinstance(fact.event, ThreadOvertaken) for one in fact.event.notifications}
    said = [fact.event for fact in requests.values()]
    return PendingMail(
        request,
        _subject(thread, request.event),
        notification_id in gone,
        _retracted(said, request.event),
        asked=_asked(said, request.event),
    )


def _subject(thread: Sequence[Recorded[Any]], request: Requested) -> str | None:
    """One for all mails to customers about a ticket. It is made of words of whoever opened it, which are kept nowhere
    else, so that nothing of it is left once that person is erased."""
    if request.role is not None:
        return None
    titles = (fact.event.title for fact in thread if isinstance(fact.event, ThreadOpened))
    title = next(titles, None)
    return None if title in (None, ERASED) else reply_subject(title, request.number)


def _asked(said: Sequence[Requested], reminder: Requested) -> UUID | None:
    """The mail with the survey of a reminder."""
    if reminder.template != gathering.GATHERED:
        return None
    survey = (reminder.about or {}).get("survey_id")
    asked = (one for one in said if one.template == "survey" and (one.about or {}).get("survey_id") == survey)
    return next((one.notification_id for one in asked), None)


def _retracted(said: Sequence[Requested], retraction: Requested) -> tuple[UUID, ...]:
    """The notices to the same recipient about the same promise, since the last retraction."""
    found: list[UUID] = []
    if retraction.template != "breach-retracted":
        return ()
    for one in said[: said.index(retraction)]:
        if (one.role, one.assignee, _owed(one)) != (retraction.role, retraction.assignee, _owed(retraction)):
            continue
        if one.template == "breach-retracted":
            found.clear()
        elif one.template in VERDICT | CALL:
            found.append(one.notification_id)
    return tuple(found)


def _owed(one: Requested) -> str:
    return (one.about or {}).get("metric", "")
