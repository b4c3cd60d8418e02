"""The mail server was away, and meanwhile things became untrue that were to be said."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import httpx2
import pytest
from tests.integration.notifier.conftest import Requester, listed
from tests.integration.notifier.mailserver import MailServer, text_of
from tests.integration.notifier.test_sending import answer
from tests.integration.teller import Teller

from contracts.escalations import EscalationAcknowledged, EscalationRaised
from contracts.sla import BreachRetracted, SlaBreached, SlaWarning, Versions

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
VERSIONS = Versions(policy="p", calendar="c", tzdata="t")


def late(opened: Any) -> tuple[list[SlaWarning], SlaBreached, EscalationRaised]:
    """What sla-timer and escalation say of a ticket that nobody answers."""
    ticket: dict[str, Any] = {"ticket_id": opened.ticket_id, "metric": "response", "versions": VERSIONS}
    warnings = [SlaWarning(percent=percent, reached_at=NOW, due_at=NOW, **ticket) for percent in (50, 75, 90)]
    breached = SlaBreached(
        cause="deadline", evidence="settled", severity=1, due_at=NOW, breached_at=NOW, number=opened.number, **ticket
    )
    called = EscalationRaised(
        ticket_id=opened.ticket_id,
        escalation="response",
        cause="breach",
        severity=1,
        breached_at=NOW,
        rung=0,
        role="engineer",
        next_at=NOW,
    )
    return warnings, breached, called


async def test_what_is_no_longer_true_is_not_sent_and_that_is_on_record(
    client: httpx2.AsyncClient,
    intake: Teller,
    sla_timer: Teller,
    escalation: Teller,
    server: MailServer,
    ann: Requester,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("notifier.senders.mail.MAX_PAUSE_SECONDS", 1.0)
    answered, taken_on, spared = (ann.opens(), ann.opens(), ann.opens())
    for opened in (answered, taken_on, spared):
        await intake.tell(opened)
        await listed(client, opened.ticket_id, "sent")
    await server.down()
    try:
        for opened in (answered, taken_on, spared):
            warnings, breached, called = late(opened)
            await sla_timer.tell(*warnings, breached)
            await listed(client, opened.ticket_id, None, 5)
            await escalation.tell(called, replace(called, rung=1, role="support-manager"))
            await listed(client, opened.ticket_id, None, 7)
        await intake.tell(answer(answered))
        acknowledged = EscalationAcknowledged(ticket_id=taken_on.ticket_id, escalation="response", rung=1)
        await escalation.tell(acknowledged)
        retracted = BreachRetracted(
            ticket_id=spared.ticket_id,
            metric="response",
            cause="answered-in-time",
            breached_at=NOW,
            versions=VERSIONS,
        )
        await sla_timer.tell(retracted)
        await listed(client, answered.ticket_id, None, 8)
        await listed(client, spared.ticket_id, None, 9)
    finally:
        await server.up()

    async def became(opened: Any, status: str, count: int) -> list[tuple[str, str | None]]:
        return sorted((one["template"], one["reason"]) for one in await listed(client, opened.ticket_id, status, count))

    untrue = [("escalation", "overtaken")] * 2 + [("sla-warning", "overtaken")] * 3
    assert await became(answered, "suppressed", 5) == untrue
    assert await became(answered, "sent", 3) == [("answer", None), ("sla-breached", None), ("ticket-received", None)]
    assert await became(taken_on, "suppressed", 5) == untrue
    # Nobody had been told of the breach, so nobody is told that there was none.
    taken_back = [("breach-retracted", "overtaken")] * 2 + [("sla-breached", "overtaken")]
    assert await became(spared, "suppressed", 8) == sorted(untrue + taken_back)
    (breach,) = (mail for mail in server.mails if answered.number in mail["Subject"] and "over" in mail["Subject"])
    assert "As of" in text_of(breach)
