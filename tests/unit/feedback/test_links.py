from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from contracts.links import ComplaintLink, SurveyLink
from feedback.links import read_complaint_link, read_survey_link
from kit.signed import links
from kit.signed.links import LinkExpired, LinkTampered
from notifier.links import survey_url

SECRET = "a secret of this test"
NOW = datetime(2026, 7, 13, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=30)
LINK = SurveyLink(
    ticket_id=UUID("0193a1c0-0000-7000-8000-000000000001"),
    survey_id=UUID("0193a1c0-0000-7000-8000-000000000002"),
    closing=2,
)


def token(secret: str = SECRET) -> str:
    return survey_url("https://desk.example/s/", secret, LINK, expires_at=LATER).removeprefix("https://desk.example/s/")


def test_feedback_reads_the_link_that_notifier_signed() -> None:
    assert read_survey_link(SECRET, token()) == (LINK, LATER)


def test_every_try_to_send_makes_the_same_link() -> None:
    assert token() == token()


def test_a_link_is_good_until_it_expires() -> None:
    complaint = ComplaintLink(feedback_id=LINK.survey_id)
    token = links.sign(SECRET, complaint.purpose, complaint.claims(), expires_at=LATER)
    assert read_complaint_link(SECRET, token, now=LATER - timedelta(microseconds=1)) == complaint
    with pytest.raises(LinkExpired):
        read_complaint_link(SECRET, token, now=LATER)


@pytest.mark.parametrize("place", range(0, 200, 7))
def test_a_link_with_any_character_changed_is_refused(place: int) -> None:
    good = token()
    place %= len(good) - 1  # the last character may carry bits that mean nothing
    with pytest.raises(LinkTampered):
        read_survey_link(SECRET, good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :])


@pytest.mark.parametrize("odd", ["", ".", "x", "ü.ü", "a.b.c", "\x00", "." * 5000, "🌻", "\ud800"])
def test_what_was_never_a_link_is_refused(odd: str) -> None:
    with pytest.raises(LinkTampered):
        read_survey_link(SECRET, odd)


def test_a_link_signed_with_another_secret_or_for_another_purpose_is_refused() -> None:
    with pytest.raises(LinkTampered):
        read_survey_link(SECRET, token("another"))
    with pytest.raises(LinkTampered):
        read_survey_link(SECRET, links.sign(SECRET, "reply", LINK.claims(), expires_at=LATER))
