"""Mails that a provider posts: what is taken, and what is refused with which problem."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import httpx2
import pytest
from standardwebhooks import Webhook

from intake.mailroom import webhook
from intake.mailroom.content import SMALL_MAIL_BYTES, MailMemory
from intake.mailroom.posted import SLICE_CHARACTERS
from intake.mailroom.room import Mailroom
from intake.settings import Settings
from kit.clock import WallClock
from kit.http.app import app_for
from kit.http.auth import Verifier
from kit.http.desk import Desk
from kit.http.strict import add_routes
from kit.store import Unavailable

SECRET, OTHER = ("whsec_" + b64encode(n * 24).decode() for n in (b"a", b"b"))
LONGEST = 2 * SMALL_MAIL_BYTES
CONTENT = b"From: ann@customer.example\r\nSubject: \xff\r\n\r\nIt stops.\r\n"
BODY = {"sender": "ann@customer.example", "recipients": ["support@punctual.local"], "raw": b64encode(CONTENT).decode()}
Post = Callable[..., Any]


class Receiving:
    """Keeps what it is given, or can't."""

    sorter = SimpleNamespace(mailboxes=("support@punctual.local", "feedback@punctual.local"))

    def __init__(self) -> None:
        self.got: list[tuple[bytes, str | None, list[str]]] = []
        self.trouble: Exception | None = None

    async def receive(self, content: bytearray, sender: str | None, recipients: list[str]) -> None:
        if self.trouble:
            raise self.trouble
        self.got.append((bytes(content), sender, recipients))


@pytest.fixture
def receiver() -> Receiving:
    return Receiving()


@pytest.fixture
def secrets() -> list[str]:
    return [SECRET, OTHER]


@pytest.fixture
async def client(
    receiver: Receiving, secrets: list[str], monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[httpx2.AsyncClient]:
    own = Settings(
        database_url="postgresql://nobody@127.0.0.1/none",
        webhook_secrets=" ".join(secrets),
        mail_bytes=LONGEST,
    )
    memory, nothing = MailMemory(LONGEST), cast(Any, None)
    room = Mailroom(receiver, memory, nothing)  # type: ignore[arg-type]
    monkeypatch.setattr(webhook, "mailroom_of", lambda host: room)
    desk = Desk(store=nothing, core=nothing, writer=nothing, clock=WallClock())
    monkeypatch.setattr(Desk, "whole", lambda self: _yes())
    app = app_for("intake", desk, Verifier("a secret of 16 bytes", WallClock()), "", long_bodies=(webhook.PATH,))
    app.state.process = SimpleNamespace(own=own)
    add_routes(app, [webhook.router])
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://desk") as made:
        yield made


async def _yes() -> bool:
    return True


def signed(body: str, secret: str = SECRET, later: timedelta = timedelta(), **changes: str | None) -> dict[str, str]:
    """The headers; `changes`: of these, None leaves one out."""
    moment = datetime.now(UTC) + later
    headers = {
        "content-type": "application/json",
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": Webhook(secret).sign("msg_1", moment, body),
    } | {name.replace("_", "-"): value for name, value in changes.items()}
    return {name: value for name, value in headers.items() if value is not None}


async def post(client: httpx2.AsyncClient, body: Any = BODY, **how: Any) -> httpx2.Response:
    text = body if isinstance(body, str) else json.dumps(body)
    return await client.post(webhook.PATH, content=text.encode(), headers=signed(text, **how))


def problem(answer: httpx2.Response) -> tuple[int, str, list[str]]:
    """Status, slug, and the fields named."""
    assert answer.headers["Content-Type"] == "application/problem+json", answer.text
    body = answer.json()
    return answer.status_code, body["type"].rpartition("/")[2], [one["field"] for one in body.get("errors", [])]


async def test_a_signed_mail_is_received_byte_for_byte_with_its_envelope(
    client: httpx2.AsyncClient, receiver: Receiving
) -> None:
    answer = await post(client)
    assert (answer.status_code, answer.content) == (204, b""), answer.text
    assert receiver.got == [(CONTENT, "ann@customer.example", ["support@punctual.local"])]
    for sender in ("", None):
        assert (await post(client, BODY | {"sender": sender})).status_code == 204
        assert receiver.got[-1][1] == sender
    mixed = ["x@elsewhere.example", "Support+abc@Punctual.Local", "feedback@punctual.local"]
    assert (await post(client, BODY | {"recipients": mixed})).status_code == 204
    assert receiver.got[-1][2] == mixed[1:]


async def test_either_of_two_secrets_signs(client: httpx2.AsyncClient, receiver: Receiving) -> None:
    for secret in (SECRET, OTHER):
        assert (await post(client, secret=secret)).status_code == 204
    third = "whsec_" + b64encode(b"c" * 24).decode()
    assert problem(await post(client, secret=third))[:2] == (401, "not-authenticated")
    text = json.dumps(BODY)
    both = signed(text, third)["webhook-signature"] + " v1a,abc " + signed(text, OTHER)["webhook-signature"]
    assert (await post(client, webhook_signature=both)).status_code == 204
    assert len(receiver.got) == 3


@pytest.mark.parametrize(
    "how",
    [
        {"webhook_id": None},
        {"webhook_timestamp": None},
        {"webhook_signature": None},
        {"webhook_signature": "v1,AAAA"},
        {"webhook_signature": "nonsense"},
        {"webhook_signature": "v1,="},
        {"webhook_timestamp": "soon"},
        {"webhook_timestamp": "nan"},
        {"webhook_timestamp": "1e400"},
        {"webhook_id": "msg_2"},
        {"later": timedelta(minutes=-6)},
        {"later": timedelta(minutes=6)},
    ],
    ids=str,
)
async def test_what_nobody_signed_lately_is_refused(
    client: httpx2.AsyncClient, receiver: Receiving, how: dict[str, Any]
) -> None:
    answer = await post(client, **how)
    assert problem(answer)[:2] == (401, "not-authenticated"), answer.text
    assert answer.headers["WWW-Authenticate"] == "StandardWebhooks"
    assert receiver.got == []


async def test_a_body_that_was_changed_is_refused(client: httpx2.AsyncClient, receiver: Receiving) -> None:
    changed = json.dumps(BODY | {"recipients": ["feedback@punctual.local"]})
    answer = await client.post(webhook.PATH, content=changed, headers=signed(json.dumps(BODY)))
    assert problem(answer)[0] == 401
    answer = await client.post(webhook.PATH, content=b"\xff\xfe", headers=signed("x"))
    assert problem(answer)[0] == 401
    assert receiver.got == []


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ({name: value for name, value in BODY.items() if name != "raw"}, ["raw"]),
        (BODY | {"raw": ""}, ["raw"]),
        (BODY | {"raw": 7}, ["raw"]),
        (BODY | {"raw": "no base64!"}, ["raw"]),
        (BODY | {"raw": "AAA"}, ["raw"]),
        (BODY | {"raw": "A" * (SLICE_CHARACTERS - 4) + "AA==" + "AAAA"}, ["raw"]),
        (BODY | {"recipients": []}, ["recipients"]),
        (BODY | {"recipients": "support@punctual.local"}, ["recipients"]),
        (BODY | {"recipients": ["support@punctual.local"] * 101}, ["recipients"]),
        (BODY | {"recipients": ["ann@customer.example"]}, ["recipients"]),
        (BODY | {"subject": "x"}, ["subject"]),
        (BODY | {"sender": True}, ["sender"]),
        ("[]", ["body"]),
        ("{", ["body"]),
        ("", ["body"]),
    ],
    ids=lambda value: str(value)[:60],
)
async def test_a_signed_body_of_another_shape_is_refused_by_field(
    client: httpx2.AsyncClient, receiver: Receiving, body: Any, fields: list[str]
) -> None:
    answer = await post(client, body)
    assert problem(answer) == (422, "invalid-request", fields), answer.text
    assert receiver.got == []


