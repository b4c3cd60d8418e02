"""A ladder in support hours on a running desk: who is called reads by when the next one will be."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from tests.catching import fast_clock, mails_to
from tests.conftest import Factory
from tests.desk import TestDesk, desk
from tests.e2e.test_ticket_life import Life, text_of
from tests.stack import Addresses

from punctual.local.mailcatcher import MailCatcher

SPEED = 30.0
"""A minute in two seconds: the hours from noon to five are ten minutes, whatever a start takes of them."""
PROMISE = timedelta(minutes=2)
OPENS, CLOSES = 14, 22
"""O'clock in UTC, by the shipped calendar of weekdays."""
DELAY = timedelta(hours=6)
DETAILS = {"product": "Desk", "product_version": "1", "os": "Linux", "os_version": "6"}


@pytest.fixture
async def running(
    stack: Addresses,
    database: Factory,
    prefix: str,
    monkeypatch: pytest.MonkeyPatch,
    catcher: MailCatcher,
    tmp_path: Path,
) -> AsyncIterator[TestDesk]:
    policy = tmp_path / "policy.yaml"
    policy.write_text(in_support_hours())
    clock = fast_clock(SPEED, "2026-07-13T17:00:00+00:00")
    settings = mails_to(catcher) | clock | {"SLA_TIMER_POLICY_FILE": str(policy)}
    # sla-timer is up, on a machine however busy
    monkeypatch.setattr("notifier.domain.next_instant.WAIT_SECONDS", 60.0)
    async with desk(stack, database, prefix, monkeypatch, **settings) as made:
        yield made


def in_support_hours() -> str:
    """The shipped policy with a short promise and a ladder in support hours."""
    shipped = files("sla_timer").joinpath("policies/default.yaml").read_text()
    for old, new in (
        ("1: {within: 1h, rule: P10}", f"1: {{within: {PROMISE.seconds // 60}m, rule: P10}}"),
        ("breach: # delays count from the breach, elapsed\n", "breach:\n    counts: support\n"),
        ("{role: support-manager, after: 30m}", f"{{role: support-manager, after: {DELAY.seconds // 3600}h}}"),
        ("{role: vp, after: 2h}", "{role: vp, after: 7h}"),
    ):
        assert shipped.count(old) == 1, old
        shipped = shipped.replace(old, new)
    return shipped


def six_open_hours_after(breached_at: datetime) -> datetime:
    """A breach on Monday after 16:00 UTC: what is left of the hours lies on Tuesday."""
    closes = breached_at.replace(hour=CLOSES, minute=0, second=0, microsecond=0)
    assert breached_at < closes, f"the desk took too long to start: it was breached at {breached_at}"
    opens = closes - timedelta(hours=CLOSES - OPENS) + timedelta(days=1)
    return opens + DELAY - (closes - breached_at)


@pytest.mark.slow
async def test_a_call_names_the_instant_at_which_the_next_one_is_called(
    running: TestDesk, catcher: MailCatcher
) -> None:
    life = Life(running, catcher)
    account: dict[str, Any] = {"name": "Kestrel Rail", "tier": "enlist"}
    made = await running.client("intake", "admin").post("/v1/accounts", json=account)
    ticket: dict[str, Any] = {
        "account_id": made.json()["account_id"],
        "email": "jo@kestrel.example",
        "severity": 1,
        "priority": "high",
        "title": "It stops",
        "description": "It stops.",
        "details": DETAILS,
    }
    opened = await running.client("intake", "engineer").post("/v1/tickets", json=ticket)
    assert opened.status_code == 201, opened.text
    mail = await life.mail("engineer@desk.punctual.local", "Escalated to you")
    page = f"/v1/escalations/{opened.json()['ticket_id']}"
    shown = (await running.client("escalation", "support-manager").get(page)).json()
    next_at = six_open_hours_after(datetime.fromisoformat(shown["breached_at"]))
    assert datetime.fromisoformat(shown["next_at"]) == next_at
    assert f"Next one is called: {next_at.day} {next_at:%B %Y, %H:%M:%S} UTC" in text_of(mail)
    assert mail["Subject"] == f"[{opened.json()['number']}] Escalated to you: no initial response"
