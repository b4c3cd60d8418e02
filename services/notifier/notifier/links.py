"""The link in a survey mail. Feedback reads it."""

from datetime import datetime
from urllib.parse import quote

from contracts.links import SurveyLink
from kit.signed import links


def survey_url(base: str, secret: str, link: SurveyLink, *, expires_at: datetime) -> str:
    """The survey's page: `<base>/<token>`, good until `expires_at`.

    `expires_at` must derive from the fact, not from the moment of sending, so that every try sends the same mail.
    """
    token = links.sign(secret, SurveyLink.purpose, link.claims(), expires_at=expires_at)
    return f"{base.rstrip('/')}/{quote(token)}"
