"""The links in mails about surveys and complaints, which feedback reads, and in calls, which escalation reads."""

from datetime import datetime, timedelta
from urllib.parse import quote

from contracts.links import ComplaintLink, EscalationLink, SurveyLink
from kit.signed import links

SURVEY_LINK_FOR = timedelta(days=90)
"""How long the link to a survey is good whose request doesn't say so."""
COMPLAINT_LINK_FOR = timedelta(days=90)
"""How long the link in the letter with a complaint's outcome is good: longer than any silence lasts."""

ESCALATION_LINK_FOR = timedelta(days=14)
"""How long the link in a call is good: longer than any ladder is climbed."""


def survey_url(base: str, secret: str, link: SurveyLink, *, expires_at: datetime) -> str:
    """The survey's page: `<base>/<token>`, good until `expires_at`.

    `expires_at` must derive from the fact, not from the moment of sending, so that every try sends the same mail.
    """
    return _url(base, secret, link, expires_at)


def complaint_url(base: str, secret: str, link: ComplaintLink, *, expires_at: datetime) -> str:
    """The page on which the outcome is accepted or disputed, likewise."""
    return _url(base, secret, link, expires_at)


def escalation_url(base: str, secret: str, link: EscalationLink, *, expires_at: datetime) -> str:
    """The page on which a call is acknowledged, likewise."""
    return _url(base, secret, link, expires_at)


def _url(base: str, secret: str, link: SurveyLink | ComplaintLink | EscalationLink, expires_at: datetime) -> str:
    token = links.sign(secret, link.purpose, link.claims(), expires_at=expires_at)
    return f"{base.rstrip('/')}/{quote(token)}"
