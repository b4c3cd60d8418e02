"""Who gets in: every route but health, documents and survey links asks for a token that is valid now."""

import base64
import json
from collections.abc import Iterator
from importlib.metadata import entry_points
from typing import Any, cast
from uuid import UUID, uuid4

import httpx2
import pytest
from fastapi import FastAPI
from fastapi.routing import APIRoute
from joserfc import jwt
from joserfc.jwk import OctKey

from contracts import names
from kit.clock import WallClock
from kit.http.app import app_for
from kit.http.auth import ISSUER, Caller, NotAuthenticated, Verifier, issue, subject_of
from kit.http.desk import Desk
from kit.http.strict import add_routes
from kit.process.service import Service

SECRET = "a secret for tests, long enough"
NOW = 1_800_000_000.0
SERVICES = sorted(entry_points(group="punctual.services"), key=lambda point: point.name)


class Clock(WallClock):
    """Stands still."""

    at = NOW

    def wall(self) -> float:
        return self.at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def verifier(clock: Clock) -> Verifier:
    return Verifier(SECRET, clock)


def token(secret: str = SECRET, **changes: Any) -> str:
    claims = {"iss": ISSUER, "sub": "eva", "role": "engineer", "iat": int(NOW), "exp": int(NOW) + 60} | changes
    claims = {name: value for name, value in claims.items() if value is not None}
    return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(secret))


def unsigned() -> str:
    def part(of: dict[str, Any]) -> str:
        return base64.urlsafe_b64encode(json.dumps(of).encode()).rstrip(b"=").decode()

    claims = {"iss": ISSUER, "sub": "eva", "role": "ceo", "exp": int(NOW) + 60}
    return f"{part({'alg': 'none', 'typ': 'JWT'})}.{part(claims)}."


def test_a_token_of_our_issuer_names_its_caller(verifier: Verifier) -> None:
    account = uuid4()
    caller = Caller("ann", "requester", account, "ann@customer.example")
    found = verifier.caller("Bearer " + issue(SECRET, caller, now=NOW))
    assert (found.subject, found.role, found.account, found.email) == ("ann", "requester", account, caller.email)
    assert found.actor.startswith("customer-")
    assert "ann" not in found.actor
    assert verifier.caller("bearer " + token()).actor == "eva"


def test_the_same_subject_in_two_accounts_is_two_people_to_the_log(verifier: Verifier) -> None:
    callers = [Caller("ann", "requester", account) for account in (UUID(int=1), UUID(int=2))]
    actors = {verifier.caller("Bearer " + issue(SECRET, caller, now=NOW)).actor for caller in callers}
    assert len(actors) == 2


def test_a_subject_follows_from_the_address_and_doesnt_tell_it() -> None:
    ann, bob = subject_of(SECRET, "ann@acme.example"), subject_of(SECRET, "bob@acme.example")
    assert ann == subject_of(SECRET, " Ann@ACME.example")
    assert len({ann, bob, subject_of("another secret, long enough", "ann@acme.example")}) == 3
    assert "ann" not in ann
    assert "acme" not in ann


REFUSED = {
    "none at all": None,
    "another scheme": "Basic ZXZhOmV2YQ==",
    "no token": "Bearer ",
    "no JWT": "Bearer eva",
    "bytes": "Bearer \xff\xfe.\x00.e30",
    "another secret": "Bearer " + token("another secret, long enough"),
    "a changed signature": "Bearer " + token()[:-3] + "AAA",
    "no signature": "Bearer " + token().rpartition(".")[0] + ".",
    "alg none": "Bearer " + unsigned(),
    "expired": "Bearer " + token(exp=int(NOW)),
    "no end": "Bearer " + token(exp=None),
    "an end that is no number": "Bearer " + token(exp="tomorrow"),
    "an end that never comes": "Bearer " + token(exp=float("nan")),
    "another issuer": "Bearer " + token(iss="somebody"),
    "no issuer": "Bearer " + token(iss=None),
    "nobody": "Bearer " + token(sub=None),
    "an address that is none": "Bearer " + token(email=17),
    "no role": "Bearer " + token(role=None),
    "an unknown role": "Bearer " + token(role="root"),
    "a role that is none": "Bearer " + token(role=["engineer"]),
    "a customer without account": "Bearer " + token(role="requester"),
    "an admin of no account": "Bearer " + token(role="account-admin", account=""),
    "an account that is none": "Bearer " + token(role="requester", account="17"),
    "an account that is a number": "Bearer " + token(role="requester", account=17),
}


