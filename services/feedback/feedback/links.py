"""The links in mails, which notifier signs: their holder may answer without a token."""

from datetime import datetime

from contracts.links import ComplaintLink, SurveyLink
from kit.signed import links


def read_survey_link(secret: str, token: str) -> tuple[SurveyLink, datetime]:
    """The survey to which a token leads, and when it expires: an answer is shown after that, too.

    Raises LinkTampered.
    """
    claims, expires_at = links.read_expired(secret, SurveyLink.purpose, token)
    return SurveyLink.of(claims), expires_at


def read_complaint_link(secret: str, token: str, *, now: datetime) -> ComplaintLink:
    """The complaint to which a token leads. Raises LinkTampered or LinkExpired."""
    return ComplaintLink.of(links.read(secret, ComplaintLink.purpose, token, now=now))
