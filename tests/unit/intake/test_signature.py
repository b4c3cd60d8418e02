"""The signatures of Standard Webhooks are those that its own library makes and takes."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks import Webhook, WebhookVerificationError

from intake.mailroom.signature import TOLERANCE_SECONDS, fault

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
OTHER = "whsec_" + "b" * 32
NOW = datetime(2026, 7, 13, 12, tzinfo=UTC)


def signed(body: str, at: datetime = NOW, identity: str = "msg_1") -> dict[str, str]:
    return {
        "webhook-id": identity,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(SECRET).sign(identity, at, body),
    }


@given(st.text(), st.text(min_size=1))
def test_what_the_library_signs_is_signed(body: str, identity: str) -> None:
    try:
        data = body.encode()
        headers = signed(body, identity=identity)
    except UnicodeEncodeError:
        return  # half a character, which no header and no body can carry
    assert fault(data, headers, [OTHER, SECRET], NOW.timestamp()) is None
    assert fault(data + b"x", headers, [SECRET], NOW.timestamp())
    assert fault(data, headers, [OTHER], NOW.timestamp())


@pytest.mark.parametrize("off", [-TOLERANCE_SECONDS - 1, -TOLERANCE_SECONDS, 0, TOLERANCE_SECONDS])
def test_a_signature_is_good_for_five_minutes(off: int) -> None:
    headers = signed("{}", NOW + timedelta(seconds=off))
    assert (fault(b"{}", headers, [SECRET], NOW.timestamp()) is None) == (abs(off) <= TOLERANCE_SECONDS)


def test_the_library_takes_what_is_signed_here() -> None:
    now = datetime.now(UTC)
    headers = signed("{}", now)
    assert fault(b"{}", headers, [SECRET], now.timestamp()) is None
    Webhook(SECRET).verify("{}", headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(OTHER).verify("{}", headers)
