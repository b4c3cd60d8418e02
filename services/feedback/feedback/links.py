"""The link in a survey mail: its holder may answer that survey without a token. Notifier signs it."""

from datetime import datetime

from contracts.links import SurveyLink
from kit.signed import links


def read_survey_link(secret: str, token: str, *, now: datetime) -> SurveyLink:
    """The survey to which a token leads. Raises LinkTampered or LinkExpired."""
    return SurveyLink.of(links.read(secret, SurveyLink.purpose, token, now=now))


def good_until(secret: str, token: str) -> datetime:
    """When the link expires. Raises LinkTampered."""
    return links.good_until(secret, SurveyLink.purpose, token)
