"""The claims in the signed links of our mails, agreed between the service that sends them and the one that answers."""

from dataclasses import dataclass
from typing import Any, ClassVar, get_args
from uuid import UUID

from contracts.escalations import CalledRole


@dataclass(frozen=True, slots=True, kw_only=True)
class SurveyLink:
    """The survey about one closing of a ticket. Anybody who has the link may answer it, signed in or not."""

    purpose: ClassVar[str] = "survey"

    ticket_id: UUID
    survey_id: UUID
    closing: int

    def claims(self) -> dict[str, str | int]:
        """The claims to sign, as JSON values."""
        return {"ticket": str(self.ticket_id), "survey": str(self.survey_id), "closing": self.closing}

    @classmethod
    def of(cls, claims: dict[str, Any]) -> "SurveyLink":
        """The link of signed claims. Raises KeyError, TypeError or ValueError for claims of another kind."""
        return cls(ticket_id=UUID(claims["ticket"]), survey_id=UUID(claims["survey"]), closing=int(claims["closing"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class ComplaintLink:
    """The page of a complaint's outcome. Anybody who has the link may accept or dispute it, signed in or not."""

    purpose: ClassVar[str] = "complaint"

    feedback_id: UUID

    def claims(self) -> dict[str, str]:
        """The claims to sign, as JSON values."""
        return {"feedback": str(self.feedback_id)}

    @classmethod
    def of(cls, claims: dict[str, Any]) -> "ComplaintLink":
        """The link of signed claims. Raises KeyError, TypeError or ValueError for claims of another kind."""
        return cls(feedback_id=UUID(claims["feedback"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalationLink:
    """The page on which a call is acknowledged. Whoever has the link acknowledges as the `role` that was called.

    `ticket_id`, `escalation`: as on the call; of a complaint the feedback's id. `call`: the event that called. `to`:
    the address to which the mail was sent, which is written down.
    """

    purpose: ClassVar[str] = "escalation"

    ticket_id: UUID
    escalation: str
    call: UUID
    role: CalledRole
    to: str

    def claims(self) -> dict[str, str]:
        """The claims to sign, as JSON values."""
        return {
            "ticket": str(self.ticket_id),
            "escalation": self.escalation,
            "call": str(self.call),
            "role": self.role,
            "to": self.to,
        }

    @classmethod
    def of(cls, claims: dict[str, Any]) -> "EscalationLink":
        """The link of signed claims. Raises KeyError, TypeError or ValueError for claims of another kind."""
        if claims["role"] not in get_args(CalledRole):
            raise ValueError(f"nobody is called as {claims['role']!r}")
        return cls(
            ticket_id=UUID(claims["ticket"]),
            escalation=str(claims["escalation"]),
            call=UUID(claims["call"]),
            role=claims["role"],
            to=str(claims["to"]),
        )
