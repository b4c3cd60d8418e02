"""The links in mails, which notifier signs: their holder may answer without a token."""

from datetime import datetime

from contracts.links import ComplaintLink, SurveyLink
from kit.signed import links


def read_survey_link(secret: str, token: str, *, now: datetime) -> SurveyLink:
    """The survey to which a token leads. Raises LinkTampered or LinkExpired."""
    return SurveyLink.of(links.read(secret, SurveyLink.purpose, token, now=now))


def read_complaint_link(secret: str, token: str, *, now: datetime) -> ComplaintLink:
    """The complaint to which a token leads. Raises LinkTampered or LinkExpired."""
    return ComplaintLink.of(links.read(secret, ComplaintLink.purpose, token, now=now))


def good_until(secret: str, token: str) -> datetime:
    """When the link expires. Raises LinkTampered."""
    return links.good_until(secret, SurveyLink.purpose, token)
