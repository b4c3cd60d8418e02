from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from contracts.links import SurveyLink
from feedback.links import good_until, read_survey_link
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
    assert read_survey_link(SECRET, token(), now=NOW) == LINK


def test_every_try_to_send_makes_the_same_link() -> None:
    assert token() == token()


def test_a_link_is_good_until_it_expires() -> None:
    assert read_survey_link(SECRET, token(), now=LATER - timedelta(microseconds=1)) == LINK
    with pytest.raises(LinkExpired):
        read_survey_link(SECRET, token(), now=LATER)
    assert good_until(SECRET, token()) == LATER
    with pytest.raises(LinkTampered):
        good_until("another secret", token())


@pytest.mark.parametrize("place", range(0, 200, 7))
def test_a_link_with_any_character_changed_is_refused(place: int) -> None:
    good = token()
    place %= len(good) - 1  # the last character may carry bits that mean nothing
    with pytest.raises(LinkTampered):
        read_survey_link(SECRET, good[:place] + ("A" if good[place] != "A" else "B") + good[place + 1 :], now=NOW)


@pytest.mark.parametrize("odd", ["", ".", "x", "ü.ü", "a.b.c", "\x00", "." * 5000, "🌻", "\ud800"])
def test_what_was_never_a_link_is_refused(odd: str) -> None:
    with pytest.raises(LinkTampered):
        read_survey_link(SECRET, odd, now=NOW)


def test_a_link_signed_with_another_secret_or_for_another_purpose_is_refused() -> None:
    with pytest.raises(LinkTampered):
        read_survey_link(SECRET, token("another"), now=NOW)
    with pytest.raises(LinkTampered):
        read_survey_link(SECRET, links.sign(SECRET, "reply", LINK.claims(), expires_at=LATER), now=NOW)
