"""Mail that a provider posts: it becomes what it would have become by SMTP."""

import json
from base64 import b64encode
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from standardwebhooks import Webhook
from tests.conftest import Factory
from tests.integration.intake.post import MAILBOX, written
from tests.integration.intake.test_mail_limits import talk
from tests.integration.intake.test_mail_memory import KEY, by_webhook
from tests.integration.intake.test_mail_ways import ANN, mails
from tests.integration.kit.serving import Serving, serving
from tests.stack import Addresses

from intake.mailroom.webhook import PATH


@pytest.fixture
async def intake(stack: Addresses, database: Factory, intake_prefix: str, tmp_path: Path) -> AsyncIterator[Serving]:
    keys = {"PUNCTUAL_INTAKE_WEBHOOK_SECRETS": KEY}
    async with serving("intake", stack, database, intake_prefix, tmp_path, **keys) as one:
        await one.start()
        await one.ready()
        yield one


async def test_a_mail_that_is_posted_and_sent_is_one_mail(intake: Serving) -> None:
    mail = bytes(written(ANN, "It stops", Message_ID="<1@pc.example>"))
    await (await by_webhook(intake, mail))()
    await (await by_webhook(intake, mail))()
    assert (await talk(intake, mail)).startswith(b"250")
    (one,) = await mails(intake)
    assert (one["subject"], one["from"], one["reason"]) == ("It stops", ANN, "unknown-sender")
    await (await by_webhook(intake, b"\xff\x00 no mail at all"))()
    assert len(await mails(intake)) == 2


async def test_a_key_that_was_not_agreed_opens_nothing(intake: Serving) -> None:
    body = json.dumps({"sender": ANN, "recipients": [MAILBOX], "raw": b64encode(b"x" * 3_000_000).decode()})
    now = datetime.now(UTC)
    headers = {
        "content-type": "application/json",
        "webhook-id": "1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(b64encode(b"another key of ours").decode()).sign("1", now, body),
    }
    async with httpx2.AsyncClient(base_url=intake.url, timeout=30) as client:
        answer = await client.post(PATH, content=body, headers=headers)
        assert answer.status_code == 401
        assert answer.headers["Content-Type"] == "application/problem+json"
        assert (await client.post(PATH, content=body)).status_code == 401
        document = (await client.get("/openapi.json")).json()
    operation = document["paths"][PATH]["post"]
    assert operation["requestBody"]["content"]["application/json"]["schema"]["required"] == ["recipients", "raw"]
    assert {one["name"] for one in operation["parameters"]} == {"webhook-id", "webhook-timestamp", "webhook-signature"}
    assert "security" not in operation
    assert await mails(intake) == []
