"""Signed links: a token carries claims, proves that we made it, and expires.

    token = sign(secret, "survey", {"survey": "…"}, expires_at=in_a_month)
    claims = read(secret, "survey", token, now=now)

A token for one purpose is invalid for another. Anyone who has the token can read its claims: put in ids, no texts.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, ClassVar

from itsdangerous import BadData, URLSafeSerializer

from contracts.refusals import Refusal


class LinkTampered(Refusal):
    """This link is damaged or not one of ours."""

    status: ClassVar[int] = 403
    slug: ClassVar[str] = "link-tampered"


class LinkExpired(Refusal):
    """This link has expired."""

    status: ClassVar[int] = 410
    slug: ClassVar[str] = "link-expired"


def sign(secret: str, purpose: str, claims: Mapping[str, Any], *, expires_at: datetime) -> str:
    """A URL-safe token with these JSON claims, valid before `expires_at` (aware, in whole seconds)."""
    return str(_serializer(secret, purpose).dumps([int(expires_at.timestamp()), dict(claims)]))


def read(secret: str, purpose: str, token: str, *, now: datetime) -> dict[str, Any]:
    """The claims of a token. Raises LinkTampered or LinkExpired."""
    expires_at, claims = _read(secret, purpose, token)
    if now >= expires_at:
        raise LinkExpired
    return claims


def read_expired(secret: str, purpose: str, token: str) -> tuple[dict[str, Any], datetime]:
    """The claims of a token, whether or not it has expired, and when it does. Raises LinkTampered."""
    expires_at, claims = _read(secret, purpose, token)
    return claims, expires_at


def _read(secret: str, purpose: str, token: str) -> tuple[datetime, dict[str, Any]]:
    try:
        expires, claims = _serializer(secret, purpose).loads(token)
    except (BadData, UnicodeEncodeError) as error:
        raise LinkTampered("Open the link from the mail again, all of it.") from error
    return datetime.fromtimestamp(expires, UTC), dict(claims)


def _serializer(secret: str, purpose: str) -> URLSafeSerializer:
    # itsdangerous signs with SHA-1 unless told otherwise.
    return URLSafeSerializer(secret, salt=f"punctual.{purpose}", signer_kwargs={"digest_method": sha256})