@pytest.mark.parametrize("header", REFUSED.values(), ids=REFUSED)
def test_who_has_no_valid_token_is_nobody(verifier: Verifier, header: str | None) -> None:
    with pytest.raises(NotAuthenticated):
        verifier.caller(header)


def test_a_token_that_was_valid_once_expires(verifier: Verifier, clock: Clock) -> None:
    header = "Bearer " + token()
    assert verifier.caller(header).subject == "eva"
    clock.at = NOW + 59
    assert verifier.caller(header).subject == "eva"
    clock.at = NOW + 60
    with pytest.raises(NotAuthenticated):
        verifier.caller(header)


def test_a_token_made_long_ago_is_forgotten_after_many_others(verifier: Verifier) -> None:
    for n in range(4100):
        verifier._checked[str(n)] = (Caller("x", "engineer"), NOW + 60)
    verifier.caller("Bearer " + token())
    assert len(verifier._checked) <= 4101


def app_of(service: Service) -> FastAPI:
    desk = Desk(
        store=cast(Any, None),
        core=cast(Any, None),
        writer=cast(Any, None),
        clock=WallClock(),
    )
    app = app_for(service.name, desk, Verifier(SECRET, WallClock()), service.summary)
    add_routes(app, service.routers)
    return app


def doors() -> Iterator[tuple[str, str, str]]:
    """Every route of every service: (service, method, path)."""
    for point in SERVICES:
        for router in point.load().routers:
            for route in router.routes:
                assert isinstance(route, APIRoute), route
                yield from ((point.name, method, route.path) for method in sorted(route.methods or ()))


SIGNED_LINKS = {"/s/{token}", "/c/{token}", "/v1/surveys/answers"}
"""Whoever holds a signed link may answer, in the page or in the body."""
SIGNED_BODIES = {"/v1/incoming-mails"}
"""Whoever has a secret of the desk's signs what they post."""
FOR_ANYBODY = {"/f"}
"""Whoever has something to say of the support, known or not, says it there."""


def test_there_are_doors_in_every_service() -> None:
    assert {service for service, _, _ in doors()} == {point.name for point in SERVICES}
    assert {point.name for point in SERVICES} == set(names.SERVICES)
    assert {service for service, _, path in doors() if path in SIGNED_LINKS} == {"feedback"}


@pytest.mark.parametrize("point", SERVICES, ids=lambda point: point.name)
async def test_no_door_opens_without_a_token(point: Any) -> None:
    transport = httpx2.ASGITransport(app_of(point.load()))
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk") as client:
        for service, method, path in doors():
            if service != point.name or path in SIGNED_LINKS | SIGNED_BODIES | FOR_ANYBODY:
                continue
            where = path.format_map(
                {
                    name: str(uuid4())
                    for name in ("ticket_id", "number", "account_id", "key", "metric", "name", "id", "promise")
                }
                | {name: str(uuid4()) for name in ("notification_id", "message_id", "subject_id")}
                | {"attachment": "1"}
            )
            for headers in ({}, {"Authorization": "Bearer " + unsigned()}):
                answer = await client.request(method, where, headers=headers)
                assert answer.status_code == 401, (method, where, answer.text)
                assert answer.headers["WWW-Authenticate"] == "Bearer"
                assert answer.headers["Content-Type"] == "application/problem+json"
                assert answer.json()["type"].endswith("/not-authenticated")
