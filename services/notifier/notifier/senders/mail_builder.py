"""Builds the mail for a request: the same bytes on every try."""

from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from typing import cast
from uuid import UUID

from msgspec import structs

from contracts.base import ERASED
from contracts.envelope import Recorded
from contracts.escalations import CalledRole
from contracts.links import ComplaintLink, EscalationLink, SurveyLink
from contracts.message_ids import letter_id, message_id
from contracts.notifications import CUSTOMER_LETTERS, AnyTemplate, Requested
from contracts.replacing import replace
from kit.signed.reply_address import reply_address
from notifier.compose import compose
from notifier.domain.gathering import GATHERED
from notifier.links import (
    COMPLAINT_LINK_FOR,
    ESCALATION_LINK_FOR,
    SURVEY_LINK_FOR,
    complaint_url,
    escalation_url,
    survey_url,
)
from notifier.render import JOINED_REPLIES, Reply, render

Request = Recorded[Requested]
SURVEYS = ("survey", "survey-reminder")
"""Templates that ask for a rating."""


@dataclass(frozen=True, kw_only=True)
class MailBuilder:
    """Builds the desk's mails.

    `secret` signs reply addresses and links: to `surveys`, to `complaints`, and to `calls`, to acknowledge them.
    `zone`: the vendor's, in which customers read instants if they have no zone of their own.
    """

    sender: str
    feedback_mailbox: str
    name: str
    staff_domain: str
    surveys: str
    complaints: str
    calls: str
    secret: str
    zone: str = "UTC"

    @property
    def domain(self) -> str:
        """The sender's domain: the right side of our Message-IDs."""
        return self.sender.rpartition("@")[2]

    def identity(self, ticket_id: UUID, notification_id: UUID, template: AnyTemplate) -> str:
        """The Message-ID of a notification."""
        made = letter_id if template in CUSTOMER_LETTERS else message_id
        return made(ticket_id, notification_id, self.domain)

    def build(self, request: Request, *others: Request, subject: str | None = None) -> EmailMessage:
        """The mail, under the ticket's `subject` if it has one.

        A reminder of surveys, or an automatic reply that waited, carries those in `others`, too.

        Raises UnusableAddress, and ValueError or KeyError for particulars that are missing.
        """
        event = request.event
        joined = bool(others) and event.template != GATHERED
        words = render(
            JOINED_REPLIES if joined else event.template,
            number=event.number,
            subject=None if others else subject,  # one of several tickets says nothing of the others
            desk=self.name,
            role=event.role,
            text=event.text,
            second_text=getattr(event, "second_text", None),
            third_text=getattr(event, "third_text", None),
            about=self._about(request),
            links=self._links(request),
            surveys=[(one.event.number, self._links(one)["survey"]) for one in (request, *others)]
            if event.template == GATHERED
            else (),
            replies=self._replies(request, *others) if joined else (),
            zone=self.zone,
            language=event.language,
            said_at=request.happened_at if event.role else None,  # the server may have been away since
        )
        sender = self._mailbox(event)
        mail = compose(
            words,
            sender=sender,
            name=self.name,
            to=self._recipient(event),
            identity=self.identity(event.ticket_id, event.notification_id, event.template),
            date=request.happened_at,
            automatic=event.automatic,
            in_reply_to=event.in_reply_to,
            references=(self.identity(event.ticket_id, event.follows, event.template),) if event.follows else (),
            reply_to=None if event.role else self._reply_address(event),
        )
        # Not random, so that every try is the same; and never in quoted-printable text, where digits follow "=".
        mail.set_boundary(f"=_{event.notification_id.hex}")
        if request.meta.traceparent:
            mail["traceparent"] = request.meta.traceparent
        return mail

    def asks_staff(self, event: Requested) -> bool:
        """Whether it asks somebody of the vendor's own staff to rate the support."""
        return event.template in SURVEYS and (event.email or "").lower().endswith(f"@{self.staff_domain.lower()}")

    def _mailbox(self, event: Requested) -> str:
        """From where the mail comes, and where answers go."""
        to_customer = event.role is None
        return self.feedback_mailbox if to_customer and event.template in CUSTOMER_LETTERS else self.sender

    def _reply_address(self, event: Requested) -> str:
        """Where answers about this ticket or feedback go."""
        return reply_address(self._mailbox(event), event.ticket_id, self.secret.encode())

    def _replies(self, *requests: Request) -> list[Reply]:
        """What each says. Of a ticket one is enough, for all say what it lacks by now."""
        found: dict[object, Reply] = {}
        for request in requests:
            event = request.event
            kind = event.template if event.template in CUSTOMER_LETTERS else ""
            reply = Reply(event.number, event.template, self._reply_address(event), self._about(request))
            found.setdefault((event.ticket_id, kind), reply)
        return list(found.values())

    def _recipient(self, event: Requested) -> str:
        if event.role is None:
            return event.email or ""
        person = event.assignee or event.role
        return person if "@" in person else f"{person}@{self.staff_domain}"

    def _about(self, request: Request) -> dict[str, str]:
        about = request.event.about or {}
        if request.event.template in SURVEYS:
            about = about | {"expires_at": self._survey_expires_at(request).isoformat()}
        if (named := about.get("next_at")) and datetime.fromisoformat(named) <= request.happened_at:
            about = about | {"past": "true"}
        return about

    def _links(self, request: Request) -> dict[str, str]:
        """The links expire so long after the fact, not after the moment of sending."""
        event, about = request.event, request.event.about or {}
        match event.template:
            case "survey" | "survey-reminder":
                survey_id, closing = UUID(about["survey_id"]), int(about["closing"])
                survey = SurveyLink(ticket_id=event.ticket_id, survey_id=survey_id, closing=closing)
                expires_at = self._survey_expires_at(request)
                return {"survey": survey_url(self.surveys, self.secret, survey, expires_at=expires_at)}
            case "complaint-outcome":
                complaint = ComplaintLink(feedback_id=event.ticket_id)
                expires_at = request.happened_at + COMPLAINT_LINK_FOR
                return {"complaint": complaint_url(self.complaints, self.secret, complaint, expires_at=expires_at)}
            case "escalation" | "complaint-call":
                return {"acknowledge": self._acknowledging(request)}
            case _:
                return {}

    def _acknowledging(self, request: Request) -> str:
        """Where whoever was called takes it on. The name of a ticket's escalation is that of the clock."""
        event, about = request.event, request.event.about or {}
        call = EscalationLink(
            ticket_id=event.ticket_id,
            escalation=about.get("escalation") or about.get("metric") or "response",
            call=event.cause,
            role=cast(CalledRole, event.role),
            to=self._recipient(event),
        )
        return escalation_url(self.calls, self.secret, call, expires_at=request.happened_at + ESCALATION_LINK_FOR)

    def _survey_expires_at(self, request: Request) -> datetime:
        """When a first answer comes too late; requests of earlier releases don't say so."""
        until = (request.event.about or {}).get("answer_until")
        return datetime.fromisoformat(until) if until else request.happened_at + SURVEY_LINK_FOR


def erased(event: Requested) -> bool:
    """Whether the words or the address were erased."""
    return ERASED in (event.email, *(getattr(event, name, None) for name in ("text", "second_text", "third_text")))


def lacking(request: Request, missing: str | None) -> Request:
    """The request, with what its ticket lacks by now, comma-separated; None: as it is."""
    if missing is None:
        return request
    about = {name: value for name, value in (request.event.about or {}).items() if name != "missing"}
    about |= {"missing": missing} if missing else {}
    return structs.replace(request, event=replace(request.event, about=about or None))
