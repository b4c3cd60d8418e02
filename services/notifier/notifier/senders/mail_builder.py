"""Builds the mail for a request: the same bytes on every try."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import EmailMessage
from uuid import UUID

from contracts.base import ERASED
from contracts.envelope import Recorded
from contracts.links import SurveyLink
from contracts.message_ids import message_id
from contracts.notifications import NotificationRequested
from kit.signed.reply_address import reply_address
from notifier.compose import compose
from notifier.links import survey_url
from notifier.render import render

Request = Recorded[NotificationRequested]


@dataclass(frozen=True, kw_only=True)
class MailBuilder:
    """Builds the desk's mails. `secret` signs reply addresses and survey links, which last `survey_for`."""

    sender: str
    name: str
    staff_domain: str
    surveys: str
    survey_for: timedelta
    secret: str

    @property
    def domain(self) -> str:
        """The sender's domain: the right side of our Message-IDs."""
        return self.sender.rpartition("@")[2]

    def identity(self, ticket_id: UUID, notification_id: UUID) -> str:
        """The Message-ID of a notification."""
        return message_id(ticket_id, notification_id, self.domain)

    def build(self, request: Request) -> EmailMessage:
        """The mail. Raises UnusableAddress, and ValueError or KeyError for particulars that are missing."""
        event = request.event
        words = render(
            event.template,
            number=event.number,
            desk=self.name,
            role=event.role,
            text=event.text,
            about=self._about(request),
            links=self._links(request),
            said_at=request.happened_at if event.role else None,  # the server may have been away since
        )
        mail = compose(
            words,
            sender=self.sender,
            name=self.name,
            to=self._recipient(event),
            identity=self.identity(event.ticket_id, event.notification_id),
            date=request.happened_at,
            automatic=event.automatic,
            in_reply_to=event.in_reply_to,
            references=(self.identity(event.ticket_id, event.follows),) if event.follows else (),
            reply_to=None if event.role else reply_address(self.sender, event.ticket_id, self.secret.encode()),
        )
        # Not random, so that every try is the same; and never in quoted-printable text, where digits follow "=".
        mail.set_boundary(f"=_{event.notification_id.hex}")
        if request.meta.traceparent:
            mail["traceparent"] = request.meta.traceparent
        return mail

    def _recipient(self, event: NotificationRequested) -> str:
        if event.role is None:
            return event.email or ""
        person = event.assignee or event.role
        return person if "@" in person else f"{person}@{self.staff_domain}"

    def _expires_at(self, request: Request) -> datetime:
        """Until when a survey's link is good: counted from the request, not from the moment of sending."""
        return request.happened_at + self.survey_for

    def _about(self, request: Request) -> dict[str, str]:
        about = request.event.about or {}
        if request.event.template == "survey":
            about = about | {"expires_at": self._expires_at(request).isoformat()}
        return about

    def _links(self, request: Request) -> dict[str, str]:
        event = request.event
        if event.template != "survey":
            return {}
        about = event.about or {}
        link = SurveyLink(ticket_id=event.ticket_id, survey_id=UUID(about["survey_id"]), closing=int(about["closing"]))
        return {"survey": survey_url(self.surveys, self.secret, link, expires_at=self._expires_at(request))}


def erased(event: NotificationRequested) -> bool:
    """Whether the words or the address were erased."""
    return ERASED in (event.email, event.text)
