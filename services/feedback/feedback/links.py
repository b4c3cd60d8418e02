"""The link in a survey mail: who holds it may answer that survey, signed in or not. Notifier signs it."""

from datetime import datetime

from contracts.links import SurveyLink
from kit.signed import links


def read_survey_link(secret: str, token: str, *, now: datetime) -> SurveyLink:
    """What a token is a link to. Raises LinkTampered or LinkExpired."""
    return SurveyLink.of(links.read(secret, SurveyLink.purpose, token, now=now))


def good_until(secret: str, token: str) -> datetime:
    """When the link expires. Raises LinkTampered."""
    return links.good_until(secret, SurveyLink.purpose, token)