async def test_other_kinds_of_bodies_are_refused(client: httpx2.AsyncClient) -> None:
    for how in ({"content_type": "message/rfc822"}, {"content_type": None}, {"content_encoding": "gzip"}):
        assert problem(await post(client, **how))[:2] == (415, "unsupported-media-type")
    answer = await client.post(webhook.PATH + "?x=1", content="{}", headers=signed("{}"))
    assert problem(answer) == (422, "invalid-request", ["x"])


async def test_a_mail_that_is_too_long_is_refused_whether_it_says_so_or_not(
    client: httpx2.AsyncClient, receiver: Receiving
) -> None:
    just = BODY | {"raw": b64encode(b"x" * LONGEST).decode()}
    assert (await post(client, just)).status_code == 204
    more = BODY | {"raw": b64encode(b"x" * (LONGEST + 1)).decode()}
    assert problem(await post(client, more))[:2] == (413, "too-long")
    much = json.dumps(BODY | {"raw": "A" * 4 * LONGEST})
    assert problem(await post(client, much))[:2] == (413, "too-long")

    async def in_pieces() -> AsyncIterator[bytes]:
        for _ in range(8):
            yield b"A" * (LONGEST // 2)
        raise AssertionError("it was read to its end")

    answer = await client.post(webhook.PATH, content=in_pieces(), headers=signed("x"))
    assert problem(answer)[:2] == (413, "too-long")
    assert len(receiver.got) == 1


async def test_what_can_not_be_stored_is_to_be_sent_again(client: httpx2.AsyncClient, receiver: Receiving) -> None:
    receiver.trouble = Unavailable("away")
    answer = await post(client)
    assert problem(answer)[:2] == (503, "unavailable")
    assert answer.headers["Retry-After"]
    receiver.trouble = TimeoutError()
    assert problem(await post(client))[:2] == (503, "unavailable")


@pytest.mark.parametrize("secrets", [[]])
async def test_without_a_secret_there_is_no_such_door(client: httpx2.AsyncClient) -> None:
    assert problem(await post(client))[:2] == (404, "no-webhook")


@pytest.mark.parametrize("secret", ["whsec_", "whsec_!!!", "whsec_" + b64encode(b"short").decode()])
def test_a_secret_that_is_none_ends_the_start(secret: str) -> None:
    with pytest.raises(ValueError, match="webhook_secrets"):
        Settings(
            database_url="postgresql://nobody@127.0.0.1/none",
            webhook_secrets=f"{SECRET} {secret}",
        )
